import pytest

from gazette.models import keys
from gazette.models.keys import Partition
from gazette.models.page import Link
from gazette.models.record import Record
from gazette.models.rollup import DayFigures, PeriodFigures
from gazette.projections import calendar
from gazette.projections.calendar import Beside
from gazette.projections.urlsets import sitemap_index
from tests.unit.worlds import SITE, World, hours

JULY = PeriodFigures(
    days={
        "2026-07-04": DayFigures(count=2, updated=hours(1), revisions=2),
        "2026-07-31": DayFigures(count=1, updated=hours(3), revisions=5),
    },
    revisions=8,
)
AUGUST = PeriodFigures(
    days={"2026-08-01": DayFigures(count=4, updated=hours(2), revisions=4)}, revisions=4
)
NOTHING = PeriodFigures(days={}, revisions=3)
ALONE = Beside()


def parse(text: str) -> Partition:
    return Partition.parse(text)


def test_the_figures_of_a_period_are_the_sums_of_its_days() -> None:
    assert (JULY.count, JULY.updated) == (3, hours(3))
    assert (NOTHING.count, NOTHING.updated) == (0, None)
    empty = DayFigures(count=0, updated=None, revisions=2)
    assert PeriodFigures(days={"2026-07-05": empty}, revisions=2).updated is None


def test_a_partition_leaves_its_figures_in_the_one_above() -> None:
    record = calendar.rollup(parse("MONTH#2026-07"), JULY)
    assert record.place == keys.rollup_place(parse("MONTH#2026-07"))
    assert record.revision == JULY.revisions
    assert PeriodFigures.model_validate_json(record.payload) == JULY


def test_a_partition_that_has_nothing_above_it_leaves_nothing() -> None:
    with pytest.raises(ValueError, match="SITE# has nothing above it"):
        calendar.rollup(keys.SITE, JULY)


def test_what_is_empty_is_left_out_of_the_period_above() -> None:
    full = DayFigures(count=2, updated=hours(1), revisions=2)
    empty = DayFigures(count=0, updated=None, revisions=3)
    days = [
        calendar.rollup(parse("DAY#2026-07-04"), full),
        calendar.rollup(parse("DAY#2026-07-05"), empty),
    ]
    month = calendar.month_figures(days)
    assert month.days == {"2026-07-04": full}
    assert month.revisions == 5
    months = [
        calendar.rollup(parse("MONTH#2026-07"), JULY),
        calendar.rollup(parse("MONTH#2026-09"), NOTHING),
    ]
    assert calendar.period_figures(months) == {"2026-07": JULY, "2026-09": NOTHING}
    year = calendar.merged(calendar.period_figures(months).values())
    assert year == PeriodFigures(days=JULY.days, revisions=JULY.revisions + NOTHING.revisions)
    page = calendar.year_page(SITE, "2026", calendar.period_figures(months), ALONE)
    assert [link.text for link in page.periods] == ["July"]


def test_a_month_lists_its_days_with_their_counts() -> None:
    page = calendar.month_page(SITE, "2026-07", JULY, ALONE)
    assert page.count == 3
    assert page.periods == (
        Link("4 July", "https://gazette.example/news/2026/07/4/", count=2),
        Link("31 July", "https://gazette.example/news/2026/07/31/", count=1),
    )
    assert page.frame.title == "July 2026"
    assert page.frame.description == "July 2026: 3 events"
    assert page.frame.indexed


def test_a_year_lists_its_months_and_the_calendar_its_years_newest_first() -> None:
    page = calendar.year_page(SITE, "2026", {"2026-08": AUGUST, "2026-07": JULY}, ALONE)
    assert [(link.text, link.count) for link in page.periods] == [("July", 3), ("August", 4)]
    years = calendar.calendar_page(SITE, {"2025": AUGUST, "2026": JULY})
    assert [(link.text, link.count) for link in years.periods] == [("2026", 3), ("2025", 4)]
    assert years.count == 7


def test_a_period_without_events_says_so_and_is_not_indexed() -> None:
    page = calendar.month_page(SITE, "2026-07", NOTHING, ALONE)
    assert page.frame.description == "July 2026: 0 events"
    assert not page.frame.indexed
    day = DayFigures(count=1, updated=hours(2), revisions=1)
    one = PeriodFigures(days={"2026-08-01": day}, revisions=1)
    page = calendar.month_page(SITE, "2026-08", one, ALONE)
    assert page.frame.description == "August 2026: 1 event"


def test_a_period_links_to_those_beside_it() -> None:
    page = calendar.month_page(SITE, "2026-07", JULY, Beside("2025-12", "2026-08"))
    assert page.frame.previous == Link("December 2025", "https://gazette.example/news/2025/12/")
    assert page.frame.next == Link("August 2026", "https://gazette.example/news/2026/08/")
    year = calendar.year_page(SITE, "2026", {"2026-07": JULY}, Beside("2024", None))
    assert year.frame.previous == Link("2024", "https://gazette.example/news/2024/")
    assert year.frame.next is None


def test_the_sitemap_index_lists_the_days_of_all_years_newest_first() -> None:
    urls = sitemap_index(SITE, [JULY, AUGUST])
    assert [(url.loc.rpartition("/")[2], url.lastmod) for url in urls] == [
        ("2026-08-01.xml", hours(2)),
        ("2026-07-31.xml", hours(3)),
        ("2026-07-04.xml", hours(1)),
    ]


def rollup_of(world: World, below: str) -> Record:
    place = keys.rollup_place(parse(below))
    assert place is not None
    return world.records()[place]


def test_figures_rise_from_the_day_to_the_calendar() -> None:
    world = World()
    world.put("a", hours(0), title="A")
    world.put("b", hours(1), title="B", date="2026-08-01")
    world.settle()
    year = PeriodFigures.model_validate_json(rollup_of(world, "YEAR#2026").payload)
    assert {day: figures.count for day, figures in year.days.items()} == {
        "2026-07-04": 1,
        "2026-08-01": 1,
    }
    world.delete("a", hours(2))
    world.settle()
    day = DayFigures.model_validate_json(rollup_of(world, "DAY#2026-07-04").payload)
    assert (day.count, day.updated, day.revisions) == (0, None, 2)
    year = PeriodFigures.model_validate_json(rollup_of(world, "YEAR#2026").payload)
    assert (list(year.days), year.revisions) == (["2026-08-01"], 3)
