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


@pytest.fixture(scope="module")
def page_addresses(published: Published) -> list[tuple[str, str]]:
    """Return each address of a page, with the page; finding them takes longer than the tests."""
    return [
        (path, address)
        for path, document in published.documents.items()
        if path.endswith(".html")
        for address in html_addresses(document.body)
    ]


def test_every_link_of_every_page_leads_to_a_document(
    published: Published, page_addresses: list[tuple[str, str]]
) -> None:
    """SPEC X4, S7."""
    is_there = Targets(published)
    broken = {
        f"{path}: {address}"
        for path, address in page_addresses
        if address.startswith(BASE) and not is_there(address)
    }
    assert broken == set()


def test_every_address_of_a_feed_leads_to_a_document(published: Published) -> None:
    """SPEC X4, P6, A7."""
    is_there = Targets(published)
    broken = {
        f"{path}: {address}"
        for path, document in published.documents.items()
        if path.endswith((".atom", ".rss", ".xml"))
        for address in xml_addresses(document.body)
        if address.startswith(BASE) and not is_vocabulary(address) and not is_there(address)
    }
    assert broken == set()


def test_every_address_is_absolute(page_addresses: list[tuple[str, str]]) -> None:
    """SPEC X4."""
    relative = {
        f"{path}: {address}"
        for path, address in page_addresses
        if not address.startswith(("http://", "https://", "mailto:", "#"))
    }
    assert relative == set()


def html_addresses(body: bytes) -> Iterator[str]:
    for element in lxml_html.fromstring(body).iter():
        found = (element.get(name) for name in ("href", "src"))
        yield from (address for address in found if address)


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


class Targets:
    """Says whether an address leads to a document, or to an image that is not uploaded yet."""

    def __init__(self, published: Published) -> None:
        self._documents = published.documents
        self._uploaded = {change.key for change in published.changes}

    def __call__(self, address: str) -> bool:
        path = target(address)
        image = path.removeprefix("image/")
        is_late = image != path and f"images/{image}" not in self._uploaded
        return is_late or path in self._documents


def is_vocabulary(address: str) -> bool:
    """Return whether an address only names the vocabulary of categories; no document is there."""
    return address == f"{BASE}/categories/"
