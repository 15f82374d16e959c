"""Turns a line of wikitext into HTML, and finds the articles and sources that it leads to."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import quote

from gazette.models.characters import one_line
from gazette.models.contract.tidying import Fields

_REF = re.compile(
    r"<ref\b[^<>/]*>((?:(?!</?ref\b).)*)</ref\s*>|<ref\b[^<>]*/>", re.DOTALL | re.IGNORECASE
)
_TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")
_URL = r"https?://[^\s\[\]<>\"|{}]+"
_FIRST_URL = re.compile(_URL)
_CITED_TITLE = re.compile(r"\|\s*title\s*=([^|{}\[\]]+)")
_TOKEN = re.compile(
    r"\[\[(?P<article>[^\[\]|]+)(?:\|(?P<label>[^\[\]]*))?\]\](?P<trail>[a-z]*)"
    rf"|\[(?P<url>{_URL})(?P<name>[^\[\]]*)\]|(?P<bare>{_URL})"
    r"|(?P<quotes>'{5}|'{3}|'{2})|(?P<tag></?(?:b|i|sub|sup|small|br)\s*/?>)"
)
_FILE = re.compile(r"(?:file|image|category)\s*:", re.IGNORECASE)
_OTHER_WIKI = re.compile(r"([a-z]{2,3}):(.+)")
_STYLES = {"''": ("i",), "'''": ("b",), "'''''": ("b", "i")}
_SIGNS = {
    "snd": " \N{EN DASH} ",
    "spaced ndash": " \N{EN DASH} ",
    "ndash": "\N{EN DASH}",
    "nbsp": " ",
    "'": "'",
    "pipe": "|",
}
_LAST = frozenset({"lang", "nowrap", "small", "abbr"})
_FIRST = frozenset({"ill", "interlanguage link", "flag", "flagicon"})
_CITES = ("cite", "citation")
_MAX_TEMPLATES = 40  # one in another


class Line(NamedTuple):
    """A line: HTML, its words without the names of sources, and what it leads to."""

    html: str
    words: str
    articles: Sequence[str]
    sources: Sequence[Fields]


def read_line(wikitext: str, wiki: str) -> Line:
    """Read a line; ``wiki`` is the address before the name of an article."""
    return _Reading(wiki).read(_without_templates(_REF.sub(_source_of, wikitext)))


class _Reading:
    def __init__(self, wiki: str) -> None:
        self._wiki = wiki
        self._html: list[str] = []
        self._words: list[str] = []
        self._open: list[str] = []
        self._articles: dict[str, None] = {}
        self._sources: dict[str, Fields] = {}

    def read(self, text: str) -> Line:
        position = 0
        for token in _TOKEN.finditer(text):
            self._say(text[position : token.start()])
            self._take(token)
            position = token.end()
        self._say(text[position:])
        self._html += (f"</{name}>" for name in reversed(self._open))
        words = one_line("".join(self._words))
        return Line(
            one_line("".join(self._html)), words, list(self._articles), list(self._sources.values())
        )

    def _say(self, text: str) -> None:
        plain = unescape(text)
        self._html.append(escape(plain, quote=False))
        self._words.append(plain)

    def _take(self, token: re.Match[str]) -> None:
        if token["article"]:
            self._lead(token["article"].strip(), token["label"], token["trail"])
        elif token["quotes"]:
            for name in _STYLES[token["quotes"]]:
                self._switch(name)
        elif token["tag"]:
            self._html.append(token["tag"])
            self._words.append(" " if "br" in token["tag"] else "")
        else:
            self._cite(token["url"] or token["bare"], token["name"] or "")

    def _lead(self, article: str, label: str | None, trail: str) -> None:
        if _FILE.match(article):
            self._say(trail)
            return
        target, wiki = article.removeprefix(":"), self._wiki
        shown = unescape((label or target) + trail).replace("''", "")
        other = _OTHER_WIKI.fullmatch(target)
        if other:
            wiki, target = f"https://{other[1]}.wikipedia.org/wiki/", other[2]
        target = target[:1].upper() + target[1:]
        name = target.partition("#")[0].replace("_", " ").strip()
        if name and not other:
            self._articles[name] = None
        address = wiki + quote(target.replace(" ", "_"), safe="/:#()',!")
        self._html.append(f'<a href="{escape(address)}">{escape(shown, quote=False)}</a>')
        self._words.append(shown)

    def _switch(self, name: str) -> None:
        """Open an element, or close it and what was opened in it."""
        if name in self._open:
            while (last := self._open.pop()) != name:
                self._html.append(f"</{last}>")
            self._html.append(f"</{name}>")
        else:
            self._open.append(name)
            self._html.append(f"<{name}>")

    def _cite(self, url: str, name: str) -> None:
        shown = one_line(unescape(name).replace("''", ""))
        # A source is named in brackets; any other label is a part of the sentence.
        self._words.append("" if shown.startswith(("(", "[")) else shown)
        title = shown.strip("()[] ")
        source: Fields = {"url": url, "title": title} if title else {"url": url}
        self._sources.setdefault(url, source)
        self._html.append(f'<a href="{escape(url)}">{escape(shown or url, quote=False)}</a>')


def _source_of(ref: re.Match[str]) -> str:
    """Return the source that a footnote names, as the portal names sources."""
    url, title = _FIRST_URL.search(ref[1] or ""), _CITED_TITLE.search(ref[1] or "")
    name = f" ({title[1].strip()})" if title else ""
    return f" [{url[0]}{name}]" if url else ""


def _without_templates(text: str) -> str:
    """Replace templates by what they show, the innermost first."""
    for _ in range(_MAX_TEMPLATES):
        replaced = _TEMPLATE.sub(lambda found: _shown(found[1]), text)
        if replaced == text:
            break
        text = replaced
    return text


def _shown(template: str) -> str:
    """Return what a template probably shows: its parameters without a name."""
    name, *parameters = (part.strip() for part in template.split("|"))
    kind = name.lower()
    if kind in _SIGNS:
        return _SIGNS[kind]
    named = dict(one.split("=", 1) for one in parameters if re.match(r"[a-z-]+\s*=", one))
    named = {key.strip(): value.strip() for key, value in named.items()}
    if kind.startswith(_CITES):
        source = named.get("title") or named.get("publisher") or named.get("website", "")
        return f"[{named['url']} {source}]" if "url" in named else named.get("title", "")
    shown = [re.sub(r"^\d+=", "", one) for one in parameters if not re.match(r"[a-z-]+\s*=", one)]
    if kind in _LAST or kind in _FIRST:
        shown = shown[-1:] if kind in _LAST else shown[:1]
    return " ".join(shown[:2] if kind in {"convert", "cvt"} else shown)
