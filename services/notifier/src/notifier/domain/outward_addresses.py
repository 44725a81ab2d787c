"""Addresses that others give us to call: which may be called at all, so that nobody reaches our own network by us.

Both checks are needed: of the text when it is registered, and of the number at every connection, since a name may
point elsewhere by then.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

LONGEST_ADDRESS = 500
PORTS = frozenset({443, 8443})
"""Where systems answer over TLS; other ports belong to mail servers, databases and consoles."""
_CLOSED = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, metadata services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local
        "100::/64",  # discard
        "2001::/23",  # protocol assignments, Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # private
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)
"""The special-purpose registries of IANA (RFC 6890 and its updates, read 2026-11), and multicast."""
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class ClosedAddress(ValueError):
    """An address that may not be called; `code` is one word for it."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `path` holds the query too."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, as RFC 6454 writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.tls else 80
        return f"{'https' if self.tls else 'http'}://{host}" + ("" if self.port == usual else f":{self.port}")


def read_address(url: str, *, loopback: bool = False) -> Target:
    """The parts of an address that may be called, as far as its text says. Raises ClosedAddress.

    `loopback` is for development: addresses of this machine, at any port, without TLS.
    """
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or len(url) > LONGEST_ADDRESS:
        raise ClosedAddress("malformed", f"an address is at most {LONGEST_ADDRESS} printable ASCII letters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ClosedAddress("malformed", "this is no address") from error
    host = (parts.hostname or "").rstrip(".")
    _check_parts(parts, host, loopback=loopback)
    port = port if port is not None else 443 if parts.scheme == "https" else 80
    if port not in PORTS and not loopback:
        raise ClosedAddress("port", f"port {port}: only {', '.join(str(one) for one in sorted(PORTS))} are called")
    number = _number(host)
    if number is not None:
        check_number(number, loopback=loopback)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path)


def _check_parts(parts: SplitResult, host: str, *, loopback: bool) -> None:
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise ClosedAddress("scheme", "only https:// is called")
    if not host or "%" in host:
        raise ClosedAddress("malformed", "the address names no host")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise ClosedAddress("credentials", "an address must not hold a user or password")
    if parts.fragment:
        raise ClosedAddress("malformed", "an address must not hold a fragment")


def check_number(number: IPv4Address | IPv6Address, *, loopback: bool = False) -> None:
    """Refuse a number that is not one of the open internet. Raises ClosedAddress."""
    if loopback and any(number.version == block.version and number in block for block in _LOOPBACK):
        return
    closed = any(number.version == block.version and number in block for block in _CLOSED)
    if closed or number.is_multicast or not number.is_global or getattr(number, "scope_id", None):
        raise ClosedAddress("network", "the address lies in a network that is not open to the internet")


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
