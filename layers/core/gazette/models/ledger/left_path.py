"""A path that an event has left because of an erasure, or because one was undone."""

from gazette.models.frozen import Stored


class LeftPath(Stored):
    """The payload: the revisions whose documents were there. The path stands in the key alone."""

    numbers: tuple[int, ...] = ()
