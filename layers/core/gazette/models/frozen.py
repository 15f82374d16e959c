"""The base of every stored model: immutable, strict about its fields, compact as JSON."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def to_utc_seconds(moment: datetime) -> datetime:
    """Cut to whole seconds in UTC: feeds and keys carry no fractions (RFC 4287 §3.3).

    Raises:
        ValueError: in UTC it is before the year 1 or after 9999.
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
    """An immutable value that is stored or passed between rooms."""

    model_config = ConfigDict(frozen=True, extra="forbid")
