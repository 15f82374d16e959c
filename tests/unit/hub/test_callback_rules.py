"""Which callbacks a hub may call (W3C WebSub §8): public servers, and nothing else (SSRF)."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.hub.callback_rules import CallbackRules, host_of, is_public, port_of

RULES, LOCAL = CallbackRules(), CallbackRules(is_local=True)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://reader.example/push?id=7", "https://reader.example/push?id=7"),
        ("HTTP://Reader.Example", "http://reader.example/"),
        ("https://bücher.example/ñ", "https://xn--bcher-kva.example/%C3%B1"),
        ("https://faß.example:8443/", "https://xn--fa-hia.example:8443/"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_a_callback_is_read_in_its_canonical_form(text: str, read: str) -> None:
    assert RULES.read(text) == read


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "http"),
        ("reader.example/push", "http"),
        ("ftp://reader.example/", "http"),
        ("file:///etc/passwd", "http"),
        ("gopher://reader.example/", "http"),
        ("https:///push", "no valid host"),
        *((f"http://{host}/", "host") for host in ("a..b", ".", ".b", "a\x01b", "x" * 64)),
        (f"http://{'a.' * 127}example/", "host"),
        ("https://user:word@reader.example/", "user name"),
        ("https://@reader.example/", "user name"),
        ("https://reader.example/#part", "fragment"),
        ("https://reader.example:25/", "port"),
        ("https://reader.example:6379/", "port"),
        ("https://reader.example:0/", "port"),
        ("https://reader.example:99999/", "port"),
        (f"https://reader.example/{'x' * 2000}", "2,000 bytes"),
        ("http://127.0.0.1/", "public"),
        ("http://127.0.0.1:9001/2018-06-01/runtime/invocation/next", "port"),
        ("http://169.254.169.254/latest/meta-data/", "public"),
        ("http://[::1]/", "public"),
        ("http://[fd00:ec2::254]/", "public"),
        ("http://[::ffff:127.0.0.1]/", "public"),
        ("http://10.0.0.1/", "public"),
    ],
)
def test_other_callbacks_are_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        RULES.read(text)


SPECIAL = (
    *("0.0.0.0", "0.255.1.2", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1"),
    *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8"),
    *("64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1"),
    *("2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
)


@pytest.mark.parametrize("address", SPECIAL)
def test_a_special_address_is_not_public(address: str) -> None:
    assert not RULES.allows(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]
)
def test_the_address_of_a_server_is_public(address: str) -> None:
    assert RULES.allows(address)


@given(st.ip_addresses())
def test_no_address_is_public_that_python_knows_as_special(
    address: IPv4Address | IPv6Address,
) -> None:
    is_special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    assert not (is_special and is_public(address))


@given(st.ip_addresses(v=4))
def test_no_form_of_an_ipv4_address_within_ipv6_is_public(address: IPv4Address) -> None:
    """Mapped, compatible, NAT64 and 6to4: the network may translate each of them back."""
    number = int(address)
    forms = (0xFFFF << 32, 0, 0x64FF9B << 96, 0x64FF9B0001 << 80)
    for start in forms:
        assert not is_public(ip_address(f"{IPv6Address(start | number)}"))
    assert not is_public(IPv6Address((0x2002 << 112) | (number << 80)))


def test_a_stack_on_this_machine_may_call_itself_and_no_other_special_address() -> None:
    assert LOCAL.read("http://127.0.0.1:34567/push") == "http://127.0.0.1:34567/push"
    allowed = {address for address in SPECIAL if LOCAL.allows(address)}
    assert allowed == {"127.0.0.1", "127.255.255.254", "::1"}


def test_host_and_port_are_those_of_the_connection() -> None:
    assert (host_of("https://[2a00::1]:8443/"), port_of("https://[2a00::1]:8443/")) == (
        "2a00::1",
        8443,
    )
    assert [port_of(f"{scheme}://a.example/") for scheme in ("http", "https")] == [80, 443]
