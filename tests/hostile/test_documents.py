"""Parsers check every document of a hostile publisher; `test_browser` runs them."""

import json
import re
from collections.abc import Iterator

import pytest
from lxml import etree
from lxml.html import HtmlElement

from gazette.models.contract.canonical import document_form, sha256_of
from gazette.models.contract.erasure import parse_erasure
from gazette.models.contract.parsing import InvalidEventError, parse_document
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.tasks.reports import Failure, IngestReport, Quarantined
from gazette.models.views.site_document import Document
from gazette.renderers.pages.html import CONTENT_SECURITY_POLICY, SEARCH_SECURITY_POLICY
from gazette.runtime.telemetry import telemetry
from gazette_cli.engines.acts import Change
from tests.hostile.payloads import PAYLOADS, Payload
from tests.hostile.syndication import items_of
from tests.processor_time import timed
from tests.site.conftest import publish
from tests.unit.pages.page_reading import READER, assert_harmless, found, parsed
from tests.unit.publish.worlds import document_of, hours

XML = (".xml", ".rss", ".atom", ".opml")
NAMESPACES = {
    *("http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/", None),
    *("http://purl.org/rss/1.0/modules/content/", "http://purl.org/syndication/history/1.0"),
    *("http://search.yahoo.com/mrss/", "http://purl.org/atompub/tombstones/1.0", "urn:gazette:1"),
    *(
        "http://www.sitemaps.org/schemas/sitemap/0.9",
        "http://www.google.com/schemas/sitemap-news/0.9",
    ),
    "http://www.google.com/schemas/sitemap-image/1.1",
}
# Apart from letters and signs, a document may have only these: a terminal obeys all others.
CONTROLS = re.compile(r"[^\t\n\r\u0020-\u007e\u00a0-\U0010ffff]")
# The bars of counts, which the pages draw themselves.
BAR = re.compile(
    rb'<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
    rb'<rect width="\d{1,3}" height="1"/></svg>'
)
# What a link of a page may lead to: an address, or a part of the page itself.
ADDRESS = re.compile(r"https?://|mailto:|#(content|difference|changes|\d{4}-\d\d)$")
Site = dict[str, Document]
SEARCH = "search/index.html"


def of_type(site: Site, *extensions: str) -> Iterator[tuple[str, bytes]]:
    chosen = [(path, document.body) for path, document in site.items() if path.endswith(extensions)]
    assert len(chosen) > 1
    return iter(chosen)


def test_there_are_more_than_two_hundred_attacks_of_every_class() -> None:
    assert len(PAYLOADS) > 200
    assert len({payload.text for payload in PAYLOADS}) == len(PAYLOADS)


def test_every_attack_is_published_and_none_stops_another(hostile_site: Site) -> None:
    corrected = [path for path in hostile_site if path.endswith(".r1.html")]
    assert len(corrected) == len(PAYLOADS)


def drop_search(tree: HtmlElement, path: str) -> None:
    """Drop the form and the script of the search page, the only ones of a site."""
    if path == SEARCH:
        forms, scripts = tree.xpath("//form[@class='search']"), tree.xpath("//script[@src]")
        assert [one.get("src").rpartition("/search/")[2] for one in scripts] == ["search.js"]
        for one in (*forms, *scripts):
            one.drop_tree()


def test_no_page_has_a_script_a_form_or_an_embedded_document(hostile_site: Site) -> None:
    for path, page in of_type(hostile_site, ".html"):
        tree = parsed(BAR.sub(b"", page))
        drop_search(tree, path)
        scripts = found(tree, "//script[not(@type='application/ld+json')]")
        assert scripts == found(tree, "//@*[starts-with(name(), 'on')]") == [], path
        assert found(tree, "//base | //iframe | //object | //embed | //form | //style") == [], path
        assert found(tree, "//body//meta | //body//link | //svg | //math | //template") == [], path
        for block in tree.iter("script"):
            assert isinstance(json.loads(block.text_content()), dict), path
        for address in found(tree, "//@href | //@src"):
            assert ADDRESS.match(address), (path, address)


def test_every_page_has_its_policy_before_any_content_of_the_publisher(
    hostile_site: Site,
) -> None:
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert not re.search(r"script-src|unsafe|object-src|data:", CONTENT_SECURITY_POLICY)
    for path, page in of_type(hostile_site, ".html"):
        charset, policy = parsed(page).xpath("/html/head/meta")[:2]
        assert charset.get("charset") == "utf-8", path
        assert policy.get("http-equiv") == "Content-Security-Policy", path
        own = SEARCH_SECURITY_POLICY if path == SEARCH else CONTENT_SECURITY_POLICY
        assert policy.get("content") == own, path
        assert policy.getprevious() is charset, path
        assert charset.getprevious() is None, path


def test_no_xml_has_an_element_or_an_entity_of_the_publisher(hostile_site: Site) -> None:
    parser = etree.XMLParser(resolve_entities=False)
    for path, body in of_type(hostile_site, *XML):
        root = etree.fromstring(body, parser)
        assert b"<!DOCTYPE" not in body, path
        assert b"<![CDATA[" not in body, path
        assert root.getroottree().docinfo.internalDTD is None, path
        for element in root.iter():
            assert isinstance(element.tag, str), path  # a comment, an entity and so on have none
            assert etree.QName(element).namespace in NAMESPACES, (path, element.tag)


def test_html_in_feeds_is_harmless(hostile_site: Site) -> None:
    """SPEC X5."""
    shown = items_of(hostile_site)
    assert len(shown) > len(PAYLOADS) / 2
    for content in shown:
        assert_harmless(parsed(f"<html><body>{content}</body></html>".encode()))


