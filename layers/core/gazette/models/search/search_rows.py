"""What the search knows of events, as the ledger stores it; and under which keys."""

from datetime import date
from typing import Annotated

from pydantic import Field

from gazette.models.frozen import Stored
from gazette.models.ledger import keys
from gazette.models.ledger.entry import TopicRef
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import TOPICS, Partition, PartitionKind

# The years that the search knows, in the partition of all indexes.
SEARCHED = "SEARCH#"


class SearchRow(Stored):
    """An event as results show it.

    ``position`` is a number of 32 bits, which grows with the day: by it a month is cut into parts.
    """

    day: date
    position: Annotated[int, Field(ge=0, lt=2**32)]
    title: str
    base_path: str
    topics: tuple[TopicRef, ...] = ()
    language: str | None = None


class SearchRows(Stored):
    """The events of a day, or some of them."""

    rows: tuple[SearchRow, ...] = ()


class SearchPart(Stored):
    """A part of a month, which is one document.

    ``words`` is the filter of its words in base 64; an empty one lets every word through.
    """

    name: str
    words: str = ""


class SearchParts(Stored):
    """The parts of a month. ``was_cut`` says whether there ever were several."""

    parts: tuple[SearchPart, ...] = ()
    was_cut: bool = False


class SearchYear(Stored):
    """Whether a year has events."""

    has_events: bool = True


def search_month(day: Partition) -> Partition:
    """Return the partition with the rows of the month of a day."""
    return Partition(PartitionKind.SEARCH_MONTH, day.name[:7])


def rows_prefix(day: Partition) -> str:
    """Return how the sort keys of the rows of a day begin."""
    return f"{keys.AGGREGATE}{day.name}#"


def rows_key(day: Partition, number: int) -> ItemKey:
    """Return the key of some of the rows of a day."""
    return ItemKey(search_month(day), f"{rows_prefix(day)}{number}")


def parts_key(month: Partition) -> ItemKey:
    """Return the key of the parts of a month in its year."""
    year = Partition(PartitionKind.SEARCH_YEAR, month.name[:4])
    return ItemKey(year, f"{keys.AGGREGATE}{month.name}")


def year_key(year: Partition) -> ItemKey:
    """Return the key of a year in the index of what the search page leads to."""
    return ItemKey(TOPICS, f"{SEARCHED}{year.name}")
