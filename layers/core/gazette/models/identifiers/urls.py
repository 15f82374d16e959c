"""Makes web addresses of publishers absolute, canonical and harmless."""

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~%"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_END = re.compile(r"[?#]")
_NO_HOST = "has no valid host name"
_NO_PORT = "has a port that is no number from 0 to 65,535"
_FORBIDDEN_IN_HOST = re.compile(r"[\s<>\"'\\^`{|}%]")


def canonical_url(text: str) -> str:
    """Turn an http(s) address into a URI (RFC 3986): escape the path, encode the host (UTS 46).

    Raises:
        ValueError: the text is not an absolute http or https address.
    """
    parts, port = _split(text.strip())
    if parts.scheme.lower() not in {"http", "https"}:
        reason = "is not an absolute http(s) address"
        raise ValueError(reason)
    path = _encode(parts.path, _SAFE_IN_PATH) or "/"
    query, fragment = _encode(parts.query, _SAFE_IN_QUERY), _encode(parts.fragment, _SAFE_IN_QUERY)
    authority = _authority(parts.hostname, port)
    return urlunsplit((parts.scheme.lower(), authority, path, query, fragment))


def bare_address(address: str) -> str:
    """Return a canonical address decoded, without query and fragment: what it names."""
    return unquote(_PATH_END.split(address, maxsplit=1)[0])


def _split(text: str) -> tuple[SplitResult, int | None]:
    """Return the parts of an address and its port; the library's own errors help no publisher."""
    try:
        parts = urlsplit(text)
    except ValueError as error:  # a bracket without an IPv6 address
        raise ValueError(_NO_HOST) from error
    try:
        return parts, parts.port
    except ValueError as error:
        raise ValueError(_NO_PORT) from error


def _authority(host: str | None, port: int | None) -> str:
    if host and not host.isascii():
        host = _ascii_host(host)
    if not host or _FORBIDDEN_IN_HOST.search(host):
        raise ValueError(_NO_HOST)
    if ":" in host:
        host = f"[{host}]"
    return host if port is None else f"{host}:{port}"


def _ascii_host(host: str) -> str:
    # Most addresses are ASCII; only the others pay for loading the tables.
    import idna  # noqa: PLC0415

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        # IDNA 2008 forbids emoji in host names; registries sold such names and browsers open them.
        return _old_ascii_host(host)


def _old_ascii_host(host: str) -> str:
    """Return a host as IDNA 2003 encodes it."""
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:  # a label is empty or too long
        raise ValueError(_NO_HOST) from error


def _encode(text: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)
