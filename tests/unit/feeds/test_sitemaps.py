from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gazette.models.limits import MAX_SITEMAP_URLS
from gazette.models.views.sitemap import SitemapUrl
from gazette.renderers.sitemaps import (
    render_robots,
    render_sitemap_index,
    render_urlset,
)

SCHEMAS = Path(__file__).parents[4] / "shared" / "schemas"
MOMENT = datetime(2026, 7, 4, 12, 30, tzinfo=timezone(timedelta(hours=2)))
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
}
PAGE = SitemapUrl("https://gazette.example/a?b=1&c=2", MOMENT)
ILLUSTRATED = SitemapUrl(
    "https://gazette.example/b", MOMENT, ("https://gazette.example/1.png", "https://x.example/2")
)


def found(document: bytes, path: str) -> list[str]:
    result = etree.fromstring(document).xpath(path, namespaces=NAMES)
    assert isinstance(result, list)
    return [str(item) for item in result]


def assert_valid(document: bytes, schema: str) -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("the schemas are outside of the repository, and are not here")
    etree.XMLSchema(etree.parse(SCHEMAS / schema)).assertValid(etree.fromstring(document))


def test_a_urlset_names_pages_and_their_last_significant_change() -> None:
    """SPEC S2, X1."""
    document = render_urlset([PAGE, SitemapUrl("https://gazette.example/b", None)])
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<urlset ")
    assert found(document, "/s:urlset/s:url/s:loc/text()") == [
        *("https://gazette.example/a?b=1&c=2", "https://gazette.example/b"),
    ]
    assert found(document, "//s:lastmod/text()") == ["2026-07-04T10:30:00Z"]
    assert found(document, "//s:priority | //s:changefreq") == []


def test_a_urlset_names_images() -> None:
    """SPEC S5."""
    document = render_urlset([PAGE, ILLUSTRATED])
    assert found(document, "//s:url[2]/image:image/image:loc/text()") == list(ILLUSTRATED.images)
    assert etree.fromstring(document).nsmap == {None: NAMES["s"], "image": NAMES["image"]}


def test_a_urlset_without_images_does_not_declare_their_namespace() -> None:
    assert etree.fromstring(render_urlset([PAGE])).nsmap == {None: NAMES["s"]}


def test_an_index_names_sitemaps() -> None:
    document = render_sitemap_index([PAGE])
    assert found(document, "/s:sitemapindex/s:sitemap/s:loc/text()") == [PAGE.loc]
    assert found(document, "/s:sitemapindex/s:sitemap/s:lastmod/text()") == ["2026-07-04"]


def test_a_urlset_is_valid() -> None:
    assert_valid(render_urlset([PAGE, ILLUSTRATED]), "sitemap-all.xsd")


def test_an_index_is_valid() -> None:
    assert_valid(render_sitemap_index([PAGE]), "siteindex.xsd")


@pytest.mark.parametrize("render", [render_urlset, render_sitemap_index])
def test_fifty_thousand_addresses_are_the_most(
    render: Callable[[Sequence[SitemapUrl]], bytes],
) -> None:
    """SPEC S1."""
    assert len(etree.fromstring(render([PAGE] * MAX_SITEMAP_URLS))) == MAX_SITEMAP_URLS
    with pytest.raises(ValueError, match="50,001 URLs"):
        render([PAGE] * (MAX_SITEMAP_URLS + 1))


def test_fifty_megabytes_are_the_most() -> None:
    """SPEC S1."""
    long = SitemapUrl("https://gazette.example/" + "a" * 1_000_000, None)
    with pytest.raises(ValueError, match="bytes are more"):
        render_urlset([long] * 53)


def test_the_same_urls_give_the_same_bytes() -> None:
    """SPEC X6."""
    assert render_urlset([PAGE, ILLUSTRATED]) == render_urlset([PAGE, ILLUSTRATED])


@given(
    st.lists(
        st.builds(
            SitemapUrl,
            st.text(st.characters(exclude_categories=["Cs", "Cc"])),
            st.none() | st.datetimes(timezones=st.just(UTC)),
            st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"]))),
        ),
        max_size=4,
    )
)
def test_any_address_is_written_as_it_is(urls: list[SitemapUrl]) -> None:
    tree = etree.fromstring(render_urlset(urls))
    assert [element.findtext("s:loc", namespaces=NAMES) for element in tree] == [
        url.loc for url in urls
    ]
    assert [element.findtext("image:image/image:loc", namespaces=NAMES) for element in tree] == [
        url.images[0] for url in urls
    ]


def test_robots_may_read_everything_and_find_the_sitemaps() -> None:
    """SPEC S6."""
    sitemaps = ["https://gazette.example/sitemap.xml", "https://gazette.example/news-sitemap.xml"]
    robots = RobotFileParser()
    robots.parse(render_robots(sitemaps).decode().splitlines())
    assert robots.can_fetch("*", "https://gazette.example/news/")
    assert robots.site_maps() == sitemaps


def test_robots_without_sitemaps_ends_with_one_newline() -> None:
    assert render_robots([]) == b"User-agent: *\nAllow: /\n"
