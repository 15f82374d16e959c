"""The time zone in which pages show times; machines read UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from gazette.models.frozen import rfc3339
from gazette.models.problems.messages import did_you_mean

DEFAULT_ZONE = "UTC"
_MINUTE = timedelta(minutes=1)


def check_zone(name: str) -> str:
    """Return the name of a time zone (IANA).

    Raises:
        ValueError: no zone has it.
    """
    try:
        return ZoneInfo(name).key
    # The library looks for a file of this name: it raises what opening one raises.
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        reason = "is no time zone"
        if meant := did_you_mean(name, available_timezones()):
            reason = f"{reason}; {meant}"
        raise ValueError(reason) from error


def in_zone(moment: datetime, zone: str) -> datetime:
    """Return a moment as clocks in a zone show it; UTC near the ends of the calendar."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:
        return moment.astimezone(UTC)


def zone_label(moment: datetime) -> str:
    """Return the abbreviation of the zone that a moment is in, or its offset if it has none."""
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    return f"UTC{_offset(moment)}"


def zoned_rfc3339(moment: datetime, zone: str) -> str:
    """Write a moment as RFC 3339 with the offset of a zone, and Z in UTC."""
    local = in_zone(moment, zone)
    if not local.utcoffset():
        return rfc3339(moment)
    return local.replace(tzinfo=None, microsecond=0).isoformat() + _offset(local)


def _offset(moment: datetime) -> str:
    """Return the offset in hours and minutes; before there were zones, some had seconds."""
    minutes = (moment.utcoffset() or timedelta()) // _MINUTE
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
