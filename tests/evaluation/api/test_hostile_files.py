"""Hostile files are refused in words, by every way in, in little memory; honest papers of every kind are taken.

Every file is made in code: nothing hostile lies in the repository.
"""

import hashlib
import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from tests.evaluation.files import DOCX, JPEG, PNG, WEBP, XLSX, archive, chunk, docx, jpeg, office, paper, png, segment
from tests.evaluation.worlds import PDF, World, producer_of

from evaluation.domain.errors import FileRefused
from evaluation.domain.file_kinds import find_kind
from shared.testing.people import headers_for

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
SCRIPT = b"<html><script>alert(1)</script></html>"
GIF_SCRIPT = b"GIF89a/*\x00" + b"\x00" * 20 + b"*/=1;alert(1)//"
ZIP = archive({"a.txt": b"x"})


def pdf(*objects: bytes) -> bytes:
    return b"%PDF-1.7\n" + b"\n".join(b"%d 0 obj\n%s\nendobj" % pair for pair in enumerate(objects, 1)) + b"\n%%EOF\n"


def packed(content: bytes, about: bytes = b"/Type /ObjStm /N 1 /First 4", filters: bytes = b"/FlateDecode") -> bytes:
    data = zlib.compress(content)
    return b"<< %s /Filter %s /Length %d >>\nstream\n%s\nendstream" % (about, filters, len(data), data)


def with_link(target: str) -> bytes:
    made = io.BytesIO(DOCX)
    with zipfile.ZipFile(made, "a") as into:
        link = zipfile.ZipInfo("word/media/link")
        link.external_attr = 0o120777 << 16
        into.writestr(link, target)
    return made.getvalue()


def locked_zip() -> bytes:
    """An office document whose parts say that they are encrypted."""
    made = bytearray(DOCX)
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(sign)
        while at >= 0:
            made[at + flags] |= 1
            at = made.find(sign, at + 4)
    return bytes(made)


def lying_zip() -> bytes:
    """A bomb whose directory says it is small."""
    made = bytearray(docx({"word/media/a.xml": b"\x00" * 50_000_000}))
    size = struct.pack("<L", 50_000_000)
    return bytes(made.replace(size, struct.pack("<L", 50)))


def overlapping_zip() -> bytes:
    """Many names for the same packed bytes."""
    made = bytearray(docx({"word/media/a.bin": hashlib.shake_256(b"x").digest(100_000)}))
    at = made.find(b"PK\x05\x06")
    start = struct.unpack_from("<L", made, at + 16)[0]
    entries = bytes(made[start:at])
    last = entries[entries.rfind(b"PK\x01\x02") :]
    more = b"".join(last.replace(b"/a.bin", b"/%c.bin" % letter) for letter in b"bcdefghijk")
    count = struct.unpack_from("<H", made, at + 8)[0] + 10
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries + more), start, 0)
    return bytes(made[:at]) + more + end


XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
TEMPLATE = b'<Relationship Id="1" Type="http://x/attachedTemplate" Target="http://x/t.dotm" TargetMode="External"/>'
JS = b"<< /S /JavaScript /JS (app.alert(1)) >>"

