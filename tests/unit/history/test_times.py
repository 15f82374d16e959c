"""Dates move forward with significant revisions, and only `updated` does (cases 28 and 30)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.projections.history.times import published_once, updated_after

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
# Close enough to each other that they are often equal.
MOMENTS = st.integers(-3, 3).map(lambda seconds: NOON + seconds * SECOND)
ANY_MOMENTS = MOMENTS | st.integers(0, 4 * 10**9).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


@pytest.mark.parametrize(
    ("previous", "modified", "uploaded", "updated"),
    [
        pytest.param(None, None, hours(0), hours(0), id="the first is as old as its upload"),
        pytest.param(None, hours(-9), hours(0), hours(-9), id="or as its publisher says"),
        pytest.param(None, hours(9), hours(0), hours(0), id="but not younger than its upload"),
        pytest.param(hours(-3), hours(-1), hours(0), hours(-1), id="a later modified moves it"),
        pytest.param(hours(-1), hours(-1), hours(0), hours(0), id="a constant one does not count"),
        pytest.param(hours(-1), hours(-9), hours(0), hours(0), id="nor does an older one"),
        pytest.param(hours(-1), hours(9), hours(0), hours(0), id="one in the future is the upload"),
        pytest.param(hours(-1), None, hours(0), hours(0), id="without one it is the upload"),
        pytest.param(hours(0), None, hours(0), hours(0) + SECOND, id="two uploads in one second"),
        pytest.param(hours(0), hours(0), hours(0), hours(0) + SECOND, id="both in one second"),
        pytest.param(hours(0), None, hours(-1), hours(0) + SECOND, id="an upload that came late"),
    ],
)
def test_a_significant_revision_moves_updated(
    previous: datetime | None, modified: datetime | None, uploaded: datetime, updated: datetime
) -> None:
    assert updated_after(previous, modified, uploaded) == updated


@given(st.lists(st.tuples(st.none() | ANY_MOMENTS, ANY_MOMENTS), min_size=2))
def test_each_revision_is_later_than_the_one_before(
    versions: list[tuple[datetime | None, datetime]],
) -> None:
    previous = None
    dates = []
    for modified, uploaded in versions:
        previous = updated_after(previous, modified, uploaded)
        dates.append(previous)
    assert dates == sorted(set(dates))


@given(st.none() | ANY_MOMENTS, st.none() | ANY_MOMENTS, ANY_MOMENTS)
def test_updated_is_never_in_the_future_unless_two_revisions_share_a_second(
    previous: datetime | None, modified: datetime | None, uploaded: datetime
) -> None:
    updated = updated_after(previous, modified, uploaded)
    assert updated <= uploaded or (previous is not None and updated == previous + SECOND)


def test_the_first_publication_has_the_date_its_publisher_says() -> None:
    assert published_once(None, hours(-9), hours(0), hours(0)) == hours(-9)
    assert published_once(None, None, hours(-1), hours(0)) == hours(-1)


def test_no_event_is_published_before_it_is_public() -> None:
    assert published_once(None, hours(9), hours(0), hours(0)) == hours(0)


def test_an_event_under_embargo_is_published_when_it_ends() -> None:
    assert published_once(None, hours(93), hours(93), hours(93)) == hours(93)


@given(ANY_MOMENTS, st.none() | ANY_MOMENTS, ANY_MOMENTS, ANY_MOMENTS)
def test_no_revision_moves_the_publication(
    first: datetime, published: datetime | None, updated: datetime, public_from: datetime
) -> None:
    assert published_once(first, published, updated, public_from) == first
