"""What is kept of a listed item that is deleted: no text, only when its news was stored."""

from gazette.models.frozen import Moment, Stored


class Deletion(Stored):
    """The payload of a deletion; ``news_at`` is None if the revision that deleted is no news."""

    news_at: Moment | None = None
