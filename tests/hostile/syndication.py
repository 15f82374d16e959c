"""The text of feeds that a reader shows as HTML."""

import json
from collections import defaultdict
from html import escape

from lxml import etree

from gazette.models.views.site_document import Document

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_ATOM = "{http://www.w3.org/2005/Atom}"
_TIMELINE = "topics/fire/"


def items_of(site: dict[str, Document]) -> list[str]:
    """Return for every event of the common topic the HTML of all its feeds, joined."""
    shown: dict[str, list[str]] = defaultdict(list)
    for path, document in site.items():
        if path.startswith(_TIMELINE):
            for name, html in _items(path, document.body):
                shown[name].append(html)
    return ["".join(parts) for parts in shown.values()]


def _items(path: str, body: bytes) -> list[tuple[str, str]]:
    extension = path.rpartition(".")[2]
    if extension == "rss":
        return _rss_items(body)
    if extension == "atom":
        return _atom_items(body)
    if extension == "json" and "/index." not in path:
        items = json.loads(body)["items"]
        return [(item["id"], item.get("content_html", "")) for item in items]
    return []


def _rss_items(body: bytes) -> list[tuple[str, str]]:
    # Readers take the description of RSS for HTML, and show a title as the text that it is (case
    # 71): a second escape would be shown.
    found = []
    for item in etree.fromstring(body).iter("item"):
        title = escape(item.findtext("title") or "")
        texts = [item.findtext(name) or "" for name in ("description", _CONTENT)]
        found.append((item.findtext("guid") or "", "".join((title, *texts))))
    return found


def _atom_items(body: bytes) -> list[tuple[str, str]]:
    found = []
    for entry in etree.fromstring(body).iter(f"{_ATOM}entry"):
        parts = [entry.find(f"{_ATOM}{name}") for name in ("title", "summary", "content")]
        html = [
            part.text or "" for part in parts if part is not None and part.get("type") == "html"
        ]
        found.append((entry.findtext(f"{_ATOM}id") or "", "".join(html)))
    return found
