"""Times are shown in the zone of the site, with its abbreviation or its offset."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gazette.models.branding.brand import Brand
from gazette.models.branding.zones import in_zone, zone_label, zoned_rfc3339
from gazette.models.texts.catalogue import catalogue_of
from gazette.renderers.pages.shown_text import iso_day, shown_day, shown_moment, source_time

CORE = Path(__file__).parents[3] / "layers/core"
ENGLISH = catalogue_of("en")
LATE = datetime(2026, 7, 4, 22, 30, 5, tzinfo=UTC)
WINTER = datetime(2026, 12, 4, 22, 30, tzinfo=UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC))
ZONES = st.sampled_from(sorted(available_timezones()))


@pytest.mark.parametrize(
    ("zone", "moment", "shown"),
    [
        ("UTC", LATE, "4 July 2026, 22:30 UTC"),
        ("Europe/Berlin", LATE, "5 July 2026, 00:30 CEST"),
        ("Europe/Berlin", WINTER, "4 December 2026, 23:30 CET"),
        ("America/New_York", LATE, "4 July 2026, 18:30 EDT"),
        ("Asia/Riyadh", LATE, "5 July 2026, 01:30 UTC+03:00"),
        ("America/Sao_Paulo", LATE, "4 July 2026, 19:30 UTC-03:00"),
        ("Asia/Kathmandu", LATE, "5 July 2026, 04:15 UTC+05:45"),
    ],
)
def test_a_moment_is_shown_as_clocks_in_the_zone_show_it(
    zone: str, moment: datetime, shown: str
) -> None:
    assert shown_moment(ENGLISH, moment, zone) == shown


def test_the_day_of_a_moment_is_that_of_the_zone_and_a_day_stays_what_it_is() -> None:
    assert (shown_day(ENGLISH, LATE, "Asia/Tokyo"), iso_day(LATE, "Asia/Tokyo")) == (
        "5 July 2026",
        "2026-07-05",
    )
    assert shown_day(ENGLISH, LATE.date(), "Asia/Tokyo") == shown_day(
        ENGLISH, "2026-07-04", "Asia/Tokyo"
    )
    assert shown_day(ENGLISH, LATE) == "4 July 2026"


def test_machines_read_utc_of_the_time_of_a_source() -> None:
    assert str(source_time(ENGLISH, "2026-07-04T22:30:00Z", "Europe/Berlin")) == (
        '<time datetime="2026-07-04T22:30:00Z" dir="auto">5 July 2026, 00:30 CEST</time>'
    )


@given(moment=MOMENTS, zone=ZONES)
def test_a_moment_with_its_offset_is_the_same_moment(moment: datetime, zone: str) -> None:
    """RFC 3339. Before there were zones, offsets had seconds, which it cannot write."""
    written = zoned_rfc3339(moment, zone)
    apart = abs(datetime.fromisoformat(written) - moment.replace(microsecond=0))
    assert apart < timedelta(minutes=1)
    assert written.endswith("Z") == (not in_zone(moment, zone).utcoffset())
    assert zone_label(in_zone(moment, zone))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
)
def test_a_moment_that_the_calendar_of_the_zone_lacks_stays_in_utc(
    zone: str, moment: datetime
) -> None:
    assert shown_moment(ENGLISH, moment, zone)


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("Europe/Berln", "is no time zone; did you mean Europe/Berlin?"),
        ("europe/berlin ", "is no time zone; did you mean Europe/Berlin?"),
        ("../../etc/passwd", "is no time zone"),
        ("/etc/passwd", "is no time zone"),
        ("Europe", "is no time zone"),
        ("xyz" * 200, "is no time zone"),
        ("a\0b", "is no time zone"),
    ],
)
def test_a_zone_that_does_not_exist_is_refused_with_the_one_that_was_meant(
    zone: str, meant: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Brand(time_zone=zone)
    assert str(refused.value.errors()[0]["msg"]).removeprefix("Value error, ").startswith(meant)


def test_the_zones_are_there_where_the_system_has_none() -> None:
    """The runtime of the functions has no files of time zones."""
    code = "from gazette.models.branding.zones import check_zone; print(check_zone('Asia/Tokyo'))"
    run = subprocess.run(  # noqa: S603  # code of a test
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(CORE), "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "Asia/Tokyo\n"
