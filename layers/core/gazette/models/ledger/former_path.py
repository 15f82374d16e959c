"""A path that an event has left, other than its first one, or where it was before Gazette."""

from gazette.models.frozen import Stored


class FormerPath(Stored):
    """The payload: the revision with which the event left the path last; the key has the path.

    Of an alias it is the revision that began to name it.
    """

    number: int
    is_alias: bool = False