def test_markdown_is_harmless_in_a_reader_without_a_sanitiser(hostile_site: Site) -> None:
    for path, page in of_type(hostile_site, ".r2.md"):
        tree = READER.tree(page.decode())
        assert found(tree, "//script | //svg | //@*[starts-with(name(), 'on')]") == [], path
        assert_harmless(tree)


def test_no_document_has_control_characters_for_a_terminal(hostile_site: Site) -> None:
    texts = [(path, d) for path, d in hostile_site.items() if not d.media_type.startswith("image/")]
    for path, document in texts:
        assert not CONTROLS.search(document.body.decode()), path
        assert not CONTROLS.search(path)


def test_no_log_line_has_control_characters_for_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = "events/a\x1b[31m\x9b31m\x7f\u202e.json"
    report = IngestReport(
        quarantined=[Quarantined(key, "key: x")], failed=[Failure(key, OSError(key))]
    )
    instruments = telemetry("hostile_test")
    instruments.report_ingest(report)
    instruments.metrics.flush_metrics()  # they are kept for the whole process
    written = capsys.readouterr().out
    assert written.isascii()
    assert not CONTROLS.search(written)
    assert key in [json.loads(line).get("key") for line in written.splitlines()]


@pytest.mark.parametrize(
    "payload", [p for p in PAYLOADS if p.kind == "address"], ids=lambda payload: str(payload.number)
)
@pytest.mark.parametrize("field", ["source", "image"])
def test_an_address_in_a_field_is_a_web_address_or_refused(payload: Payload, field: str) -> None:
    part = {"url": payload.text}
    fields: dict[str, object]
    fields = {"sources": [part]} if field == "source" else {"image": part | {"alt": "x"}}
    address = address_of(fields)
    assert address is None or re.fullmatch(r"https?://[a-z0-9.\[\]:-]+/[^\s\"'<>\\^`{|}]*", address)


def address_of(fields: dict[str, object]) -> str | None:
    """Return the address that is published, or None if the document is refused."""
    try:
        document = parse_document(document_of(**fields))
    except InvalidEventError as error:
        # Any other problem is a mistake in the test.
        if any(not problem.field.endswith("url") for problem in error.problems):
            raise
        return None
    return document.image.url if document.image else document.sources[0].url


XML_BOMBS = [
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><lolz>&b;</lolz>',
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://a.example/x.dtd">%p;]>',
    "&lol9;&#x26;lol9;&amp;lol9;",
    '<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hostname"/></x>',
    '<?xml-stylesheet href="javascript:alert(1)"?>]]><![CDATA[<script/>]]>',
]


@pytest.mark.parametrize("bomb", XML_BOMBS)
def test_xml_in_a_field_is_text(bomb: str) -> None:
    fields = {"title": bomb, "topics": [bomb[:190]], "summary": bomb, "byline": bomb}
    raw = document_of(**fields, revision={"kind": "correction", "note": bomb})
    site = publish([Change(hours(0), "events/a.json", raw)]).documents
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for path, body in of_type(site, *XML):
        root = etree.fromstring(body, parser)
        assert b"<!DOCTYPE" not in body, path
        assert not any(isinstance(node, etree._Entity) for node in root.iter()), path
    feed = etree.fromstring(site["feed.atom"].body, parser)
    assert feed.findtext(".//{*}entry/{*}title") == bomb


def wide(field: str, item: str) -> bytes:
    start = f'{{"title":"A","date":"2026-07-04","{field}":['
    count = (MAX_DOCUMENT_BYTES - len(start) - len(item) - 10) // (len(item) + 1)
    return f"{start}{f'{item},' * count}{item}]}}".encode()


JSON_BOMBS = {
    "a hundred thousand topics": wide("topics", '"t%d"'),
    "empty topics": wide("topics", '""'),
    "empty sources": wide("sources", "{}"),
    "translations": wide("translations", '"a"'),
    "lists in lists": b'{"x":' + b"[" * 524_000 + b"]" * 524_000 + b"}",
    "objects in objects": b'{"a":' * 174_000 + b"1" + b"}" * 174_000,
    "lists left open": b"[" * (MAX_DOCUMENT_BYTES - 1),
    "one level too deep": b'{"title":"A","date":"2026-07-04","x":' + b"[" * 32 + b"]" * 32 + b"}",
    "a name twice": b'{"title":"A","date":"2026-07-04","title":"B"}',
    "more than is allowed": b" " * (MAX_DOCUMENT_BYTES + 1),
}


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json_beyond_a_limit_is_refused_quickly(name: str) -> None:
    with timed() as taken, pytest.raises(InvalidEventError) as caught:
        parse_document(JSON_BOMBS[name])
    assert taken.seconds < 5
    assert len(caught.value.problems) <= 20
    assert len(str(caught.value)) < 10_000


@pytest.mark.parametrize("item", ["{}", "1", '""', "[]"])
def test_an_erasure_beyond_a_limit_is_refused_quickly(item: str) -> None:
    many = ",".join([item] * (MAX_DOCUMENT_BYTES // (len(item) + 1) - 20))
    with timed() as taken, pytest.raises(InvalidEventError) as caught:
        parse_erasure(f'{{"reason":"A","revisions":[{many}]}}'.encode())
    assert taken.seconds < 5
    assert len(caught.value.problems) <= 20


def test_large_json_within_the_limits_is_accepted_in_time() -> None:
    with timed() as taken:
        document = parse_document(wide("x", "[]"))
        assert len(sha256_of(document_form(document))) == 64
    assert taken.seconds < 20


def test_a_number_of_a_million_digits_is_kept_as_text_in_time() -> None:
    digits = "9" * 1_000_000
    with timed() as taken:
        document = parse_document(f'{{"title":"A","date":"2026-07-04","x":{digits}}}'.encode())
    assert document.model_extra == {"x": digits}
    assert taken.seconds < 5
