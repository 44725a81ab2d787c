"""Refusals of commerce."""

from shared.errors import Conflict, Text


class NoLiveCertificate(Conflict):
    """The product has no certificate in force on the day that counts (409)."""

    slug = "no-live-certificate"
    title = Text("Sản phẩm không có giấy chứng nhận còn hiệu lực", "The product has no live certificate")


class OutletIsClosed(Conflict):
    """The outlet is closed already (409)."""

    slug = "outlet-closed"
    title = Text("Điểm bán hàng đã đóng cửa", "The outlet is closed")


class TradeEventIsHeld(Conflict):
    """The event's result is booked: it takes no more changes (409)."""

    slug = "trade-event-held"
    title = Text("Sự kiện đã có kết quả", "The event's result is booked")


class AlreadyThere(Conflict):
    """The same thing is recorded already (409)."""

    slug = "already-recorded"
    title = Text("Đã có bản ghi như vậy", "Recorded already")
