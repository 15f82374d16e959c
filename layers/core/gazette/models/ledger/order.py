"""The order of source items: which of two writes of one item is the newer one."""


def order(number: int, erasures: int = 0, derivation: int = 0) -> int:
    """Return one sortable number for the item of a revision or of a snapshot.

    First counts the ``number`` of the revision, then how many ``erasures`` were applied to it, then
    the ``derivation`` of the code that made it. Release 0.1.0 wrote the plain number, which is
    smaller than every order, so its items are overwritten.
    """
    return number * 2**30 + erasures * 2**10 + derivation
