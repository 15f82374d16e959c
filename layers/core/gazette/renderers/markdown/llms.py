"""`/llms.txt`: what the site has and in which forms, for language models (llmstxt.org)."""

from collections.abc import Iterator

from gazette.models import paths
from gazette.models.formats import JSON, MARKDOWN, ViewKind
from gazette.models.ledger import partitions
from gazette.models.site import Site
from gazette.projections.pages import frames
from gazette.renderers.markdown.text import link, plain

# Readers know this name of the section of links that they may leave out.
_OPTIONAL = "Optional"


def render_llms(site: Site) -> bytes:
    """Render the file. It follows from the settings alone, so no event changes it."""
    texts, description = site.texts, site.shown_description
    tagline = site.brand.tagline or description
    endings = (f"{one.title} (`.{one.extension}`)" for one in site.formats_of(ViewKind.EVENT))
    blocks = [
        f"# {plain(site.title)}",
        f"> {plain(tagline)}",
        *([plain(description)] if description != tagline else []),
        texts("llms.formats", formats=texts("list.comma").join(endings)),
    ]
    sections = {
        texts("section.news"): _lists(site),
        texts("subscribe.heading"): _feeds(site),
        _OPTIONAL: _others(site),
    }
    for heading, lines in sections.items():
        blocks += [f"## {heading}", "\n".join(f"- {line}" for line in lines)]
    return ("\n\n".join(blocks) + "\n").encode()


def _lists(site: Site) -> Iterator[str]:
    """Yield links to the lists that lead to every event, in the plainest format of the site."""
    texts = site.texts
    names = {
        paths.HOME: site.title,
        paths.NEWS: texts("calendar.title"),
        paths.TOPICS: texts("topics.title"),
        paths.LARGEST_TOPICS: texts("topics.largest"),
        paths.CATEGORIES: texts("categories.title"),
    }
    format_ = MARKDOWN if MARKDOWN in site.formats_of(ViewKind.CALENDAR) else JSON
    for base_path, name in names.items():
        yield link(name, site.url(f"{base_path}.{format_.extension}"))


def _feeds(site: Site) -> Iterator[str]:
    texts = site.texts
    for one in frames.feed_links(site, paths.SITE_FEED, site.title):
        yield link(one.text, one.url)
    for partition in partitions.changes_partitions(partitions.SITE):
        name = partition.kind.lower()
        for one in frames.feed_links(site, paths.changes_path(partition), texts(f"section.{name}")):
            yield f"{link(one.text, one.url)}: {plain(texts(f'{name}.description'))}"
    opml = frames.opml_link(site)
    yield f"{link(opml.text, opml.url)}: {plain(texts('subscribe.how.opml'))}"


def _others(site: Site) -> Iterator[str]:
    if site.brand.search:
        search = frames.search_link(site)
        description = site.texts("search.description", site=site.title)
        yield f"{link(search.text, search.url)}: {plain(description)}"
    for path in (paths.SITEMAP, paths.NEWS_SITEMAP, paths.CONTRACT_SCHEMA):
        yield link(path, site.url(path))
