"""The words of resumable uploads: tus 1.0.0 with the extensions named below (tus.io/protocols/resumable-upload)."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

from shared.errors import BadRequest, Conflict, Fault, Invalid, Problem, Text

TUS_VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
CHECKSUMS = {"sha1": lambda data=b"": hashlib.sha1(data, usedforsecurity=False), "sha256": hashlib.sha256}
SHA256 = re.compile(r"^[0-9a-f]{64}$")
MOST_PARTS = 4_000
"""Pieces one upload may come in: what is cut into smaller ones is no upload but a flood."""


class UnknownTusVersion(Problem):
    """The request does not speak tus 1.0.0 (412)."""

    slug, status = "tus-version", 412
    title = Text("Phiên bản tus không được hỗ trợ", "The tus version is not supported")


class OffsetMismatch(Conflict):
    """Bytes were sent for another place than the next one (409)."""

    slug = "upload-offset"
    title = Text("Không đúng vị trí tiếp theo", "Not the next offset")


class UploadBusy(Conflict):
    """Another request is adding bytes to the upload (409)."""

    slug = "upload-busy"
    title = Text("Tệp đang được gửi bởi yêu cầu khác", "Another request is sending to this upload")


class UploadLocked(Problem):
    """The last bytes came and are being checked (423)."""

    slug, status = "upload-locked", 423
    title = Text("Tệp đang được kiểm tra", "The upload is being checked")


class UploadGone(Problem):
    """The upload expired or its file was refused: begin again (410)."""

    slug, status = "upload-gone", 410
    title = Text("Lượt gửi tệp không còn", "The upload is gone")


class TooManyUploads(Conflict):
    """The person has too many unfinished uploads (409)."""

    slug = "too-many-uploads"
    title = Text("Còn quá nhiều tệp gửi dở", "Too many unfinished uploads")


class ChecksumMismatch(Problem):
    """The bytes are not those that the sender summed up (460, as tus says)."""

    slug, status = "checksum-mismatch", 460
    title = Text("Dữ liệu bị hỏng khi gửi", "The bytes were damaged on the way")


class LinkInvalid(Problem):
    """A link whose time is over or whose signature is not ours (410)."""

    slug, status = "link-invalid", 410
    title = Text("Liên kết đã hết hạn hoặc không đúng", "The link has expired or is not right")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a client says of a file before it is here."""

    name: str | None = None
    sha256: str | None = None


def read_metadata(header: str | None) -> Metadata:
    """The Upload-Metadata header: `filename` and `sha256` count, the rest is ignored. Raises BadRequest, Invalid."""
    values: dict[str, str] = {}
    for pair in (header or "").split(","):
        key, _, encoded = pair.strip().partition(" ")
        try:
            values[key] = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadRequest(
                "Upload-Metadata phải là các cặp “khoá base64”.", "Upload-Metadata must be pairs of a key and base64."
            ) from error
    sha256 = values.get("sha256") or None
    if sha256 is not None and not SHA256.match(sha256):
        text = Text("phải là 64 chữ số hex viết thường", "must be 64 hexadecimal digits in lower case")
        raise Invalid(faults=[Fault("Upload-Metadata.sha256", "sha256", text)])
    name = values.get("filename") or None
    if name is not None and (len(name) > 255 or "\x00" in name):
        text = Text("tên tệp quá dài hoặc có ký tự lạ", "the file name is too long or has a strange character")
        raise Invalid(faults=[Fault("Upload-Metadata.filename", "name", text)])
    return Metadata(name, sha256)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must sum up to."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str | None) -> "Checksum | None":
        """From Upload-Checksum, "sha1 <base64>". Raises BadRequest naming the algorithms."""
        if header is None:
            return None
        algorithm, _, encoded = header.strip().partition(" ")
        try:
            digest = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            digest = b""
        if algorithm not in CHECKSUMS or not digest:
            raise BadRequest(
                "Upload-Checksum phải là “sha1 …” hoặc “sha256 …” (base64).",
                "Upload-Checksum must be “sha1 …” or “sha256 …” (base64).",
                algorithms=sorted(CHECKSUMS),
            )
        return cls(algorithm, digest)

    def fits(self, data: bytes) -> bool:
        """Whether the bytes are those."""
        return hmac.compare_digest(CHECKSUMS[self.algorithm](data).digest(), self.digest)
