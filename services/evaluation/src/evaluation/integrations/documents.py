"""Documents drawn from templates and frozen data: PDF by Typst, DOCX from the blocks that Typst reports.

Drawing is work for the processor and leaves much behind in memory: the service has it done in processes of their own
(`renderer.py`).
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import segno

from evaluation.data.templates import FONTS, TEMPLATES, Template
from evaluation.integrations.docx import write_docx

if TYPE_CHECKING:
    import typst

PASSPORT_FIELD = "passport_url"
ARCHIVAL: Final = "a-2b"


def draw(template: Template, data: Mapping[str, Any]) -> dict[str, bytes]:
    """The document in each format of its template, on the calling thread. The same arguments give the same bytes.

    Raises typst.TypstError where template and data do not fit.
    """
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
