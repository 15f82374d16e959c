"""Links between the formats of a page."""

from gazette.models.views.page import Link, PageFrame


def format_of(link: Link) -> str:
    """Return the extension of a link's address; a folder is an index page in HTML."""
    return "html" if link.url.endswith("/") else link.url.rpartition(".")[2]


def other_formats(frame: PageFrame, own: str) -> tuple[Link, ...]:
    return tuple(link for link in frame.formats if format_of(link) != own)


def markdown_address(url: str, frame: PageFrame) -> str:
    """Return the Markdown address of a page, or ``url`` if the page has no Markdown.

    Events and calendar pages, all under ``news/``, have Markdown; topics do not.
    """
    if not url.startswith(f"{frame.site_url.rstrip('/')}/news/"):
        return url
    if url.endswith("/"):
        return f"{url}index.md"
    return f"{url.removesuffix('.html')}.md" if url.endswith(".html") else url
