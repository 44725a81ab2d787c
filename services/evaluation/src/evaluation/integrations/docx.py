"""A Word document from the blocks that a template reports (`data/templates/layout`): what officials edit before they
sign. Texts are data: nothing in them is read as markup.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
BLANK = "……………………………"
ALIGNMENTS = {"center": ALIGN.CENTER, "left": ALIGN.LEFT, "right": ALIGN.RIGHT, "justify": ALIGN.JUSTIFY}
MARGINS = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 16}
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


def write_docx(blocks: Sequence[Block], title: str, made: datetime) -> bytes:
    """The document. The same blocks give the same bytes."""
    word = Document()
    _prepare(word, next((b for b in blocks if b["kind"] == "page"), {}), title, made)
    for block in blocks:
        if writer := WRITERS.get(block["kind"]):
            writer(word, block)
    saved = BytesIO()
    word.save(saved)
    return _timeless(saved.getvalue())


def _prepare(word: Word, page: Block, title: str, made: datetime) -> None:
    section = word.sections[0]
    width, height = Mm(210), Mm(297)
    if page.get("flipped"):
        section.orientation, width, height = WD_ORIENT.LANDSCAPE, height, width
    section.page_width, section.page_height = width, height
    for margin, size in MARGINS.items():
        setattr(section, margin, Mm(size))
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(page.get("size", 13))
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after, normal.paragraph_format.space_before = Pt(6), Pt(0)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = ALIGN.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        mark = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            mark.text = text
        else:
            mark.set(qn("w:fldCharType"), kind)
        number.add_run()._r.append(mark)
    told = word.core_properties
    told.title, told.author, told.language = title, "", "vi-VN"
    told.created = told.modified = made.replace(tzinfo=None)


def runs(content: Any, *, bold: bool = False, italic: bool = False) -> Iterator[Run]:
    """The text of Typst content as Typst reports it, in stretches of one style."""
    if content is None:
        return
    if isinstance(content, str | int | float):
        yield Run(str(content), bold, italic)
        return
    kind = content.get("func")
    if kind == "sequence":
        for child in content["children"]:
            yield from runs(child, bold=bold, italic=italic)
    elif kind in ("strong", "emph"):
        yield from runs(content["body"], bold=bold or kind == "strong", italic=italic or kind == "emph")
    elif kind in PLAIN:
        yield Run(PLAIN[kind], bold, italic)
    elif kind == "box":
        yield Run(_box(content), bold, italic)
    elif "text" in content:
        yield from runs(content["text"], bold=bold, italic=italic)
    else:
        yield from runs(content.get("child", content.get("body")), bold=bold, italic=italic)


PLAIN = {"space": " ", "h": "   ", "linebreak": "\n", "parbreak": "\n", "smartquote": '"'}


def _box(content: Block) -> str:
    if "stroke" not in content:
        return BLANK
    return "☒" if any(run.text for run in runs(content.get("body"))) else "☐"


def _put(paragraph: Paragraph, content: Any, size: float | None = None, *, bold: bool = False) -> None:
    for run in runs(content, bold=bold):
        written = paragraph.add_run(_allowed(run.text))
        written.bold, written.italic = run.bold or None, run.italic or None
        if size is not None:
            written.font.size = Pt(size)


def _allowed(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or c >= " ")


def _line(place: Word | _Cell, content: Any, size: float | None = None, **style: Any) -> Paragraph:
    """A centred paragraph without space around it."""
    first = isinstance(place, _Cell) and len(place.paragraphs) == 1 and not place.paragraphs[0].runs
    paragraph = place.paragraphs[0] if first else place.add_paragraph()
    paragraph.alignment = ALIGNMENTS[style.pop("align", "center")]
    paragraph.paragraph_format.space_after = Pt(style.pop("after", 0))
    _put(paragraph, content, size, **style)
    return paragraph


def _emph(text: Any) -> dict[str, Any]:
    return {"func": "emph", "body": text}


def _letterhead(word: Word, block: Block) -> None:
    left, right = word.add_table(1, 2).rows[0].cells
    left.width, right.width = Mm(68), Mm(96)
    for line in block["superior"]:
        _line(left, line.upper(), 12)
    for line in block["body"]:
        _line(left, line.upper(), 12, bold=True)
    _line(left, "―――――――", 8)
    _line(left, f"Số: {block['number'] or '………'}/{block['symbol']}", 13)
    _nation(right)
    _line(right, _emph(f"{block['place']}, {block['day']}"), 13)
    word.add_paragraph()


def _nation(place: Word | _Cell) -> None:
    _line(place, NATION, 12, bold=True)
    _line(place, MOTTO, 13, bold=True)
    _line(place, "――――――――――――――", 8)


def _citizen_head(word: Word, block: Block) -> None:
    _nation(word)


def _title(word: Word, block: Block) -> None:
    _line(word, block["name"].upper(), 14, bold=True)
    if block["about"] is not None:
        _line(word, block["about"], 13, bold=True)
        _line(word, "―――――――――", 8, after=8)


def _para(word: Word, block: Block) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = ALIGNMENTS[block["align"]]
    if block["indent"]:
        paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.keep_with_next = block.get("keep")
    _put(paragraph, block["body"])


def _table(word: Word, block: Block) -> None:
    table = word.add_table(0, len(block["columns"]), style="Table Grid")
    section = word.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    widths = [int(room * share / sum(block["columns"])) for share in block["columns"]]
    for number, row in enumerate([block["head"], *block["rows"]]):
        for at, (cell, content) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.width = widths[at]
            align = "center" if number == 0 else block["align"][at]
            _line(cell, content, block["size"], bold=number == 0, align=align)
    again = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(again)
    word.add_paragraph()


def _sign(cell: _Cell, lines: Sequence[str], note: Any, name: str | None) -> None:
    for line in lines:
        _line(cell, line.upper(), 13, bold=True)
    if note is not None:
        _line(cell, _emph(note), 12)
    for _ in range(4):
        _line(cell, "")
    _line(cell, name or "", 13, bold=True)


def _closing(word: Word, block: Block) -> None:
    left, right = word.add_table(1, 2).rows[0].cells
    if recipients := block["recipients"]:
        _line(left, _emph("Nơi nhận:"), 12, bold=True, align="left")
        for index, who in enumerate(recipients):
            _line(left, f"- {who}{'.' if index + 1 == len(recipients) else ';'}", 11, align="left")
    if block["before"] is not None:
        _line(right, _emph(block["before"]), 13)
    _sign(right, block["lines"], block["note"], block["name"])


def _signatures(word: Word, block: Block) -> None:
    people = block["people"]
    for cell, person in zip(word.add_table(1, len(people)).rows[0].cells, people, strict=True):
        _sign(cell, [person["title"]], person["note"], person["name"])


WRITERS = {
    "letterhead": _letterhead,
    "citizen-head": _citizen_head,
    "title": _title,
    "para": _para,
    "table": _table,
    "closing": _closing,
    "signatures": _signatures,
}


def _timeless(content: bytes) -> bytes:
    """The same archive without the hour at which it was packed."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
