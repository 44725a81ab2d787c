"""A Word document from the blocks that a template reports (`data/templates/layout`): what officials edit before they
sign. WordprocessingML written directly (ECMA-376): a few milliseconds, the same bytes each time. Texts are data,
escaped once; nothing in them is read as markup.
"""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import BytesIO
from typing import Any

FONT = "Times New Roman"
BLANK = "……………………………"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
MILLIMETRE = 56.6929
"""Twentieths of a point, Word's unit of length."""
A4, MARGINS = (210, 297), (20, 16, 20, 30)
"""Millimetres; margins top, right, bottom, left."""
SIGNATURE_LINES = 4
PLAIN = {"space": " ", "h": "   ", "linebreak": "\n", "parbreak": "\n", "smartquote": '"'}

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


def write_docx(blocks: Sequence[Block], title: str, made: datetime) -> bytes:
    """The document. The same blocks give the same bytes."""
    page = next(block for block in blocks if block["kind"] == "page")
    width, height = reversed(A4) if page["flipped"] else A4
    room = _twips(width - MARGINS[1] - MARGINS[3])
    body = "".join(WRITERS[block["kind"]](block, room) for block in blocks if block["kind"] in WRITERS)
    orient = ' w:orient="landscape"' if page["flipped"] else ""
    top, right, bottom, left = (_twips(margin) for margin in MARGINS)
    section = (
        f'<w:sectPr><w:headerReference w:type="default" r:id="rId2"/>'
        f'<w:pgSz w:w="{_twips(width)}" w:h="{_twips(height)}"{orient}/><w:pgMar w:top="{top}" w:right="{right}"'
        f' w:bottom="{bottom}" w:left="{left}" w:header="600" w:footer="600" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )
    day = made.strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = FIXED | {
        "docProps/core.xml": f'{XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(title)}</dc:title><dc:language>vi-VN</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created></cp:coreProperties>',
        "word/styles.xml": STYLES.format(font=FONT, size=round(page["size"] * 2)),
        "word/document.xml": f"{XML}<w:document {SPACES}><w:body>{body}{section}</w:body></w:document>",
    }
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


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
    elif kind in PLAIN:
        yield Run(PLAIN[kind], bold, italic)
    elif kind == "box":
        yield Run(_box(content), bold, italic)
    elif "text" in content:
        yield from runs(content["text"], bold=bold, italic=italic)
    else:
        inner = content.get("child", content.get("body"))
        yield from runs(inner, bold=bold or kind == "strong", italic=italic or kind == "emph")


def _box(content: Block) -> str:
    """A box with a frame is a tick box, one without is room to write."""
    if "stroke" not in content:
        return BLANK
    return "☒" if any(run.text for run in runs(content.get("body"))) else "☐"


def _text(value: str) -> str:
    """Escaped, without the control characters that XML cannot hold."""
    return escape("".join(c for c in value if (c >= " " or c in "\n\t") and c not in "\ufffe\uffff"))


def _twips(millimetres: float) -> int:
    return round(millimetres * MILLIMETRE)


def _paragraph(
    content: Any,
    size: float | None = None,
    *,
    align: str = "center",
    after: float = 0,
    indent: bool = False,
    keep: bool = False,
    bold: bool = False,
    italic: bool = False,
) -> str:
    """A paragraph; sizes in points."""
    justify = {"justify": "both"}.get(align, align)
    first = f'<w:ind w:firstLine="{_twips(10)}"/>' if indent else ""
    kept = "<w:keepNext/>" if keep else ""
    settings = f'{kept}<w:spacing w:after="{round(after * 20)}"/>{first}<w:jc w:val="{justify}"/>'
    written = "".join(_run(run, size) for run in runs(content, bold=bold, italic=italic))
    return f"<w:p><w:pPr>{settings}</w:pPr>{written}</w:p>"


def _run(run: Run, size: float | None) -> str:
    style = ("<w:b/>" if run.bold else "") + ("<w:i/>" if run.italic else "")
    if size is not None:
        style += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
    text = _text(run.text).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _grid(rows: Sequence[Sequence[str]], widths: Sequence[int], *, framed: bool, repeat_head: bool = False) -> str:
    """A table of finished cells."""
    frame = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    style = f"<w:tblBorders>{frame}</w:tblBorders>" if framed else ""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = []
    for number, row in enumerate(rows):
        head = "<w:tblHeader/>" if repeat_head and number == 0 else ""
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(widths, row, strict=True)
        )
        lines.append(f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>")
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{style}<w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )


