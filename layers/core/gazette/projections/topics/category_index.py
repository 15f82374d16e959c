"""The index of categories (SPEC S10): one list, which a long one is cut into pages of."""

from collections.abc import Iterable, Sequence

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.aggregates import TopicCount
from gazette.models.ledger.item import LedgerItem
from gazette.models.site import Site
from gazette.models.views.list_pages import CalendarPage
from gazette.projections.pages.frames import categories_link
from gazette.projections.topics.topic_index import IndexAddress, pages_of, starts_page


def category_pages(site: Site, categories: Sequence[TopicCount]) -> dict[str, CalendarPage]:
    """Make the pages of the index by base path; the first one exists without categories, too."""
    address = IndexAddress(
        paths.CATEGORIES, site.texts("categories.title"), (categories_link(site),), "category"
    )
    return pages_of(site, categories, paths.categories_path, address)


def category_page_paths(items: Iterable[LedgerItem]) -> tuple[str, ...]:
    """Return the pages that the index has or ever had; the items are of all categories ever."""
    slugs = (item.key.sort.removeprefix(keys.CATEGORY) for item in items)
    starts = (paths.categories_path(slug) for slug in slugs if starts_page(slug))
    return (paths.CATEGORIES, *starts)
