"""The cost of a stack is counted and priced, and docs/cost.md has the current numbers."""

import re
from bisect import bisect
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.limits import MAX_NEWEST_ITEMS_A_PAGE
from gazette.store.payloads import pack
from gazette_cli.commands.cli import main
from gazette_cli.emulators.template import ROOT
from tests.cost import model as cost_model
from tests.cost import prices
from tests.cost.meter import (
    INGESTS,
    PUBLISHES,
    READ_UNITS,
    WRITE_UNITS,
    MeteredLedger,
    Usage,
    publish_invocations,
)
from tests.cost.model import Month, Stack
from tests.cost.report import MONTHS, all_sheets, as_markdown, dollars, estimate, read_stack
from tests.cost.workload import BURST, EVENTS, Kind, Measured, MeasuredArchive, Measures, measure

HARBOUR = partitions.topic_partition("harbour")
STACK = Stack(ingest_memory=1024, publish_memory=1024, queues=2, alarms=10, dashboards=1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def measures() -> Measures:
    return measure()


@pytest.fixture
def calls() -> Counter[str]:
    return Counter()


@pytest.fixture
def ledger(calls: Counter[str]) -> MeteredLedger:
    return MeteredLedger(calls, lambda _: None, lambda: NOW)


def record(sort: str, size: int, revision: int = 1) -> LedgerItem:
    """Return an item whose payload takes so many bytes in DynamoDB."""
    return LedgerItem(ItemKey(HARBOUR, sort), revision, stored_in(size))


@cache
def stored_in(size: int) -> str:
    """Return a text that is stored in at most so many bytes, and in hardly less."""
    if size < 512:
        return "x" * size
    characters = "".join(map(chr, range(128)))
    noise = "".join(Random(7).choices(characters, k=size * 8 // 7))  # noqa: S311  # no secret
    lengths = range(size, len(noise))
    return noise[: lengths[bisect(lengths, size, key=lambda length: len(pack(noise[:length]))) - 1]]


@pytest.mark.parametrize(("size", "units"), [(1, 1), (900, 1), (1000, 2), (3000, 3), (4000, 4)])
def test_a_write_is_charged_per_kilobyte(
    ledger: MeteredLedger, calls: Counter[str], size: int, units: int
) -> None:
    ledger.put(record("a", size))
    assert calls[WRITE_UNITS] == units


def test_a_refused_write_is_charged_by_the_size_of_the_old_item(
    ledger: MeteredLedger, calls: Counter[str]
) -> None:
    ledger.put(record("a", 5000, revision=2))
    calls.clear()
    assert not ledger.put(record("a", 1, revision=1))
    assert calls[WRITE_UNITS] == 5


def test_a_refused_claim_is_also_charged_as_a_read(
    ledger: MeteredLedger, calls: Counter[str]
) -> None:
    assert ledger.claim("news/a", "one") == "one"
    assert (calls[WRITE_UNITS], calls[READ_UNITS]) == (1, 0)
    assert ledger.claim("news/a", "two") == "one"
    assert (calls[WRITE_UNITS], calls[READ_UNITS]) == (2, 1)


def test_a_read_is_charged_per_four_kilobytes_and_an_empty_one_as_one_unit(
    ledger: MeteredLedger, calls: Counter[str]
) -> None:
    assert ledger.get(ItemKey(HARBOUR, "a")) is None
    assert calls[READ_UNITS] == 1
    ledger.put(record("a", 9000))
    ledger.get(ItemKey(HARBOUR, "a"))
    assert calls[READ_UNITS] == 4


def test_a_query_is_charged_for_whole_pages(ledger: MeteredLedger, calls: Counter[str]) -> None:
    for number in range(3 * MAX_NEWEST_ITEMS_A_PAGE):
        ledger.put(record(f"{number:04}", 940))
    calls.clear()
    next(ledger.newest(HARBOUR, ""))
    assert calls[READ_UNITS] == 25
    calls.clear()
    assert len(list(ledger.newest(HARBOUR, ""))) == 3 * MAX_NEWEST_ITEMS_A_PAGE
    # Only the empty page after three full ones shows the end.
    assert (calls[READ_UNITS], calls["dynamodb.Query"]) == (76, 4)
    calls.clear()
    assert list(ledger.scan(Partition.parse("TOPIC#unknown"))) == []
    assert (calls[READ_UNITS], calls["dynamodb.Query"]) == (1, 1)
    calls.clear()
    assert len(list(ledger.scan(HARBOUR))) == 3 * MAX_NEWEST_ITEMS_A_PAGE
    assert (calls[READ_UNITS], calls["dynamodb.Query"]) == (73, 1)


def test_a_page_ends_at_a_megabyte(ledger: MeteredLedger, calls: Counter[str]) -> None:
    for number in range(6):
        ledger.put(record(str(number), 300_000))
    calls.clear()
    assert len(list(ledger.scan(HARBOUR))) == 6
    assert calls[READ_UNITS] == pytest.approx(6 * 300_000 / 4096, abs=3)


def test_one_invocation_at_a_time_reads_a_shard() -> None:
    def item_keys(count: int, topics: int) -> list[ItemKey]:
        return [
            ItemKey(partitions.topic_partition(str(n % topics)), f"ENTRY#2026-07-04T08:00:00Z#{n}")
            for n in range(count)
        ]

    assert publish_invocations([]) == 0
    assert publish_invocations([keys.snapshot_key("a")]) == 0
    assert publish_invocations(item_keys(9, 3)) == 1
    assert publish_invocations(item_keys(500, 30)) == 1
    assert publish_invocations(item_keys(501, 30)) == 2
    assert publish_invocations(item_keys(6000, 1)) == 12


def test_the_price_of_transfer_falls_with_its_amount() -> None:
    assert prices.transfer_price(0) == 0
    assert prices.transfer_price(1000) == pytest.approx(85)
    assert prices.transfer_price(10_240 + 100) == pytest.approx(10_240 * 0.085 + 8)
    assert prices.transfer_price(6_000_000) / 6_000_000 < 0.03


def test_every_call_of_s3_has_a_price_and_a_latency(measures: Measures) -> None:
    used: Counter[str] = Counter()
    for measured in (*measures.alone.values(), *measures.burst.values()):
        used += measured.usage.ingest + measured.usage.publish
    s3 = {name for name in used if name.startswith("s3.")}
    assert {"s3.PutObject", "s3.HeadObject", "s3.ListObjectVersions"} <= s3
    assert s3 <= prices.S3_CALLS.keys()
    called = {name for name in used if name.startswith(("s3.", "dynamodb."))}
    assert called <= cost_model.LATENCY.keys()


def test_a_bill_is_usage_times_price() -> None:
    usage = Usage(
        Counter({"s3.ListObjectVersions": 4, WRITE_UNITS: 10, INGESTS: 2}),
        Counter({"s3.PutObject": 6, "s3.HeadObject": 10, READ_UNITS: 100, PUBLISHES: 4}),
    )
    bill = cost_model.bill(Measured(usage, 2), STACK)
    assert bill["S3 writes"] == pytest.approx(5 * 5e-6)
    assert bill["S3 reads"] == pytest.approx(5 * 0.4e-6)
    assert bill["ledger writes"] == pytest.approx(5 * 0.625e-6)
    assert bill["ledger reads"] == pytest.approx(50 * 0.125e-6)
    assert bill["queue"] == pytest.approx(3 * 0.4e-6)
    waited = 4 * 30 / 4 + (6 * 30 + 10 * 12) / 4
    computed = 10 * cost_model.PROCESSOR_MS * 1769 / 1024
    assert cost_model.gb_seconds(usage, STACK) == pytest.approx((waited + computed) / 1000)
    assert bill["functions"] == pytest.approx(
        (waited + computed) / 1000 * prices.GB_SECOND / 2 + 3 * 0.2e-6
    )


def test_the_shares_of_the_kinds_add_up_to_one() -> None:
    assert set(cost_model.SHARES) == set(Kind)
    assert sum(cost_model.SHARES.values()) == pytest.approx(1)


def test_many_traces_are_sampled() -> None:
    few = cost_model.revisions_bill({}, 1_000, 10)["traces"]
    many = cost_model.revisions_bill({}, 10_000_000, 10)["traces"]
    assert few == pytest.approx(1_000 * 10 * prices.TRACE)
    assert many < 0.1 * 10_000_000 * 10 * prices.TRACE


def test_a_feed_that_changes_often_is_seldom_unchanged() -> None:
    seldom = cost_model.changed_share(Month(1_000, 1_000, 1))
    often = cost_model.changed_share(Month(10_000_000, 100, 1))
    assert 0 < seldom < 0.01
    assert 0.99 < often <= 1


def test_readers_cost_per_poll_and_s3_gets_one_request_per_minute(
    measures: Measures,
) -> None:
    few, many = (
        cost_model.readers_bill(measures, Month(1_000, 10, readers)) for readers in (1, 10**6)
    )
    assert many["CloudFront requests"] == pytest.approx(10**6 * few["CloudFront requests"])
    assert many["S3 asked by CloudFront"] == pytest.approx(
        10 * 13 * cost_model.MINUTES_A_MONTH * prices.S3_READ
    )
    none = cost_model.readers_bill(measures, Month(1_000, 10, 0))
    assert set(none.values()) == {0}


def test_a_burst_is_coalesced(measures: Measures) -> None:
    """DESIGN, promise 4: a revision in a burst costs a fraction of a single one."""
    for kind in Kind:
        alone, burst = (
            sum(cost_model.bill(measured[kind], STACK).values())
            for measured in (measures.alone, measures.burst)
        )
        assert burst < alone / 3, kind
        assert measures.burst[kind].revisions == BURST


def test_the_assumed_processor_time_is_near_the_measured_one(measures: Measures) -> None:
    """It is processor time, so a busy machine changes it little."""
    measured = 1000 * measures.seconds_a_document
    assert measured / 4 < cost_model.PROCESSOR_MS < measured * 4


def test_the_document_has_the_output_of_the_command(measures: Measures) -> None:
    """Words are equal and numbers differ by at most a fifth, because code changes move them."""
    document = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    begin, end = "<!-- begin: gazette cost --markdown -->", "<!-- end -->"
    written = document.partition(begin)[2].partition(end)[0].strip().splitlines()
    now = as_markdown(all_sheets(measures, read_stack())).strip().splitlines()
    assert without_order(written) == without_order(now), "run gazette cost --markdown"
    for was, line in zip(sorted(written, key=by_words), sorted(now, key=by_words), strict=True):
        for before, after in zip(counts(was), counts(line), strict=True):
            least = 1 if after.is_integer() else 0.005  # a share, a count, or an amount
            assert before == pytest.approx(after, rel=0.2, abs=least), (was, line)


def without_order(lines: list[str]) -> list[str]:
    """Remove numbers and the order of rows, which depends on the numbers."""
    return sorted(NUMBER.sub("#", line) for line in lines)


def by_words(line: str) -> tuple[str, list[float]]:
    return NUMBER.sub("#", line), counts(line)


def counts(line: str) -> list[float]:
    return [float(number.replace(",", "")) for number in NUMBER.findall(line)]


def test_a_night_compares_sources_with_less_than_a_tenth_of_a_read_and_writes_nothing(
    measures: Measures,
) -> None:
    source, unlisted, site, orphans = measures.night.values()
    for step in (source, unlisted):
        calls = sum(
            step[name]
            for name in ("dynamodb.BatchGetItem", "dynamodb.Scan", "s3.ListObjectVersions")
        )
        assert 0 < calls < EVENTS / 10
    assert site["s3.GetObject"] == 0  # the ledger has the documents
    for step in (source, unlisted, site, orphans):
        assert step["s3.PutObject"] == step["s3.DeleteObject"] == step["dynamodb.PutItem"] == 0


def test_a_night_reads_the_ledger_at_most_twice_for_a_healthy_event() -> None:
    """Below and above the number of entries of a feed."""
    archive = MeasuredArchive()
    for few, many in ((30, 60), (120, 240)):
        archive.grow_to(few)
        first = sum(archive.night().values(), Counter[str]())
        archive.grow_to(many)
        second = sum(archive.night().values(), Counter[str]())
        reads = ("dynamodb.GetItem", "dynamodb.Query", "dynamodb.BatchGetItem", "dynamodb.Scan")
        assert sum(second[name] - first[name] for name in reads) <= 2 * (many - few)
        assert all(second[name] == 0 for name in ("s3.HeadObject", "s3.GetObject"))
        assert second["dynamodb.PutItem"] == 0


def test_a_month_has_the_same_parts_alone_and_in_bursts(measures: Measures) -> None:
    stack = read_stack()
    for month in MONTHS:
        each = estimate(measures, stack, month)
        assert sum(each.burst.values()) <= sum(each.alone.values())
        assert each.alone.keys() == each.burst.keys()


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.000"), (0.7049, "0.705"), (1.156, "1.16"), (8222.9, "8,223")]
)
def test_an_amount_has_about_two_significant_digits(amount: float, text: str) -> None:
    assert dollars(amount) == text


def test_the_arguments_describe_a_month(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--events-per-month", "5,000", "--topics", "50", "--readers", "300"]
    assert main(["cost", *asked, "--markdown"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("### A month of 5,000 revisions on 50 topics with 300 readers\n")
    rows = [
        line.strip("| ").split(" | ") for line in output.splitlines() if "| together" not in line
    ]
    parts = [
        float(row[1].replace(",", "")) for row in rows if len(row) == 3 and row[1][0].isdigit()
    ]
    (whole,) = [line for line in output.splitlines() if "| together" in line]
    assert counts(whole)[0] == pytest.approx(sum(parts), abs=1)
    assert main(["cost", *asked]) == 0
    assert "CloudFront requests" in capsys.readouterr().out


def test_readers_without_revisions_are_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["cost", "--readers", "5"]) == 2
    assert capsys.readouterr().err == "gazette: --readers needs --events-per-month\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--events-per-month", "0"], "'0' is not a whole number from 1 to"),
        (["--topics", "many"], "'many' is not a whole number from 1 to"),
        (["--readers", "-1"], "'-1' is not a whole number from 0 to"),
    ],
)
def test_an_impossible_number_is_an_error(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["cost", *arguments])
    assert ended.value.code == 2
    assert problem in capsys.readouterr().err
