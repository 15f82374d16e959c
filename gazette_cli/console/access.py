"""Who may use the console: this machine, its own pages, and who has the token (SPEC L3).

The token is in the address that the command prints, and in each request. There is no cookie, so a
page of another site has nothing that a browser would add to its requests.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

PREFIX = "/_gazette/"
# The stylesheet of the site, below the prefix.
STYLESHEET = "gazette.css"
TOKEN = "token"  # noqa: S105  # the name of the parameter
_TOKEN_HEADER = "X-Gazette-Token"  # noqa: S105  # the name of the header
_TOKEN_BYTES = 24
_HTTP_PORT = 80
_HOSTS = ("127.0.0.1", "localhost")
SAFE_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True, slots=True)
class Access:
    """The rules for one start of the console; header names are in Title-Case."""

    port: int
    token: str = field(default_factory=new_token, repr=False)

    @property
    def address(self) -> str:
        """The address of the console, with the token."""
        return f"http://{_HOSTS[0]}:{self.port}{PREFIX}?{TOKEN}={self.token}"

    def why_refused(
        self, headers: Mapping[str, str], query: Mapping[str, str], *, is_post: bool
    ) -> str:
        """Return why a request is refused, empty if it is not."""
        return self.why_foreign(headers, is_post=is_post) or self.why_unknown(headers, query)

    def why_foreign(self, headers: Mapping[str, str], *, is_post: bool) -> str:
        """Return why a request does not come from a page of the console, empty if it may.

        A name of another site may lead to this machine ("DNS rebinding"): the host is compared. A
        request of another site has another origin.
        """
        host = headers.get("Host", "").lower()
        if host not in self._hosts():
            return "the console answers only to 127.0.0.1 and localhost"
        origin = headers.get("Origin")
        if origin is None:
            return "the request does not say which site it comes from" if is_post else ""
        return "" if origin.lower() == f"http://{host}" else "the request comes from another site"

    def why_unknown(self, headers: Mapping[str, str], query: Mapping[str, str]) -> str:
        given = headers.get(_TOKEN_HEADER, query.get(TOKEN, ""))
        if hmac.compare_digest(given.encode(errors="replace"), self.token.encode()):
            return ""
        return "open the console at the address that `gazette` has printed: it has the token"

    def _hosts(self) -> set[str]:
        bare = set(_HOSTS) if self.port == _HTTP_PORT else set()
        return bare | {f"{host}:{self.port}" for host in _HOSTS}
