"""Refusals of registry that clients tell apart by their own slug."""

from shared.errors import Conflict, Text


class CertificateLive(Conflict):
    """The product has a certificate on some of the same days: one product, one star at a time (409)."""

    slug = "certificate-live"
    title = Text("Sản phẩm đang có giấy chứng nhận", "The product has a live certificate")


class CertificateOver(Conflict):
    """The certificate no longer holds, so nothing more can be done under it (409)."""

    slug = "certificate-over"
    title = Text("Giấy chứng nhận đã hết hiệu lực", "The certificate no longer holds")


class ProductCodeTaken(Conflict):
    """Another certificate has the product code (409)."""

    slug = "product-code-taken"
    title = Text("Mã sản phẩm đã được cấp", "The product code is taken")
