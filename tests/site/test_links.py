"""Every link on every page leads to a document."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree
from lxml import html as lxml_html

from tests.site.conftest import BASE, Published

# Real publishers have written broken links; these two sources have none.
pytestmark = pytest.mark.parametrize(
    "published", ["samples", "small.jsonl"], indirect=True, scope="session"
)


def test_every_link_of_every_page_leads_to_a_document(published: Published) -> None:
    """SPEC X4, S7."""
    broken = {
        f"{path}: {address}"
        for path, address in pages_and_addresses(published)
        if target(address) not in published.documents and not is_missing_image(address, published)
    }
    assert broken == set()


def test_every_address_of_a_feed_leads_to_a_document(published: Published) -> None:
    """SPEC X4, P6, A7."""
    broken = {
        f"{path}: {address}"
        for path, document in published.documents.items()
        if path.endswith((".atom", ".rss", ".xml"))
        for address in xml_addresses(document.body)
        if address.startswith(BASE) and not is_missing_image(address, published)
        if target(address) not in published.documents and not is_vocabulary(address)
    }
    assert broken == set()


def test_every_address_is_absolute(published: Published) -> None:
    """SPEC X4."""
    relative = {
        f"{path}: {address}"
        for path, address in all_page_addresses(published)
        if not address.startswith(("http://", "https://", "mailto:", "#"))
    }
    assert relative == set()


def pages_and_addresses(published: Published) -> Iterator[tuple[str, str]]:
    for path, address in all_page_addresses(published):
        if address.startswith(BASE):
            yield path, address


def all_page_addresses(published: Published) -> Iterator[tuple[str, str]]:
    for path, document in published.documents.items():
        if path.endswith(".html"):
            for element in lxml_html.fromstring(document.body).iter():
                found = (element.get(name) for name in ("href", "src"))
                yield from ((path, address) for address in found if address)


def xml_addresses(body: bytes) -> Iterator[str]:
    for element in etree.fromstring(body).iter():
        found = (element.get(name) for name in ("href", "url"))
        yield from (address for address in found if address)
        if etree.QName(element).localname in {"link", "loc"} and (element.text or "").strip():
            yield str(element.text)


def target(address: str) -> str:
    """Return the path that serves an address: an index serves its folder."""
    path = unquote(urlsplit(address).path).removeprefix("/")
    return f"{path}index.html" if path.endswith("/") or not path else path


def is_missing_image(address: str, published: Published) -> bool:
    """Return whether an address is an image that its publisher has not uploaded yet."""
    path = target(address)
    uploaded = {change.key for change in published.changes}
    return path.startswith("image/") and f"images/{path.removeprefix('image/')}" not in uploaded


def is_vocabulary(address: str) -> bool:
    """Return whether an address only names the vocabulary of categories; no document is there."""
    return address == f"{BASE}/categories/"