HOSTILE = {
    "eicar": (EICAR, "vi-rút"),
    "eicar in a pdf": (pdf(b"(" + EICAR + b")"), "vi-rút"),
    "eicar in a docx": (docx({"word/media/a.png": EICAR}), "vi-rút"),
    "zip bomb": (docx({"word/media/a.xml": b"\x00" * 60_000_000}), "quá lớn"),
    "zip bomb that lies": (lying_zip(), "hỏng"),
    "zip bomb of one content under many names": (overlapping_zip(), "quá lớn"),
    "zip of too many parts": (docx({f"a/{n}": b"" for n in range(2_001)}), "quá lớn"),
    "png bomb": (png(60_000, 60_000), "quá lớn"),
    "png bomb in its text": (png(1, 1, chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"a" * 20_000_000))), "quá lớn"),
    "jpeg bomb": (jpeg(65_000, 65_000), "quá lớn"),
    "png cut off": (PNG[:-6], "cắt cụt"),
    "png cut off between chunks": (PNG[:-12], "cắt cụt"),
    "png damaged": (PNG.replace(PNG[-30:-24], b"\x00" * 6), "cắt cụt"),
    "jpeg cut off": (JPEG[:-2], "cắt cụt"),
    "jpeg cut off in its header": (JPEG[:30], "cắt cụt"),
    "jpeg of zeros": (b"\xff\xd8\xff\xe0" + b"\x00" * 64, "cắt cụt"),
    "webp cut off": (WEBP[:-3], "cắt cụt"),
    "pdf cut off": (paper(10_000)[:5_000], "cắt cụt"),
    "docx cut off": (DOCX[:-30], "hỏng"),
    "pdf and zip": (PDF + ZIP + b"\n%%EOF", "loại khác"),
    "zip and pdf": (archive({"%PDF-1.4": b"x"}), "loại khác"),
    "pdf and html": (b"%PDF-1.4\n" + SCRIPT + PDF[9:], "loại khác"),
    "gif and javascript": (GIF_SCRIPT, "image/gif"),
    "jpeg and html": (jpeg(1, 1, segment(0xFE, SCRIPT)), "loại khác"),
    "jpeg with html behind it": (JPEG + SCRIPT, "loại khác"),
    "jpeg and zip": (JPEG + ZIP, "loại khác"),
    "jpeg and pdf": (JPEG + PDF, "loại khác"),
    "png and html": (png(1, 1, chunk(b"tEXt", b"a\x00" + SCRIPT)), "loại khác"),
    "png and zip": (PNG + ZIP, "loại khác"),
    "webp and zip": (WEBP + ZIP, "loại khác"),
    "svg script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
    "path that leads outside": (docx({"../../etc/cron.d/a": b"x"}), "đường dẫn"),
    "path that begins at the root": (docx({"/etc/passwd": b"x"}), "đường dẫn"),
    "path of windows": (docx({"..\\..\\a": b"x"}), "đường dẫn"),
    "symlink": (with_link("/etc/passwd"), "tượng trưng"),
    "xxe": (office("word/document.xml", "wordprocessingml.document.main+xml", {"word/a.xml": XXE}), "bên ngoài"),
    "xxe in utf-16": (docx({"word/a.xml": XXE.decode().encode("utf-16")}), "bên ngoài"),
    "template from outside": (docx({"word/_rels/settings.xml.rels": TEMPLATE}), "bên ngoài"),
    "macros": (docx({"word/vbaProject.bin": b"x"}), "macro"),
    "macro sheet": (office("xl/workbook.xml", "spreadsheetml.sheet.main+xml", {"xl/macrosheets/a.xml": b"x"}), "macro"),
    "ole object": (docx({"word/embeddings/oleObject1.bin": b"x"}), "macro"),
    "program inside": (docx({"word/media/a.png.exe": b"MZ"}), "chương trình"),
    "docx with a password": (locked_zip(), "mật khẩu"),
    "pdf javascript": (pdf(JS), "mã chạy"),
    "pdf javascript spelled otherwise": (pdf(b"<< /S /J#61vaScri#70t >>"), "mã chạy"),
    "pdf javascript in an object stream": (pdf(packed(b"1 0 " + JS)), "mã chạy"),
    "pdf javascript in a stream not called so": (pdf(packed(b"1 0 " + JS, b"/N 1 /First 4")), "mã chạy"),
    "pdf javascript in an object stream spelled otherwise": (pdf(packed(JS, b"/Type /Obj#53tm /N 1")), "mã chạy"),
    "pdf object stream packed twice": (pdf(packed(JS, filters=b"[/ASCIIHexDecode /FlateDecode]")), "cách không"),
    "pdf object stream bomb": (pdf(packed(b" " * 30_000_000)), "quá lớn"),
    "pdf launch": (pdf(b"<< /S /Launch /F (cmd.exe) >>"), "mã chạy"),
    "pdf embedded file": (pdf(b"<< /Type /EmbeddedFile >>"), "đính kèm"),
    "pdf embedded file in an object stream": (pdf(packed(b"<< /Type/EmbeddedFile>>")), "đính kèm"),
    "pdf with a form that runs": (pdf(b"<< /XFA 3 0 R >>"), "mã chạy"),
    "pdf with a password": (pdf(b"<< /Root 1 0 R /Encrypt 2 0 R >>"), "mật khẩu"),
}

