"""A site may leave out Markdown, Atom entries and RSS, and stays whole."""

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import chain, combinations
from pathlib import Path

import pytest
from lxml import etree

from gazette.delivery.memory import MemorySiteStore
from gazette.models.branding.brand import DEFAULT_BRAND, OptionalFormat
from gazette.models.formats import OPTIONAL_FORMATS
from gazette_cli.commands.verify import verify
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.golden.changes import CHANGES
from tests.golden.test_golden import SITE
from tests.property.test_dead_links import dead_links

NAMES: tuple[OptionalFormat, ...] = ("md", "xml", "rss")
CHOICES = tuple(chain.from_iterable(combinations(NAMES, count) for count in range(4)))
EACH = pytest.mark.parametrize("names", CHOICES, ids=lambda names: "+".join(names) or "none")
# Sitemaps have the extension of Atom entries.
SITEMAPS = ("sitemap", "news-sitemap")


@cache
def published(names: tuple[OptionalFormat, ...]) -> dict[str, bytes]:
    """Return the golden archive with these formats."""
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    brand = DEFAULT_BRAND.model_copy(update={"formats": names})
    engine = MemoryEngine(replace(SITE, brand=brand), store, calls)
    for change in CHANGES:
        engine.apply(change)
    engine.settle()
    return {path: document.body for path, document in store.documents.items()}


def is_left_out(path: str, names: tuple[str, ...]) -> bool:
    extension = path.rpartition(".")[2]
    return extension in OPTIONAL_FORMATS.keys() - {*names} and not path.startswith(SITEMAPS)


@EACH
def test_what_is_left_out_is_nowhere_and_everything_else_is_there(
    names: tuple[OptionalFormat, ...],
) -> None:
    whole = published(NAMES).keys()
    assert published(names).keys() == {path for path in whole if not is_left_out(path, names)}


@EACH
def test_no_document_leads_to_one_that_is_left_out(names: tuple[OptionalFormat, ...]) -> None:
    assert dead_links(published(names)) == set()


@EACH
def test_lists_of_feeds_lead_to_feeds_of_the_site(names: tuple[OptionalFormat, ...]) -> None:
    site = published(names)
    outlines = [*etree.fromstring(site["topics.opml"]).iter("outline")]
    feeds = {one.get("xmlUrl") for one in outlines} - {None}
    assert feeds
    versions = {one.get("version") for one in outlines if one.get("xmlUrl")}
    assert versions == {"RSS2" if "rss" in names else None}
    assert {str(feed).removeprefix(f"{SITE.base_url}/") for feed in feeds} <= site.keys()


@EACH
def test_a_site_of_any_formats_is_verified(
    names: tuple[OptionalFormat, ...], tmp_path: Path
) -> None:
    for path, body in published(names).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    assert verify(str(tmp_path)) == 0
