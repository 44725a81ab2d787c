"""Every refusal the system can give, as one family of exceptions.

A `Problem` carries what RFC 9457 needs (a stable slug, a status, a title) in Vietnamese and English. Rules raise
it; `shared.http.problems` renders it. This module is pure, so that a service's domain may use it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages the API answers in."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence in `language` ("vi" or "en")."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field. `field` is a path such as `score_sheets[0].choices["1.1"]`."""

    field: str
    code: str
    text: Text


class Problem(Exception):
    """A refusal. Subclasses fix `slug`, `status` and `title`; the instance says what happened this time.

    `rule` names the article the refusal rests on; `extra` is shown as extension members of the problem document.
    """

    slug: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    title: ClassVar[Text] = Text("Lỗi hệ thống", "Internal error")

    def __init__(
        self,
        vi: str = "",
        en: str = "",
        *,
        faults: Sequence[Fault] = (),
        rule: str | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(en or self.title.en)
        self.detail = Text(vi or self.title.vi, en or self.title.en)
        self.faults = tuple(faults)
        self.rule = rule
        self.headers = dict(headers or {})
        self.extra = extra


class BadRequest(Problem):
    """The request cannot be understood at all (400)."""

    slug, status = "bad-request", 400
    title = Text("Yêu cầu không hợp lệ", "Bad request")


class IdempotencyKeyMissing(BadRequest):
    """A POST came without its Idempotency-Key header (400)."""

    slug = "idempotency-key-missing"
    title = Text("Thiếu Idempotency-Key", "Idempotency-Key is missing")


class Unauthenticated(Problem):
    """No usable token (401). `code` in the extra members says which of the faults it was."""

    slug, status = "unauthenticated", 401
    title = Text("Chưa đăng nhập", "Not signed in")


class Forbidden(Problem):
    """Signed in, but no appointment of the caller allows this act (403)."""

    slug, status = "forbidden", 403
    title = Text("Không có thẩm quyền", "Not within your appointment")


class NotFound(Problem):
    """Unknown, or out of the caller's scope: the two are not told apart (404)."""

    slug, status = "not-found", 404
    title = Text("Không tìm thấy", "Not found")


class Conflict(Problem):
    """The thing's state or another thing forbids the act (409).

    Pass `state=` and `allowed=` so that the caller learns what would be possible.
    """

    slug, status = "conflict", 409
    title = Text("Không thực hiện được ở trạng thái hiện tại", "Not possible in the present state")


class RequestInFlight(Conflict):
    """The same Idempotency-Key is being processed right now (409)."""

    slug = "request-in-flight"
    title = Text("Yêu cầu đang được xử lý", "The same request is being processed")


class Stale(Problem):
    """If-Match names a version that is no longer current (412)."""

    slug, status = "stale-version", 412
    title = Text("Dữ liệu đã được người khác sửa", "Changed by someone else since you read it")


class TooLarge(Problem):
    """The body exceeds the limit (413)."""

    slug, status = "too-large", 413
    title = Text("Nội dung gửi lên quá lớn", "The body is too large")


class Invalid(Problem):
    """The payload breaks its contract; every fault is listed with its field path (422)."""

    slug, status = "invalid-payload", 422
    title = Text("Dữ liệu gửi lên chưa đúng", "The payload is not valid")


class IdempotencyKeyReused(Invalid):
    """The same Idempotency-Key came with another body (422)."""

    slug = "idempotency-key-reused"
    title = Text("Idempotency-Key đã dùng cho nội dung khác", "Idempotency-Key was used with another body")


class PreconditionRequired(Problem):
    """An edit came without If-Match (428)."""

    slug, status = "precondition-required", 428
    title = Text("Thiếu If-Match", "If-Match is missing")


class Unavailable(Problem):
    """Something this request depends on does not answer; try again later (503)."""

    slug, status = "unavailable", 503
    title = Text("Tạm thời không phục vụ được", "Temporarily unavailable")
