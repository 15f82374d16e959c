"""How a language writes dates and numbers, by CLDR; `make cldr` writes the data."""

from collections.abc import Mapping
from datetime import date

from gazette.models.frozen import Frozen


class Forms(Frozen):
    """The forms of dates and numbers of a language.

    Patterns have fields for ``day``, ``month`` (its name), ``alone`` (its name without a day),
    ``number`` (of the month) and ``year``. ``zero`` is the first digit. ``groups`` are the numbers
    of digits of the last group and of those before it. ``weekdays_full`` are the names that narrow
    ``weekdays`` stand for, if they are narrow. ``regions`` have another zero and another
    sign between groups.
    """

    day_month_year: str
    month_and_year: str
    day_and_month: str
    months: tuple[str, ...]
    months_alone: tuple[str, ...]
    weekdays: tuple[str, ...]
    weekdays_full: tuple[str, ...]
    zero: str
    group: str
    groups: tuple[int, int]
    regions: Mapping[str, tuple[str, str]]

    def digits(self, number: int | str) -> str:
        """Return a number, or what has digits in it, in the digits of the language."""
        shift = ord(self.zero) - ord("0")
        if not shift:
            return str(number)
        return str(number).translate({ord(digit): ord(digit) + shift for digit in "0123456789"})

    def grouped(self, number: int) -> str:
        """Return a number with its digits in groups."""
        last, before = self.groups
        rest, parts = str(number), list[str]()
        size = last
        while len(rest) > size:
            rest, part = rest[:-size], rest[-size:]
            parts.insert(0, part)
            size = before
        return self.digits(self.group.join((rest, *parts)))

    def written(self, pattern: str, day: date) -> str:
        """Return a day in a pattern."""
        return pattern.format(
            day=self.digits(day.day),
            month=self.months[day.month - 1],
            alone=self.months_alone[day.month - 1],
            number=self.digits(day.month),
            year=self.digits(day.year),
        )
