"""Reads what the functions of the stack have logged: one line of JSON for each batch.

`gazette.runtime.telemetry` writes these lines. An event can be followed in them from the source
bucket to every document.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition

_TIME = "%Y-%m-%d %H:%M:%S,%f%z"
_START = '{"level"'
# The id of an event may have spaces, the names of other partitions with events have none.
_EVENT_ITEM = re.compile(r"(EVENT#.+) (REVISION#\d+)")


def _time(text: str) -> datetime:
    return datetime.strptime(text, _TIME).astimezone(UTC)


class _Line(BaseModel):
    timestamp: Annotated[datetime, BeforeValidator(_time)]


class RecordedRevision(BaseModel):
    """A revision that ingest has recorded."""

    event_id: str
    revision: int
    kind: str


class IngestLine(_Line):
    """Ingest has handled a batch of object keys."""

    message: Literal["Ingested a batch"]
    recorded: tuple[RecordedRevision, ...]


class PublishLine(_Line):
    """Documents were written for items of the ledger."""

    message: Literal["Published a batch"]
    item_keys: tuple[str, ...]
    documents: tuple[str, ...]

    def items(self) -> list[ItemKey]:
        """Return the keys of the items that this release knows."""
        found = map(_item_key, self.item_keys)
        return [item_key for item_key in found if item_key]


class RefusalLine(_Line):
    """An object is not published."""

    message: Literal["Quarantined a document", "Ignored an object"]
    key: str
    reason: str


class FailureLine(_Line):
    """Work has failed, and will be tried again."""

    message: Literal["Failed, will be retried"]
    subject: str
    exception_name: str = ""
    exception: str = ""

    @property
    def reason(self) -> str:
        """The last line of the traceback."""
        return self.exception.strip().rpartition("\n")[2] or self.exception_name


LogLine: TypeAlias = IngestLine | PublishLine | RefusalLine | FailureLine
_LINES: TypeAdapter[LogLine] = TypeAdapter(Annotated[LogLine, Field(discriminator="message")])


def read_line(line: str) -> LogLine | None:
    """Return what a line of the log says, or None if it is another one."""
    if not line.startswith(_START):
        return None
    try:
        return _LINES.validate_json(line)
    except ValidationError:  # another line of a function
        return None


def _item_key(text: str) -> ItemKey | None:
    found = _EVENT_ITEM.fullmatch(text)
    partition, sort = found.groups() if found else (*text.split(" ", 1), "")[:2]
    return ItemKey(Partition.parse(partition), sort) if Partition.is_known(partition) else None
