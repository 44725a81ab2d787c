"""Documents drawn from templates and frozen data: PDF by Typst, DOCX from the blocks that Typst reports.

Drawing is work for the processor: it runs on threads of its own (Typst lets go of the interpreter meanwhile), a few at
a time, so that no other request waits for it.
"""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import segno

from evaluation.data.templates import FONTS, TEMPLATES, Template
from evaluation.integrations.docx import write_docx
from shared.errors import Unavailable

if TYPE_CHECKING:
    import typst

AT_ONCE = 2
"""Documents drawn at the same time by a process."""
MOST_WAITING = 40
MOST_SECONDS = 20
PASSPORT_FIELD = "passport_url"
ARCHIVAL: Final = "a-2b"


class Renderer:
    """Draws documents. One per process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="documents")
        self._waiting = 0

    def close(self) -> None:
        """Let go of the threads; what is being drawn is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def draw(self, template: Template, data: Mapping[str, Any]) -> dict[str, bytes]:
        """The document in each format of its template. The same template and data give the same bytes.

        Raises Unavailable (503) when too many wait or it takes longer than MOST_SECONDS.
        """
        if self._waiting >= MOST_WAITING:
            raise _busy()
        self._waiting += 1
        drawing = asyncio.get_running_loop().run_in_executor(self._threads, draw, template, data)
        drawing.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(drawing), MOST_SECONDS)
        except TimeoutError as error:
            raise _busy() from error

    def _done(self, drawing: "asyncio.Future[dict[str, bytes]]") -> None:
        self._waiting -= 1
        if not drawing.cancelled():
            drawing.exception()  # seen: a caller that went away leaves nobody to take it


def draw(template: Template, data: Mapping[str, Any]) -> dict[str, bytes]:
    """The document in each format of its template, on the calling thread."""
    import typst  # noqa: PLC0415  # megabytes, for the processes that draw

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    if PASSPORT_FIELD in data:
        inputs["qr"] = _qr(data[PASSPORT_FIELD])
    compiler = typst.Compiler(
        input=str(template.path), root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
    )
    made = datetime.combine(date.fromisoformat(data["made_on"]), datetime.min.time(), UTC)
    drawn = {"pdf": _pdf(compiler, made)}
    if "docx" in template.formats:
        drawn["docx"] = write_docx(json.loads(compiler.query("<block>", field="value")), data["title"], made)
    return drawn


def _pdf(compiler: "typst.Compiler", made: datetime) -> bytes:
    """PDF/A-2b; plain PDF where the text has letters that our font has not, which PDF/A forbids."""
    import typst  # noqa: PLC0415  # as above

    try:
        content = compiler.compile(format="pdf", pdf_standards=[ARCHIVAL], timestamp=made)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        content = compiler.compile(format="pdf", pdf_standards=[], timestamp=made)
    assert isinstance(content, bytes)
    return content


@cache
def _fonts() -> "typst.Fonts":
    import typst  # noqa: PLC0415  # as above

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _qr(address: str) -> str:
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def _busy() -> Unavailable:
    return Unavailable(
        "Đang lập nhiều văn bản, xin thử lại sau.",
        "Too many documents are being made; retry later.",
        headers={"Retry-After": "5"},
    )
