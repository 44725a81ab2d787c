"""Problem documents (RFC 9457) of the origin's own: only when a service cannot be reached."""

import json
from typing import Any

from deploy.origin.connections import Headers
from shared.errors import Text

TITLES = {
    404: ("not-found", Text("Không tìm thấy", "Not found")),
    502: ("service-broke-off", Text("Dịch vụ ngắt giữa chừng", "The service broke off")),
    503: ("unavailable", Text("Tạm thời không phục vụ được", "Temporarily unavailable")),
    504: ("service-too-slow", Text("Dịch vụ trả lời quá chậm", "The service was too slow")),
}
NOTHING_HERE = Text(
    "Địa chỉ này không có gì. Danh mục địa chỉ: /docs", "Nothing is at this address. All addresses: /docs"
)
STARTING = Text(
    "Có dịch vụ chưa sẵn sàng. Hãy thử lại sau vài giây.",
    "A service is not ready yet. Try again in a few seconds.",
)
DOWN = Text(
    "Dịch vụ {service} đang khởi động lại. Hãy gửi lại yêu cầu sau vài giây, giữ nguyên Idempotency-Key.",
    "The {service} service is restarting. Send the request again in a few seconds with the same Idempotency-Key.",
)
BROKE_OFF = Text(
    "Dịch vụ {service} ngắt khi đang xử lý; chưa rõ yêu cầu đã được ghi hay chưa. "
    "Hãy gửi lại với cùng Idempotency-Key: sẽ không bị ghi hai lần.",
    "The {service} service broke off while it worked; whether the request took effect is not known. "
    "Send it again with the same Idempotency-Key: it will not take effect twice.",
)
TOO_SLOW = Text(
    "Dịch vụ {service} chưa trả lời kịp. Hãy gửi lại với cùng Idempotency-Key.",
    "The {service} service has not answered in time. Send the request again with the same Idempotency-Key.",
)


def language_of(accept_language: str) -> str:
    """ "en" when the header prefers English to Vietnamese, else "vi"."""
    best, chosen = 0.0, "vi"
    for part in accept_language.lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0]
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if language in ("vi", "en") and weight > best:
            best, chosen = weight, language
    return chosen


def problem(
    status: int, detail: Text, *, accept_language: str, instance: str, service: str = "", request_id: str = ""
) -> tuple[Headers, bytes]:
    """Headers and body of a problem document in the reader's language."""
    slug, title = TITLES[status]
    language = language_of(accept_language)
    document: dict[str, Any] = {
        "type": f"/problems/{slug}",
        "title": title.in_language(language),
        "status": status,
        "detail": detail.in_language(language).format(service=service),
        "instance": instance,
    }
    if request_id:
        document["request_id"] = request_id
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-language", language.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *([(b"retry-after", b"2")] if status == 503 else []),
    ]
    return headers, body
