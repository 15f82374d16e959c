"""The page from which readers search."""

from collections.abc import Iterable

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.site import Site
from gazette.models.views.list_pages import SearchPage
from gazette.projections.pages.frames import (
    categories_link,
    home_link,
    make_frame,
    news_link,
    search_link,
    topics_link,
    year_link,
)


def search_page(site: Site, years: Iterable[str]) -> SearchPage:
    """Make the page; ``years`` are those with events, in any order."""
    frame = make_frame(
        site,
        paths.SEARCH,
        ViewKind.SEARCH,
        title=site.texts("search.title"),
        description=site.texts("search.description", site=site.title),
        breadcrumb=(home_link(site), search_link(site)),
    )
    return SearchPage(
        frame=frame,
        script_url=site.url(paths.SEARCH_SCRIPT),
        years={name: year_link(site, int(name)) for name in sorted(years, reverse=True)},
        lists=(news_link(site), topics_link(site), categories_link(site)),
    )
