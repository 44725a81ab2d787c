"""What the archive of a dossier holds, under which names, and its index for people and for programs."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.domain.file_names import folded
from evaluation.domain.sheets import Sheet

FORMAT = "ocop-dossier-archive/1"
OTHER = "khac"
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}code{font-size:.8em}"
)
FACTS = {
    "product_name": "Sản phẩm",
    "producer_name": "Chủ thể",
    "commune_name": "Xã",
    "district_name": "Huyện",
    "province_name": "Tỉnh",
    "year": "Năm",
    "kind": "Loại hồ sơ",
    "state": "Trạng thái",
    "filed_on": "Ngày nộp",
    "ruleset": "Quy định áp dụng",
    "sheet": "Bộ tiêu chí",
}
COLUMNS = ("Tệp", "Tên giấy tờ", "Tiêu chí", "Nơi cấp", "Số", "Ngày cấp", "Hết hạn", "SHA-256")


@dataclass(frozen=True, slots=True)
class ArchivedPaper:
    """A paper of the dossier and where the archive has it; two papers may share one file."""

    path: str
    name: str
    criteria: list[str]
    issuer: str | None
    number: str | None
    issued_on: str | None
    expires_on: str | None
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ArchivedDocument:
    """A signed document of the process."""

    path: str
    document: str
    number: str | None
    signed_on: str
    signer: str
    size: int
    sha256: str


def archived_papers(papers: Sequence[Mapping[str, Any]], sheet: Sheet) -> list[ArchivedPaper]:
    """The papers in the order of the sheet, each under the first criterion it supports: `03_1.c/002_hop-dong.pdf`."""
    codes = [criterion.code for criterion in sheet.criteria] + [part.code for part in sheet.parts]
    place = {code: number for number, code in reversed(list(enumerate(codes, 1)))}

    def first(paper: Mapping[str, Any]) -> tuple[int, str]:
        return min(
            ((place.get(code, len(codes) + 1), code) for code in paper["criteria"]), default=(len(codes) + 1, "")
        )

    paths: dict[str, str] = {}
    archived = []
    for paper in sorted(papers, key=lambda paper: (*first(paper), str(paper["id"]))):
        number, code = first(paper)
        folder = f"{number:02d}_{re.sub(r'[^A-Za-z0-9.]+', '-', code).strip('.-') or OTHER}"
        path = f"{folder}/{len(paths) + 1:03d}_{folded(paper['name'])}.{paper['kind']}"
        said = {name: paper[name] for name in ("name", "issuer", "number", "issued_on", "expires_on", "kind", "size")}
        archived.append(
            ArchivedPaper(
                path=paths.setdefault(paper["file_sha256"], path),
                criteria=list(paper["criteria"]),
                sha256=paper["file_sha256"],
                **said,
            )
        )
    return archived


def document_path(number: int, kind: str) -> str:
    """Where the archive has a signed document."""
    return f"van-ban/{number:02d}_{folded(kind)}.pdf"


def index_json(
    facts: Mapping[str, Any], papers: Sequence[ArchivedPaper], documents: Sequence[ArchivedDocument]
) -> bytes:
    """The index for programs."""
    index = {
        "format": FORMAT,
        "dossier": dict(facts),
        "papers": [asdict(paper) for paper in papers],
        "documents": [asdict(document) for document in documents],
    }
    return json.dumps(index, ensure_ascii=False, indent=1, default=str).encode()


def index_html(
    facts: Mapping[str, Any], sheet: Sheet, papers: Sequence[ArchivedPaper], documents: Sequence[ArchivedDocument]
) -> bytes:
    """The index for people: one page without script or outside address, opened from the unpacked folder."""
    titles = {criterion.code: criterion.title_vi for criterion in sheet.criteria}
    titles |= {part.code: part.name_vi for part in sheet.parts}
    told = [(label, facts.get(name)) for name, label in FACTS.items()]
    about = "".join(f"<tr><th>{label}</th><td>{_text(value)}</td></tr>" for label, value in told if value is not None)
    rows = "".join(_paper_row(paper, titles) for paper in papers)
    signed = "".join(
        f"<li>{_link(document.path)}: {_text(document.document)}, số {_text(document.number)},"
        f" ngày {_text(document.signed_on)}, {_text(document.signer)}</li>"
        for document in documents
    )
    heads = "".join(f"<th>{column}</th>" for column in COLUMNS)
    title = f"Hồ sơ OCOP: {_text(facts['product_name'])}"
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"</head><body><h1>{title}</h1><table>{about}</table>"
        f"<h2>Minh chứng ({len(papers)})</h2><table><tr>{heads}</tr>{rows}</table>"
        f"<h2>Văn bản đã ký ({len(documents)})</h2><ul>{signed}</ul></body></html>\n"
    ).encode()


def _paper_row(paper: ArchivedPaper, titles: Mapping[str, str]) -> str:
    criteria = "<br>".join(_text(f"{code} {titles.get(code, '')}".strip()) for code in paper.criteria)
    cells = (paper.name, None, paper.issuer, paper.number, paper.issued_on, paper.expires_on)
    shown = [criteria if number == 1 else _text(cell) for number, cell in enumerate(cells)]
    told = "".join(f"<td>{cell}</td>" for cell in (_link(paper.path), *shown, f"<code>{paper.sha256}</code>"))
    return f"<tr>{told}</tr>"


def _link(path: str) -> str:
    return f'<a href="{html.escape(path)}">{html.escape(path)}</a>'


def _text(value: object) -> str:
    return html.escape("" if value is None else str(value))
