"""Pictures: whole from the first byte to the last, of a size that a reader's machine can unpack, nothing else inside.

PNG (ISO/IEC 15948), JPEG (ITU-T T.81), WEBP (RFC 9649). Only frames and headers are read, never pixels.
"""

import re
import struct
import zlib

from evaluation.domain.file_refusals import cut_off, refused, two_kinds

MOST_PIXELS = 220_000_000
"""Above the largest phone camera (200 million)."""
MOST_DECODED = 1_000_000_000
MOST_TEXT = 10_000_000
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PACKED_TEXT = {b"zTXt", b"iTXt", b"iCCP"}
SCAN_ENDS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
MARKUP = re.compile(rb"<(script|html|iframe|!doctype|\?php|svg[\s/>])", re.IGNORECASE)
FOREIGN = re.compile(rb"%PDF-\d|PK\x05\x06")
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def check_png(whole: bytes) -> None:
    """Raise FileRefused unless this is one whole PNG of bearable size."""
    at, seen, first = 8, set[bytes](), True
    while at + 12 <= len(whole):
        length, kind = struct.unpack_from(">I4s", whole, at)
        end = at + 12 + length
        if end > len(whole) or zlib.crc32(whole[at + 4 : end - 4]) != int.from_bytes(whole[end - 4 : end], "big"):
            raise cut_off("PNG")
        if first and (kind, length) != (b"IHDR", 13):
            raise cut_off("PNG")
        if first:
            width, height, depth, colour = struct.unpack_from(">IIBB", whole, at + 8)
            _refuse_huge(width, height, CHANNELS.get(colour, 4) * max(depth, 8) // 8)
        data = whole[at + 8 : end - 4]
        if kind in PACKED_TEXT:
            _refuse_packed(data)
        if kind != b"IDAT" and MARKUP.search(data):
            raise two_kinds()
        first, at = False, end
        seen.add(kind)
        if kind == b"IEND":
            break
    if not {b"IHDR", b"IDAT", b"IEND"} <= seen:
        raise cut_off("PNG")
    if at != len(whole):
        raise two_kinds()


def check_jpeg(whole: bytes) -> None:
    """Raise FileRefused unless this is a whole JPEG of bearable size.

    Phones put things behind the picture (a second one, a short film): these may stay, a document or page may not.
    """
    at, frame = 2, False
    while True:
        marker, at = _next_marker(whole, at)
        if marker == END_OF_IMAGE:
            break
        end = at + int.from_bytes(whole[at : at + 2], "big")
        segment = whole[at + 2 : end]
        if end < at + 2 or end > len(whole) or (marker in FRAMES and len(segment) < 6):
            raise cut_off("JPEG")
        if marker in FRAMES:
            _, height, width = struct.unpack_from(">BHH", segment)
            _refuse_huge(width, height, segment[5])
            frame = True
        _refuse_foreign(segment)
        at = end
        if marker == START_OF_SCAN:
            found = SCAN_ENDS.search(whole, at)
            at = len(whole) if found is None else found.start()
    if not frame:
        raise cut_off("JPEG")
    _refuse_foreign(whole[at:])


def _next_marker(whole: bytes, at: int) -> tuple[int, int]:
    """The marker at this place, fillers and markers without content passed over, and where its content begins."""
    while at + 2 <= len(whole) and whole[at] == 0xFF:
        marker = whole[at + 1]
        if marker != 0xFF and marker not in STANDALONE:
            return marker, at + 2
        at += 1 if marker == 0xFF else 2
    raise cut_off("JPEG")


def check_webp(whole: bytes) -> None:
    """Raise FileRefused unless this is one whole WEBP of bearable size."""
    size = int.from_bytes(whole[4:8], "little") + 8
    if size > len(whole):
        raise cut_off("WEBP")
    if size + (size & 1) < len(whole):
        raise two_kinds()
    at, picture = 12, False
    while at + 8 <= size:
        kind, length = struct.unpack_from("<4sI", whole, at)
        data = whole[at + 8 : at + 8 + length]
        if len(data) < length:
            raise cut_off("WEBP")
        if kind in (b"VP8 ", b"VP8L", b"VP8X"):
            _refuse_huge(*_webp_size(kind, data), 4)
        picture = picture or kind in (b"VP8 ", b"VP8L", b"ANMF")
        if kind not in (b"VP8 ", b"VP8L", b"ANMF", b"ALPH"):
            _refuse_foreign(data)
        at += 8 + length + (length & 1)
    if not picture:
        raise cut_off("WEBP")


def _webp_size(kind: bytes, data: bytes) -> tuple[int, int]:
    if len(data) < 10 - 5 * (kind == b"VP8L"):
        raise cut_off("WEBP")
    if kind == b"VP8X":
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 6)
    return width & 0x3FFF, height & 0x3FFF


def _refuse_huge(width: int, height: int, pixel_bytes: int) -> None:
    if width == 0 or height == 0:
        raise cut_off("ảnh")
    if width * height > MOST_PIXELS or width * height * pixel_bytes > MOST_DECODED:
        raise refused(
            f"Ảnh quá lớn ({width} x {height} điểm ảnh)", f"The picture is too large ({width} x {height} pixels)"
        )


def _refuse_packed(data: bytes) -> None:
    """Text and colour profiles of a PNG are packed: they must unpack to little."""
    _, _, packed = data.partition(b"\x00")
    for start in (1, 4):  # after the method; iTXt has languages in between and is mostly not packed
        try:
            inflated = zlib.decompressobj().decompress(packed[start:], MOST_TEXT + 1)
        except zlib.error:
            continue
        if len(inflated) > MOST_TEXT:
            raise refused("Ảnh giải nén ra quá lớn", "The picture unpacks to too much")


def _refuse_foreign(data: bytes) -> None:
    if MARKUP.search(data) or FOREIGN.search(data):
        raise two_kinds()
