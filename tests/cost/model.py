"""Computes costs from usage: pure arithmetic, with a name for each assumption.

Amounts are US dollars. `workload` measures the usage of revisions, `prices` has the prices of AWS,
and the constants below are assumptions.
"""

from collections import Counter
from collections.abc import Mapping
from math import exp
from typing import NamedTuple

from tests.cost import prices
from tests.cost.meter import INGESTS, PUBLISHES, READ_UNITS, WRITE_UNITS, Usage
from tests.cost.workload import TOPICS_AN_EVENT, Kind, Measured, Measures

# The share of each kind among the revisions of a month.
SHARES: Mapping[Kind, float] = {
    Kind.PUBLICATION: 0.70,
    Kind.UPDATE: 0.20,
    Kind.MINOR: 0.05,
    Kind.CORRECTION: 0.04,
    Kind.RETRACTION: 0.01,
}
# Milliseconds until a response, and the number of parallel S3 calls.
LATENCY: Mapping[str, float] = {
    "s3.PutObject": 30,
    "s3.HeadObject": 12,
    "s3.GetObject": 20,
    "s3.ListObjectVersions": 30,
    "s3.DeleteObject": 15,
    "s3.ListObjectsV2": 30,
    "dynamodb.GetItem": 4,
    "dynamodb.BatchGetItem": 6,
    "dynamodb.PutItem": 5,
    "dynamodb.DeleteItem": 5,
    "dynamodb.Query": 6,
}
S3_AT_ONCE = 4
# Milliseconds of a whole processor per compared document, measured on 2026-11-30 with this
# workload, and the memory (MB) for which Lambda gives a function a whole processor.
PROCESSOR_MS = 2.5
MEMORY_OF_A_PROCESSOR = 1769
MESSAGES_A_CALL = 10
LOG_BYTES_AN_INVOCATION, LOG_BYTES_A_WRITE = 900, 80
TRACED_SHARE, TRACED_A_SECOND = 0.05, 1
SECONDS_A_MONTH, HOURS_A_MONTH = 2_628_000, 730
# Lambda polls a queue five times in twenty seconds, even if it is empty.
IDLE_POLLS_A_MONTH = 5 * SECONDS_A_MONTH // 20
METRICS = 24
# A subscriber polls one feed once an hour; HEADER_BYTES is the size of a response without its body.
POLLS_A_DAY, DAYS_A_MONTH = 24, 365 / 12
HEADER_BYTES = 400
EDGE_FUNCTIONS = 2
# Each regional cache of CloudFront reads a document from S3 at most once a minute.
REGIONAL_CACHES, MINUTES_A_MONTH = 13, SECONDS_A_MONTH / 60
MONTHS_STORED = 12
_GB = 1024**3

Bill = dict[str, float]


class Stack(NamedTuple):
    """The settings of the template that determine costs; memory is in MB."""

    ingest_memory: int
    publish_memory: int
    queues: int
    alarms: int
    dashboards: int


class Month(NamedTuple):
    """The load of a site in a month."""

    revisions: int
    topics: int
    readers: int


def bill(measured: Measured, stack: Stack) -> Bill:
    """Return the cost of a revision by item of the bill."""
    usage = measured.usage
    calls: Counter[str] = usage.ingest + usage.publish
    invocations = calls[INGESTS] + calls[PUBLISHES]
    notifications = calls["s3.ListObjectVersions"] / 2  # of the event, and of its erasures
    requests = notifications + 2 * max(calls[INGESTS], notifications / MESSAGES_A_CALL)
    logged = LOG_BYTES_AN_INVOCATION * invocations + LOG_BYTES_A_WRITE * (
        calls["dynamodb.PutItem"] + calls["s3.PutObject"]
    )
    total = {
        "S3 writes": _s3(calls, prices.S3_WRITE),
        "S3 reads": _s3(calls, prices.S3_READ),
        "ledger writes": calls[WRITE_UNITS] * prices.WRITE_UNIT,
        "ledger reads": calls[READ_UNITS] * prices.READ_UNIT,
        "functions": gb_seconds(usage, stack) * prices.GB_SECOND + invocations * prices.INVOCATION,
        "queue": requests * prices.SQS_REQUEST,
        "logs": logged / _GB * prices.LOG_GB,
    }
    return {name: amount / measured.revisions for name, amount in total.items()}


