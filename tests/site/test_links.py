"""Every link on every page leads somewhere."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree
from lxml import html as lxml_html

from tests.site.conftest import BASE, Published

# Publishers of real events have written links that lead nowhere; those two are clean.
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
    """Return the path that serves an address: a folder is served by its index."""
    path = unquote(urlsplit(address).path).removeprefix("/")
    return f"{path}index.html" if path.endswith("/") or not path else path


def is_missing_image(address: str, published: Published) -> bool:
    """A page may name an image that its publisher has not uploaded yet."""
    path = target(address)
    uploaded = {change.key for change in published.changes}
    return path.startswith("image/") and f"images/{path.removeprefix('image/')}" not in uploaded


def is_vocabulary(address: str) -> bool:
    """The scheme of categories names a vocabulary, and need not be a document."""
    return address == f"{BASE}/categories/"
