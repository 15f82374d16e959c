"""A burst on ministack: the time of each event to its feed, and how far writes are coalesced.

A feed shows the newest events, so one of hundreds may move to an archive document between two
polls. So the site bucket is versioned during the run, and all states of a document can be read
afterwards with their times (in milliseconds). An event is visible from the first state of its topic
feed, or of an archive document of it, that lists the event. A page is visible from its first state.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from gazette.models import paths
from gazette.models.contract import identity
from gazette.models.contract.parsing import parse_document
from gazette.models.identifiers.slugs import topic_slug
from gazette.models.ledger.partitions import topic_partition
from gazette.projections.history.entries import preferred_path
from gazette_cli.demo.samples import Write
from gazette_cli.demo.wait_until_published import event_tag
from gazette_cli.emulators.ministack import MinistackError
from gazette_cli.emulators.stack import STACK_NAME, Stack
from tests.bench.deployed import holding_the_stream, session
from tests.bench.lag import TOPICS, new_event

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectVersionTypeDef

_WRITERS = 16
# A running batch takes less than _QUIET_SECONDS.
_POLL_SECONDS, _QUIET_SECONDS, _MOST_SECONDS = 3.0, 20.0, 1800.0
_FEED = re.compile(r"/(feed|archive/[^/]+)\.json$")
GROUPS = ("ingest-event", "publish-changes")


class _Logs(Protocol):
    """The used part of the CloudWatch Logs client, whose types are not installed."""

    def filter_log_events(self, **asked: object) -> Mapping[str, Any]: ...


class Burst(NamedTuple):
    """Seconds from the write of each event to its ``feeds`` entry and its ``pages`` document.

    ``ahead`` has the seconds in which a feed linked to a missing page, ``writing`` the seconds to
    write all events, ``puts`` the number of PUTs of each topic feed in one format, and
    ``invocations`` the number of invocations of each function.
    """

    writing: float
    feeds: list[float]
    pages: list[float]
    ahead: list[float]
    puts: list[int]
    invocations: Mapping[str, int]


@dataclass
class Appearances:
    """The time at which a topic feed first listed each event. Each state is read once."""

    stack: Stack
    began: float
    first: dict[str, float] = field(default_factory=dict)
    puts: Counter[str] = field(default_factory=Counter)
    _read: set[str] = field(default_factory=set)

    def read_new_states(self) -> None:
        """Read the states that were written since the last call."""
        for topic in TOPICS:
            folder = paths.timeline_folder(topic_partition(topic_slug(topic)))
            for version in versions(self.stack, folder):
                if _FEED.search(version["Key"]) and version["VersionId"] not in self._read:
                    self._read.add(version["VersionId"])
                    self._note(version)

    def _note(self, version: "ObjectVersionTypeDef") -> None:
        stored = version["LastModified"].timestamp()
        if stored < self.began:
            return
        if version["Key"].endswith("/feed.json"):
            self.puts[version["Key"]] += 1
        answer = self.stack.s3.get_object(
            Bucket=self.stack.site_bucket, Key=version["Key"], VersionId=version["VersionId"]
        )
        for item in json.loads(answer["Body"].read())["items"]:
            self.first[item["id"]] = min(stored, self.first.get(item["id"], stored))


def keep_states(stack: Stack) -> None:
    """Enable versioning of the site bucket."""
    stack.s3.put_bucket_versioning(
        Bucket=stack.site_bucket, VersioningConfiguration={"Status": "Enabled"}
    )


def burst(stack: Stack, first: int, events: int, *, held: bool) -> Burst:
    """Write events as fast as the emulator takes them, and wait until all are published.

    ministack passes at most ten keys to ingest and publishes them before the next ones. With
    ``held`` the stream waits until all keys are ingested. Then batches are as large as the template
    allows, as on AWS, where ingest does not wait for publishing.

    Raises:
        MinistackError: an event has not appeared within half an hour.
    """
    began = time.time()
    writes = [new_event(number) for number in range(first, first + events)]
    with holding_the_stream(stack) if held else nullcontext():
        written = _write_all(stack, writes)
        writing = max(written.values()) - began
        if held:
            _wait_for_ingest(stack)
    seen = Appearances(stack, began)
    _wait_for_entries(seen, {_tag(write) for write in writes})
    pages = _wait_for_pages(stack, {_page(write) for write in writes}, began)
    _wait_for_the_stream(stack)
    seen.read_new_states()
    return Burst(
        writing,
        [seen.first[_tag(write)] - written[write.key] for write in writes],
        [pages[_page(write)] - written[write.key] for write in writes],
        [max(0, pages[_page(write)] - seen.first[_tag(write)]) for write in writes],
        list(seen.puts.values()),
        {group: _invocations(stack, group, began) for group in GROUPS},
    )


def versions(stack: Stack, prefix: str) -> Iterator["ObjectVersionTypeDef"]:
    """Yield all states of the documents under a prefix."""
    pages = stack.s3.get_paginator("list_object_versions").paginate(
        Bucket=stack.site_bucket, Prefix=prefix
    )
    for page in pages:
        yield from page.get("Versions", [])


def _write_all(stack: Stack, writes: list[Write]) -> dict[str, float]:
    """Write all events and return the start time of each write."""

    def write(one: Write) -> tuple[str, float]:
        at = time.time()
        stack.write(*one)
        return one.key, at

    with ThreadPoolExecutor(_WRITERS) as pool:
        return dict(pool.map(write, writes))


def _wait_for_ingest(stack: Stack) -> None:
    """Wait until the ingest queue has no messages, visible or hidden."""
    while True:
        found = stack.sqs.get_queue_attributes(
            QueueUrl=stack.outputs["IngestQueueUrl"],
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )
        if not any(int(many) for many in found["Attributes"].values()):
            return
        stack.ministack.check()
        time.sleep(0.2)


def _wait_for_the_stream(stack: Stack) -> None:
    """Wait until publishing is idle: it updates neighbour pages last."""
    while _invocations(stack, GROUPS[1], time.time() - _QUIET_SECONDS):
        stack.ministack.check()
        time.sleep(_POLL_SECONDS)


def _wait_for_entries(seen: Appearances, tags: set[str]) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    while tags - seen.first.keys():
        time.sleep(_POLL_SECONDS)
        seen.read_new_states()
        _check_deadline(seen.stack, deadline, len(tags - seen.first.keys()))


def _wait_for_pages(stack: Stack, expected: set[str], began: float) -> dict[str, float]:
    """Wait for all pages and return the time at which each was first stored."""
    deadline = time.monotonic() + _MOST_SECONDS
    while True:
        first: dict[str, float] = {}
        for version in versions(stack, "news/"):
            stored = version["LastModified"].timestamp()
            if stored >= began:
                first[version["Key"]] = min(stored, first.get(version["Key"], stored))
        if expected <= first.keys():
            return first
        _check_deadline(stack, deadline, len(expected - first.keys()))
        time.sleep(_POLL_SECONDS)


def _check_deadline(stack: Stack, deadline: float, missing: int) -> None:
    stack.ministack.check()
    if time.monotonic() > deadline:
        raise MinistackError(f"{missing} are missing after {_MOST_SECONDS:.0f} s")


def _invocations(stack: Stack, group: str, began: float) -> int:
    """Count the invocations of a function in its log."""
    logs: _Logs = session().client("logs", endpoint_url=stack.ministack.endpoint)
    asked: dict[str, object] = {
        "logGroupName": f"/aws/lambda/{STACK_NAME}-{group}",
        "startTime": round(began * 1000),
    }
    found = 0
    while True:
        page = logs.filter_log_events(**asked)
        for line in page["events"]:
            found += int(line["message"].startswith("START RequestId"))
        if "nextToken" not in page:
            return found
        asked["nextToken"] = page["nextToken"]


def _tag(write: Write) -> str:
    return event_tag(identity.event_id(write.key))


def _page(write: Write) -> str:
    return f"{preferred_path(parse_document(write.body or b''))}.html"
