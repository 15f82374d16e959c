"""Makes web addresses of publishers absolute, canonical and harmless."""

import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~%"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_END = re.compile(r"[?#]")
_FORBIDDEN_IN_HOST = re.compile(r"[\s<>\"'\\^`{|}%]")


def canonical_url(text: str) -> str:
    """Turn an http(s) address into a URI (RFC 3986): escape the path, encode the host (UTS 46).

    Raises:
        ValueError: the text is not an absolute http or https address.
    """
    parts = urlsplit(text.strip())
    if parts.scheme.lower() not in {"http", "https"}:
        reason = "is not an absolute http(s) address"
        raise ValueError(reason)
    path = _encode(parts.path, _SAFE_IN_PATH) or "/"
    query, fragment = _encode(parts.query, _SAFE_IN_QUERY), _encode(parts.fragment, _SAFE_IN_QUERY)
    return urlunsplit(
        (parts.scheme.lower(), _authority(parts.hostname, parts.port), path, query, fragment)
    )


def bare_address(address: str) -> str:
    """Return a canonical address decoded, without query and fragment: what it names."""
    return unquote(_PATH_END.split(address, maxsplit=1)[0])


def _authority(host: str | None, port: int | None) -> str:
    if host and not host.isascii():
        host = _ascii_host(host)
    if not host or _FORBIDDEN_IN_HOST.search(host):
        reason = "has no valid host name"
        raise ValueError(reason)
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
        return host.encode("idna").decode()


def _encode(text: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)
