"""The base classes of models, and moments as feeds and keys write them."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic.fields import FieldInfo


def to_utc_seconds(moment: datetime) -> datetime:
    """Convert a moment to UTC and cut it to whole seconds, as feeds and keys write it.

    Raises:
        ValueError: the year in UTC is before 1 or after 9999.
    """
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        reason = "is not between the years 1 and 9999 in UTC"
        raise ValueError(reason) from error


def rfc3339(moment: datetime) -> str:
    """Write a UTC moment as RFC 3339 with an upper-case T, seconds and Z (SPEC A5)."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


Moment = Annotated[AwareDatetime, AfterValidator(to_utc_seconds)]


class Frozen(BaseModel):
    """An immutable value; unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stored(Frozen):
    """A payload of the ledger or a queue: another release may have written it with other fields."""

    model_config = ConfigDict(extra="ignore")


def known_or(fallback: StrEnum) -> BeforeValidator:
    """Read a value that only a later release knows as ``fallback``. Use it in ``Annotated``."""
    known = frozenset(map(str, type(fallback)))

    def read(value: object, info: ValidationInfo) -> object:
        return value if info.mode != "json" or value in known else fallback

    return BeforeValidator(read)


def renamed(name: str, old_name: str) -> FieldInfo:
    """Declare a field of a stored model whose payloads may still have its old name.

    Use it in ``Annotated``. Validation looks for the old name only if the new one is missing.
    """
    field: FieldInfo = Field(validation_alias=AliasChoices(name, old_name))
    return field
