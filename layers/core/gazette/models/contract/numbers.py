"""Numbers of a document that JSON readers would change are kept as strings, digit by digit."""

from decimal import Decimal, InvalidOperation

from gazette.models.limits import MAX_INTEGER

# More digits are not even read: `int` takes quadratic time.
_MAX_DIGITS = len(str(-MAX_INTEGER))


class LongNumber(str):
    """The digits of a number that a reader of JSON would round (RFC 7493 §2.2)."""

    __slots__ = ()


def read_integer(digits: str) -> int | LongNumber:
    """Read an integer that every reader of JSON keeps, and keep the digits of any other."""
    if len(digits) > _MAX_DIGITS or abs(int(digits)) > MAX_INTEGER:
        return LongNumber(digits)
    return int(digits)


def read_decimal(digits: str) -> float | LongNumber:
    """Read a decimal that a 64-bit float keeps, and keep the digits of any other."""
    number = float(digits)
    try:
        is_exact = Decimal(digits) == Decimal(repr(number))
    except InvalidOperation:  # its exponent has a million digits
        is_exact = False
    return number if is_exact else LongNumber(digits)
