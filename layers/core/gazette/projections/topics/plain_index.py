"""The indexes of categories and of authors (SPEC S10): a long one is cut into pages."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import TopicCount
from gazette.models.ledger.item import LedgerItem
from gazette.models.site import Site
from gazette.models.views.list_pages import CalendarPage
from gazette.models.views.page import Link
from gazette.projections.pages.frames import authors_link, categories_link
from gazette.projections.topics.topic_index import IndexAddress, pages_of, starts_page


class PlainIndex(NamedTuple):
    """An index: what it counts, the keys that count it, its title, its pages, the link to it."""

    unit: str
    prefix: str
    title: str
    path_of: Callable[[str | None], str]
    link: Callable[[Site], Link]


CATEGORIES = PlainIndex(
    "category", keys.CATEGORY, "categories.title", paths.categories_path, categories_link
)
AUTHORS = PlainIndex("author", keys.AUTHOR, "authors.title", paths.authors_path, authors_link)


def plain_pages(
    site: Site, index: PlainIndex, listed: Sequence[TopicCount]
) -> dict[str, CalendarPage]:
    """Make the pages of an index by base path; the first one exists if nothing is listed, too."""
    title, step = site.texts(index.title), index.link(site)
    address = IndexAddress(index.path_of(None), title, (step,), index.unit)
    return pages_of(site, listed, index.path_of, address)


def plain_page_paths(index: PlainIndex, items: Iterable[LedgerItem]) -> tuple[str, ...]:
    """Return the pages that an index has or ever had; the items are of all that it ever listed."""
    slugs = (item.key.sort.removeprefix(index.prefix) for item in items)
    starts = (index.path_of(slug) for slug in slugs if starts_page(slug))
    return (index.path_of(None), *starts)