def _shares(room: int, shares: Sequence[float]) -> list[int]:
    return [int(room * share / sum(shares)) for share in shares]


def _letterhead(block: Block, room: int) -> str:
    left = "".join(_paragraph(line.upper(), 12) for line in block["superior"])
    left += "".join(_paragraph(line.upper(), 12, bold=True) for line in block["body"])
    left += _paragraph("―――――――", 8) + _paragraph(f"Số: {block['number'] or '………'}/{block['symbol']}", 13)
    right = _citizen_head(block, room) + _paragraph(f"{block['place']}, {block['day']}", 13, italic=True)
    return _grid([[left, right]], _shares(room, (0.42, 0.58)), framed=False) + _paragraph("")


def _citizen_head(_: Block, __: int) -> str:
    return _paragraph(NATION, 12, bold=True) + _paragraph(MOTTO, 13, bold=True) + _paragraph("――――――――――――――", 8)


def _title(block: Block, _: int) -> str:
    name = _paragraph(block["name"].upper(), 14, bold=True)
    if block["about"] is None:
        return name
    return name + _paragraph(block["about"], 13, bold=True) + _paragraph("―――――――――", 8, after=8)


def _para(block: Block, _: int) -> str:
    return _paragraph(
        block["body"], align=block["align"], after=6, indent=block["indent"], keep=block.get("keep", False)
    )


def _table(block: Block, room: int) -> str:
    rows = [[_paragraph(cell, block["size"], bold=True) for cell in block["head"]]]
    rows += [
        [_paragraph(cell, block["size"], align=align) for cell, align in zip(row, block["align"], strict=True)]
        for row in block["rows"]
    ]
    return _grid(rows, _shares(room, block["columns"]), framed=True, repeat_head=True) + _paragraph("")


def _sign(lines: Sequence[str], note: Any, name: str | None) -> str:
    titles = "".join(_paragraph(line.upper(), 13, bold=True) for line in lines)
    noted = "" if note is None else _paragraph(note, 12, italic=True)
    return titles + noted + _paragraph("") * SIGNATURE_LINES + _paragraph(name or "", 13, bold=True)


def _closing(block: Block, room: int) -> str:
    recipients = block["recipients"]
    left = _paragraph("Nơi nhận:", 12, align="left", bold=True, italic=True) if recipients else _paragraph("")
    left += "".join(
        _paragraph(f"- {who}{'.' if number == len(recipients) else ';'}", 11, align="left")
        for number, who in enumerate(recipients, 1)
    )
    before = "" if block["before"] is None else _paragraph(block["before"], 13, italic=True)
    right = before + _sign(block["lines"], block["note"], block["name"])
    return _grid([[left, right]], _shares(room, (0.48, 0.52)), framed=False) + _paragraph("")


def _signatures(block: Block, room: int) -> str:
    people = block["people"]
    cells = [_sign([person["title"]], person["note"], person["name"]) for person in people]
    return _grid([cells], _shares(room, [1] * len(people)), framed=False) + _paragraph("")


def _new_page(_: Block, __: int) -> str:
    return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


WRITERS: Mapping[str, Callable[[Block, int], str]] = {
    "letterhead": _letterhead,
    "citizen-head": _citizen_head,
    "title": _title,
    "para": _para,
    "table": _table,
    "new-page": _new_page,
    "closing": _closing,
    "signatures": _signatures,
}
"""How each block of the layout is written; `page` is read before all."""

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORMATS, OFFICE = "http://schemas.openxmlformats.org", "application/vnd.openxmlformats-officedocument"
PACKAGE = f"{FORMATS}/package/2006"
RELATIONS = f"{FORMATS}/officeDocument/2006/relationships"
MAIN = f"{FORMATS}/wordprocessingml/2006/main"
SPACES = f'xmlns:w="{MAIN}" xmlns:r="{RELATIONS}"'
STYLES = (
    f'{XML}<w:styles xmlns:w="{MAIN}"><w:docDefaults><w:rPrDefault><w:rPr>'
    '<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}" w:eastAsia="{font}"/><w:sz w:val="{size}"/>'
    '<w:szCs w:val="{size}"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>'
)
FIXED: dict[str, str] = {
    "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{OFFICE}.wordprocessingml.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{OFFICE}.wordprocessingml.styles+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{OFFICE}.wordprocessingml.header+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
    "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>",
    "word/_rels/document.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONS}/header" Target="header1.xml"/></Relationships>',
    "word/header1.xml": f'{XML}<w:hdr {SPACES}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>',
}
"""Parts that are the same in every document; the header prints the page number, not on the first page."""
