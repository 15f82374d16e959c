"""`gazette cost`: print the cost of a stack, from counted calls and dated prices."""

import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from gazette.models.characters import one_line
from gazette_cli.emulators.template import Template, load_template, properties, resources
from tests.cost import model as cost_model
from tests.cost import prices
from tests.cost.meter import READ_UNITS, WRITE_UNITS
from tests.cost.model import Bill, Month, Stack
from tests.cost.workload import BURST, EVENTS, Kind, Measured, Measures, measure

_THOUSAND = 1000
# The months that `gazette cost` shows without arguments.
MONTHS = (
    Month(1_000, 100, 0),
    Month(100_000, 1_000, 0),
    Month(10_000_000, 10_000, 0),
    Month(100_000, 1_000, 1_000_000),
)
_ALONE, _BURST = "alone", "in bursts"


class Sheet(NamedTuple):
    """A table of text with a title and column names."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class Estimate(NamedTuple):
    """The bills of a month if revisions come alone, and if they come in bursts."""

    month: Month
    alone: Bill
    burst: Bill


def cost(month: Month | None, *, markdown: bool) -> int:
    """Measure, and print the given month or the tables of docs/cost.md."""
    measures, stack = measure(), read_stack()
    sheets = (
        [month_sheet(estimate(measures, stack, month))] if month else all_sheets(measures, stack)
    )
    if markdown:
        sys.stdout.write(as_markdown(sheets))
        return 0
    console = Console(highlight=False)
    for sheet in sheets:
        console.print(as_table(sheet))
    console.print(
        f"US dollars, {prices.AS_OF}, us-east-1, without free tiers. docs/cost.md lists "
        "measurements and assumptions."
    )
    return 0


def read_stack() -> Stack:
    """Read the settings that determine costs from the template."""
    template = load_template()
    functions = _always_there(template, "AWS::Serverless::Function")
    events = (event for one in functions for event in one["Properties"].get("Events", {}).values())
    return Stack(
        ingest_memory=properties(template, "IngestEventFunction")["MemorySize"],
        publish_memory=properties(template, "PublishChangesFunction")["MemorySize"],
        # Resources that exist only with hubs are not counted.
        queues=sum(
            event["Type"] == "SQS" and "Enabled" not in event["Properties"] for event in events
        ),
        alarms=len(_always_there(template, "AWS::CloudWatch::Alarm")),
        dashboards=len(_always_there(template, "AWS::CloudWatch::Dashboard")),
    )


def _always_there(template: Template, resource_type: str) -> list[Template]:
    """Return the resources of a type that no parameter switches on."""
    found = resources(template, resource_type).values()
    return [resource for resource in found if "Condition" not in resource]


def estimate(measures: Measures, stack: Stack, month: Month) -> Estimate:
    """Return the bills of a month."""
    same = (
        cost_model.storage_bill(measures, month)
        | cost_model.standing_bill(stack)
        | cost_model.readers_bill(measures, month)
    )
    alone, burst = (
        cost_model.revisions_bill(
            cost_model.mixed(measured, stack),
            month.revisions,
            cost_model.invocations_of(measured),
        )
        | same
        for measured in (measures.alone, measures.burst)
    )
    return Estimate(month, alone, burst)


def all_sheets(measures: Measures, stack: Stack) -> list[Sheet]:
    estimates = [estimate(measures, stack, month) for month in MONTHS]
    return [
        _kinds_sheet(measures, stack),
        _shares_sheet(measures, stack),
        _months_sheet(estimates),
        month_sheet(estimates[-1]),
        _night_sheet(measures),
    ]


def _kinds_sheet(measures: Measures, stack: Stack) -> Sheet:
    columns = ("revision", "comes", "S3 writes", "S3 reads", "write units", "read units", "$")
    rows = []
    for kind in Kind:
        for how, measured in ((_ALONE, measures.alone[kind]), (_BURST, measures.burst[kind])):
            used = [_each(measured, *names) for names in (_WRITES, _READS, (WRITE_UNITS,))]
            used.append(_each(measured, READ_UNITS))
            price = sum(cost_model.bill(measured, stack).values())
            rows.append((kind, how, *used, dollars(price * _THOUSAND)))
    return Sheet(
        f"What a revision uses, alone and in bursts of {BURST}, and what a thousand cost",
        columns,
        rows,
    )


_WRITES = ("s3.PutObject", "s3.ListObjectVersions")
_READS = ("s3.HeadObject", "s3.GetObject")


def _each(measured: Measured, *names: str) -> str:
    count = sum(measured.usage.total(name) for name in names) / measured.revisions
    return f"{count:,.0f}"


def _shares_sheet(measures: Measures, stack: Stack) -> Sheet:
    alone, burst = (cost_model.mixed(m, stack) for m in (measures.alone, measures.burst))
    rows = [
        (name, *_amount_and_share(alone, name), *_amount_and_share(burst, name))
        for name in sorted(alone, key=alone.__getitem__, reverse=True)
    ]
    whole = (dollars(sum(bill.values()) * _THOUSAND) for bill in (alone, burst))
    return Sheet(
        "Where the money of a thousand mixed revisions goes",
        ("", f"$ {_ALONE}", "%", f"$ {_BURST}", "%"),
        [*rows, ("together", next(whole), "", next(whole), "")],
    )


def _amount_and_share(bill: Bill, name: str) -> tuple[str, str]:
    return dollars(bill[name] * _THOUSAND), f"{100 * bill[name] / sum(bill.values()):.0f}"


def _night_sheet(measures: Measures) -> Sheet:
    names = (("s3.HeadObject", "s3.GetObject"), _LEDGER_READS, _LISTINGS, _WRITES_OF_A_NIGHT)
    rows = []
    for step, calls in measures.night.items():
        used = (sum(calls[name] for name in some) / EVENTS for some in names)
        price = calls[READ_UNITS] * prices.READ_UNIT + sum(
            calls[name] * each for name, each in prices.S3_CALLS.items()
        )
        million = dollars(price / EVENTS * 1_000_000)
        rows.append((step, *(f"{number:.2f}" for number in used), million))
    columns = ("compares", "S3 reads", "ledger reads", "listings", "writes", "$ a million events")
    return Sheet("What a night reads for a healthy event", columns, rows)


_LEDGER_READS = ("dynamodb.Query", "dynamodb.GetItem", "dynamodb.BatchGetItem")
_LISTINGS = ("s3.ListObjectVersions", "s3.ListObjectsV2", "dynamodb.Scan")
_WRITES_OF_A_NIGHT = ("s3.PutObject", "s3.DeleteObject", "dynamodb.PutItem")


def _months_sheet(estimates: Sequence[Estimate]) -> Sheet:
    rows = [
        (
            *(f"{number:,}" for number in each.month),
            dollars(sum(each.alone.values())),
            dollars(sum(each.burst.values())),
            max(each.burst, key=each.burst.__getitem__),
        )
        for each in estimates
    ]
    columns = ("revisions", "topics", "readers", f"$ {_ALONE}", f"$ {_BURST}", "most of it")
    return Sheet("What a month costs, all together", columns, rows)


def month_sheet(each: Estimate) -> Sheet:
    revisions, topics, readers = each.month
    rows = [
        (name, dollars(amount), dollars(each.burst[name]))
        for name, amount in sorted(each.alone.items(), key=lambda item: -item[1])
        if amount or each.burst[name]
    ]
    whole = (dollars(sum(bill.values())) for bill in (each.alone, each.burst))
    return Sheet(
        f"A month of {revisions:,} revisions on {topics:,} topics with {readers:,} readers",
        ("", f"$ {_ALONE}", f"$ {_BURST}"),
        [*rows, ("together", *whole)],
    )


def dollars(amount: float) -> str:
    """Format an amount with about two significant digits, the precision of the model."""
    for least, decimals in ((10, 0), (1, 2)):
        if amount >= least:
            return f"{amount:,.{decimals}f}"
    return f"{amount:.3f}"


def as_markdown(sheets: Sequence[Sheet]) -> str:
    """Format tables as in docs/cost.md."""
    return "\n".join(map(_markdown, sheets))


def _markdown(sheet: Sheet) -> str:
    numbers = [
        all(_is_number(row[position]) for row in sheet.rows)
        for position in range(len(sheet.columns))
    ]
    lines = [
        sheet.columns,
        ["--:" if is_number else "---" for is_number in numbers],
        *sheet.rows,
    ]
    table = "".join(f"| {one_line(' | '.join(cells))} |\n" for cells in lines)
    return f"### {sheet.title}\n\n{table}"


def _decimals(sheet: Sheet) -> range:
    return range(len(sheet.columns))


def _is_number(text: str) -> bool:
    return not text or re.fullmatch(r"[\d.,]+", text) is not None


def as_table(sheet: Sheet) -> Table:
    table = Table(title=sheet.title, title_justify="left")
    for position, name in enumerate(sheet.columns):
        is_number = all(_is_number(row[position]) for row in sheet.rows)
        table.add_column(name, justify="right" if is_number else "left")
    for row in sheet.rows:
        table.add_row(*row)
    return table