def gb_seconds(usage: Usage, stack: Stack) -> float:
    """Estimate the GB-seconds of the functions, for waiting and for computing."""
    waits = _waited(usage.ingest) * stack.ingest_memory + _waited(usage.publish) * (
        stack.publish_memory
    )
    # Lambda gives processor time in proportion to memory, so computing costs the same at any size.
    computes = PROCESSOR_MS * usage.total("s3.HeadObject") * MEMORY_OF_A_PROCESSOR
    return (waits + computes) / 1024 / 1000


def _waited(calls: Counter[str]) -> float:
    """Return milliseconds."""
    return sum(
        calls[name] * latency / (S3_AT_ONCE if name.startswith("s3.") else 1)
        for name, latency in LATENCY.items()
    )


def _s3(calls: Counter[str], price: float) -> float:
    return sum(calls[name] * each for name, each in prices.S3_CALLS.items() if each == price)


def mixed(measured: Mapping[Kind, Measured], stack: Stack) -> Bill:
    """Return the average cost of a revision."""
    total: Counter[str] = Counter()
    for kind, share in SHARES.items():
        for name, amount in bill(measured[kind], stack).items():
            total[name] += amount * share  # type: ignore[assignment]  # a Counter adds floats too
    return dict(total)


def revisions_bill(each: Bill, revisions: int, invocations: float) -> Bill:
    """Return the cost of the revisions of a month. Traces are sampled, so they are not a sum."""
    month = {name: amount * revisions for name, amount in each.items()}
    return month | {"traces": _traces(invocations * revisions) * prices.TRACE}


def invocations_of(measured: Mapping[Kind, Measured]) -> float:
    """Return the average number of invocations per revision."""
    return sum(
        share
        * (measured[kind].usage.total(INGESTS) + measured[kind].usage.total(PUBLISHES))
        / measured[kind].revisions
        for kind, share in SHARES.items()
    )


def _traces(invocations: float) -> float:
    """Return the number of traces: X-Ray takes the first of each second and a share of the rest."""
    first = min(invocations, TRACED_A_SECOND * SECONDS_A_MONTH)
    return first + (invocations - first) * TRACED_SHARE


def standing_bill(stack: Stack) -> Bill:
    """Return the cost of a month without any revision."""
    return {
        "alarms, metrics, dashboard": stack.alarms * prices.ALARM_MONTH
        + METRICS * prices.METRIC_MONTH
        + stack.dashboards * prices.DASHBOARD_MONTH,
        "idle queues": stack.queues * IDLE_POLLS_A_MONTH * prices.SQS_REQUEST,
    }


def storage_bill(measures: Measures, month: Month) -> Bill:
    """Return the monthly storage cost of the events of a year."""
    events = month.revisions * SHARES[Kind.PUBLICATION] * MONTHS_STORED
    site, ledger = measures.site_bytes_an_event, measures.ledger_bytes_an_event
    return {
        "site kept": events * site / _GB * prices.S3_GB_MONTH,
        "ledger kept": events * ledger / _GB * prices.LEDGER_GB_MONTH,
    }


def readers_bill(measures: Measures, month: Month) -> Bill:
    """Return the cost of feed readers. Most of their polls get 304."""
    polls = month.readers * POLLS_A_DAY * DAYS_A_MONTH
    full = polls * changed_share(month)
    sent = (polls * HEADER_BYTES + full * measures.feed_bytes) / _GB
    asked = min(polls, month.topics * REGIONAL_CACHES * MINUTES_A_MONTH)
    return {
        "CloudFront requests": polls * (prices.REQUEST + EDGE_FUNCTIONS * prices.EDGE_FUNCTION),
        "CloudFront transfer": prices.transfer_price(sent),
        "S3 asked by CloudFront": asked * prices.S3_READ,
    }


def changed_share(month: Month) -> float:
    """Return the probability that a feed has changed since the last poll of a reader."""
    changes_an_hour = month.revisions * TOPICS_AN_EVENT / month.topics / HOURS_A_MONTH
    return 1 - exp(-changes_an_hour * 24 / POLLS_A_DAY)