HONEST = {
    "pdf": (PDF, "pdf"),
    "scan": (paper(19_999_999), "pdf"),
    "pdf with object streams": (pdf(packed(b"1 0 << /Type /Page >>")), "pdf"),
    "pdf whose text speaks of code": (pdf(b"(JavaScript, Launch)"), "pdf"),
    "png": (PNG, "png"),
    "png of a phone": (png(4_000, 3_000), "png"),
    "jpeg": (JPEG, "jpeg"),
    "jpeg of a large camera": (jpeg(16_320, 12_240), "jpeg"),
    "jpeg with a film behind it": (JPEG + b"\x00\x00\x00\x18ftypmp42" + b"\x07" * 1_000, "jpeg"),
    "jpeg with metadata": (jpeg(1, 1, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>")), "jpeg"),
    "webp": (WEBP, "webp"),
    "docx": (DOCX, "docx"),
    "docx with pictures and a chart": (docx({"word/media/a.svg": b"<svg/>", "word/embeddings/a.xlsx": XLSX}), "docx"),
    "xlsx": (XLSX, "xlsx"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_both_languages(what: str) -> None:
    content, words = HOSTILE[what]
    with pytest.raises(FileRefused) as refusal:
        find_kind(io.BytesIO(content))
    assert words in refusal.value.detail.vi
    assert "PDF, PNG, JPEG, WEBP, DOCX, XLSX" in refusal.value.detail.en


@pytest.mark.parametrize("what", HONEST)
def test_an_honest_paper_is_taken(what: str) -> None:
    content, kind = HONEST[what]
    assert find_kind(io.BytesIO(content)) == kind


LOOK = """
import contextlib, pathlib, sys
from evaluation.domain.errors import FileRefused
from evaluation.domain.file_kinds import find_kind

def memory(what):
    return int(pathlib.Path("/proc/self/status").read_text().split(what + ":")[1].split()[0]) * 1024

before = memory("VmRSS")
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    with contextlib.suppress(FileRefused), path.open("rb") as content:
        find_kind(content)
print(memory("VmHWM") - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux")
def test_looking_takes_little_memory(tmp_path: Path) -> None:
    for number, (content, _) in enumerate((*HOSTILE.values(), *HONEST.values())):
        (tmp_path / f"{number:03d}").write_bytes(content)
    looked = subprocess.run([sys.executable, "-c", LOOK, str(tmp_path)], capture_output=True, check=True, text=True)
    assert 10_000_000 < int(looked.stdout) < 100_000_000, "files on disk, in a process that held nothing before"


async def test_hostile_files_are_refused_by_both_ways_in_and_not_kept(world: World) -> None:
    actor = producer_of(world.product())
    for what in ("eicar", "png bomb", "pdf javascript in an object stream", "macros", "symlink"):
        content = HOSTILE[what][0]
        digest = hashlib.sha256(content).hexdigest()
        answer = await world.call("PUT", f"/evidence-files/{digest}", actor, content=content)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/file-refused")
        headers = headers_for(actor) | {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(content)),
            "Content-Type": "application/offset+octet-stream",
        }
        sent = await world.client.post("/api/evaluation/v1/uploads", content=content, headers=headers)
        assert (sent.status_code, sent.json()["type"]) == (422, "/problems/file-refused")
        assert not (world.files / "evidence" / digest[:2] / digest[2:4] / digest).exists()
