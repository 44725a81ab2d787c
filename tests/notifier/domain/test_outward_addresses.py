"""Which addresses of others may be called."""

from ipaddress import ip_address

import pytest

from notifier.domain.outward_addresses import ClosedAddress, check_number, read_address

CLOSED = {
    "http://system.example.vn/hook": "scheme",
    "ftp://system.example.vn/hook": "scheme",
    "file:///etc/passwd": "scheme",
    "//system.example.vn/hook": "scheme",
    "https://user@system.example.vn/": "credentials",
    "https://user:secret@system.example.vn/": "credentials",
    "https://@system.example.vn/": "credentials",
    "https://system.example.vn:22/": "port",
    "https://system.example.vn:6379/": "port",
    "https://system.example.vn:80/": "port",
    "https://system.example.vn:99999/": "malformed",
    "https://system.example.vn:0/": "port",
    "https://system.example.vn/#part": "malformed",
    "https://system.example.vn/a b": "malformed",
    "https://system.example.vn\\@10.0.0.1/": "malformed",
    "https://system.example.vn/\r\nHost: other": "malformed",
    "https://hệthống.vn/": "malformed",
    "https:///hook": "malformed",
    "https://[fe80::1%25eth0]/": "malformed",
    "https://[::1": "malformed",
    f"https://system.example.vn/{'a' * 500}": "malformed",
    "https://127.0.0.1/": "network",
    "https://127.0.0.1./": "network",
    "https://10.1.2.3/": "network",
    "https://172.31.0.1/": "network",
    "https://192.168.1.1/": "network",
    "https://169.254.169.254/latest/meta-data/": "network",
    "https://100.64.0.1/": "network",
    "https://0.0.0.0/": "network",
    "https://224.0.0.1/": "network",
    "https://255.255.255.255/": "network",
    "https://[::1]/": "network",
    "https://[::]/": "network",
    "https://[fe80::1]/": "network",
    "https://[fd00::1]/": "network",
    "https://[ff02::1]/": "network",
    "https://[::ffff:127.0.0.1]/": "network",
    "https://[::ffff:8.8.8.8]/": "network",
    "https://[64:ff9b::7f00:1]/": "network",
    "https://[64:ff9b:1::a00:1]/": "network",
    "https://[2002:7f00:1::]/": "network",
    "https://[2001:0:1::1]/": "network",
    "https://[2001:db8::1]/": "network",
}


@pytest.mark.parametrize("url", CLOSED, ids=[f"{n}-{code}" for n, code in enumerate(CLOSED.values())])
def test_an_address_that_may_not_be_called_is_refused_with_the_reason(url: str) -> None:
    with pytest.raises(ClosedAddress) as refused:
        read_address(url)
    assert refused.value.code == CLOSED[url]


def test_an_open_address_is_taken_apart() -> None:
    target = read_address("https://System.Example.vn:8443/hook?to=ocop")
    assert (target.tls, target.host, target.port, target.path) == (True, "system.example.vn", 8443, "/hook?to=ocop")
    assert target.origin == "https://system.example.vn:8443"
    assert read_address("https://system.example.vn").origin == "https://system.example.vn"
    assert read_address("https://[2606:4700::1111]/x").origin == "https://[2606:4700::1111]"


def test_development_may_call_this_machine_and_no_other_closed_network() -> None:
    assert read_address("http://127.0.0.1:5000/hook", loopback=True).origin == "http://127.0.0.1:5000"
    for url in ("https://10.0.0.1/", "https://169.254.169.254/", "https://[::ffff:127.0.0.1]/"):
        with pytest.raises(ClosedAddress):
            read_address(url, loopback=True)


@pytest.mark.parametrize("number", ["8.8.8.8", "1.1.1.1", "113.160.1.1", "2606:4700::1111", "2001:4860:4860::8888"])
def test_numbers_of_the_open_internet_are_called(number: str) -> None:
    check_number(ip_address(number))
