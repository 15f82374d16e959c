"""Which callbacks a subscriber may name, and which IP addresses they may have.

A callback is an address that a stranger chooses and that our functions call. It must lead to a
public server and to nothing else: not to the runtime of the function, to instance metadata, or to a
network of ours (SSRF).
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from gazette.models.identifiers.urls import canonical_url
from gazette.models.limits import MAX_CALLBACK_BYTES

_MAX_HOST = 253
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
# Others lead to services that do not expect HTTP, such as mail or a cache.
PORTS = frozenset({80, 443, 8080, 8443})
# The special-purpose registries of IANA, kept here because those of Python differ by version.
_REFUSED = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24"),
            *("192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
            *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            # Teredo, benchmarks and other protocols; documentation; 6to4, which holds an IPv4.
            *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        ),
    )
)
# All others are special: loopback, link-local, private, multicast, NAT64, mapped IPv4.
_GLOBAL_UNICAST = IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """The rules of a deployed hub; a stack on this machine (``is_local``) may call itself."""

    is_local: bool = False

    def read(self, text: str) -> str:
        """Return a callback in its canonical form.

        Raises:
            ValueError: it is no address that a hub may call; says why.
        """
        callback = canonical_url(text)
        if len(callback.encode()) > MAX_CALLBACK_BYTES:
            raise ValueError(f"has more than {MAX_CALLBACK_BYTES:,} bytes")
        if "@" in urlsplit(text.strip()).netloc:
            raise ValueError("has a user name")
        parts = urlsplit(callback)
        if parts.fragment:
            raise ValueError("has a fragment")
        if not self.is_local and port_of(callback) not in PORTS:
            raise ValueError(f"has another port than {', '.join(map(str, sorted(PORTS)))}")
        host = host_of(callback)
        if not (_is_address(host) or is_host_name(host)):
            raise ValueError("has no host with a name that there can be")
        if _is_address(host) and not self.allows(host):
            raise ValueError("is no public address")
        return callback

    def allows(self, address: str) -> bool:
        """Return whether a hub may connect to an IP address."""
        found = ip_address(address)
        return (self.is_local and found.is_loopback) or is_public(found)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is that of a public server."""
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _REFUSED)


def is_host_name(host: str) -> bool:
    """Return whether a canonical host is a name (RFC 1123), of up to 63 characters a label."""
    return len(host) <= _MAX_HOST and _HOST.fullmatch(host) is not None


def host_of(callback: str) -> str:
    """Return the host of a canonical callback, in lower case and without brackets."""
    return urlsplit(callback).hostname or ""


def port_of(callback: str) -> int:
    parts = urlsplit(callback)
    return parts.port if parts.port is not None else {"http": 80, "https": 443}[parts.scheme]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:  # a name
        return False
    return True
