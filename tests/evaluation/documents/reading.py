"""What a drawn document says, for tests."""

from io import BytesIO

import docx
import pypdfium2
from docx.text.paragraph import Paragraph

PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"


def squeezed(text: str) -> str:
    """Without line ends, breaks within words and repeated spaces, so that layout does not matter."""
    return " ".join(text.replace("\u200b", "").replace("\ufffe", "").split())


def pdf_text(content: bytes) -> tuple[str, int]:
    """(text, pages) of a PDF."""
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return squeezed(" ".join(pages)), len(pages)


def docx_text(content: bytes) -> str:
    """The text of a Word document, tables too."""
    body = docx.Document(BytesIO(content)).element.body
    return squeezed(" ".join(Paragraph(entry, None).text for entry in body.iter(PARAGRAPH)))  # type: ignore[arg-type]  # read alone, it needs no parent
