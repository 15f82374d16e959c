"""The messages that bring news of a feed to its subscribers, in two stages."""

from collections.abc import Iterator
from itertools import pairwise

from gazette.models.frozen import Stored

_DIGITS = "0123456789abcdef"


class FeedNews(Stored):
    """A feed has news for the subscribers with names between ``after`` and ``until``.

    ``topic`` is the address of the feed and ``path`` where it lies in the site bucket. Empty bounds
    are none. It has no content: the newest bytes are read at delivery.
    """

    topic: str
    path: str
    after: str = ""
    until: str = ""

    def continued(self, last: str) -> Iterator["FeedNews"]:
        """Yield the news for the subscribers after a name.

        The first message of a feed with many subscribers becomes one for each sixteenth of the
        names, which are worked on in parallel.
        """
        cuts = [last, self.until]
        if not (self.after or self.until):
            cuts = [last, *(digit for digit in _DIGITS if digit > last), ""]
        for after, until in pairwise(cuts):
            yield self.model_copy(update={"after": after, "until": until})


class Delivery(Stored):
    """Deliver a feed to some subscribers, by name; ``attempt`` counts from 1."""

    topic: str
    path: str
    subscribers: tuple[str, ...]
    attempt: int = 1
