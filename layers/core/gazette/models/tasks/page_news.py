"""The message that asks for a word to search engines about changed pages."""

from gazette.models.frozen import Stored


class PageNews(Stored):
    """Pages of events were changed or removed; all are addresses. A second message does no harm."""

    pages: tuple[str, ...]
