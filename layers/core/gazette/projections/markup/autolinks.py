"""Links bare addresses in a text, by the rules of GitHub (GFM §6.9)."""

import re
from collections.abc import Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])(?P<web>(?:https?://|www\.)(?=[^\s<.])[^\s<]+)"
    r"|(?<![\w.+/@-])(?:mailto:)?(?P<mail>[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?![\w@-])",
    re.IGNORECASE,
)
# GFM names the ASCII ones. The others end sentences in scripts that write no spaces.
_NEVER_LAST = frozenset("?!.,:*_~'\";|]}…\u2019\u201d\u00bb")
_NEVER_IN = re.compile("[\u3001\u3002\u300a-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]")
_LINK_TAG = re.compile(r"<(/?)a[\s>]", re.IGNORECASE)


def link_bare_addresses(state: StateCore) -> None:
    """Turn bare addresses of all texts, but those within links, into links."""
    for token in state.tokens:
        if token.type == "inline" and token.children and _may_have_address(token.content):
            token.children = list(_linked(token.children))


def _may_have_address(text: str) -> bool:
    return "@" in text or "://" in text or "www." in text.lower()


def _linked(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth = max(depth + _opened(token), 0)
        if depth or token.type != "text":
            yield token
        else:
            yield from _with_links(token.content)


def _opened(token: Token) -> int:
    """Return how many links a token opens: 1, 0 or -1."""
    if token.type in {"link_open", "link_close"}:
        return token.nesting
    tag = _LINK_TAG.match(token.content) if token.type == "html_inline" else None
    return 0 if tag is None else -1 if tag[1] else 1


def _with_links(text: str) -> Iterator[Token]:
    position = 0
    for found in _ADDRESS.finditer(text):
        shown = found[0] if found["mail"] else _without_punctuation(found[0])
        if shown:
            yield Token("text", "", 0, content=text[position : found.start()])
            yield from _link(shown, is_mail=bool(found["mail"]))
            position = found.start() + len(shown)
    yield Token("text", "", 0, content=text[position:])


def _link(shown: str, *, is_mail: bool) -> Iterator[Token]:
    scheme = ("" if shown.lower().startswith("mailto:") else "mailto:") if is_mail else ""
    if shown.lower().startswith("www."):
        # Nearly every host answers on https today; GFM, which is older, writes http.
        scheme = "https://"
    yield Token("link_open", "a", 1, attrs={"href": scheme + shown})
    yield Token("text", "", 0, content=shown)
    yield Token("link_close", "a", -1)


def _without_punctuation(address: str) -> str:
    """Return an address without what belongs to the sentence around it."""
    if cut := _NEVER_IN.search(address):
        address = address[: cut.start()]
    end = len(address)
    surplus = address.count(")") - address.count("(")
    while end and (address[end - 1] in _NEVER_LAST or (address[end - 1] == ")" and surplus > 0)):
        surplus -= address[end - 1] == ")"
        end -= 1
    return address[:end] if re.search(r"(?://|www\.)\w", address[:end], re.IGNORECASE) else ""
