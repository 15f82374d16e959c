"""A path that an event has left, other than its first one."""

from gazette.models.frozen import Stored


class FormerPath(Stored):
    """The payload: the revision with which the event left the path last; the key has the path."""

    number: int
