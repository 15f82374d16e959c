"""Racers: processes with the services and adapters of a Lambda function."""

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from multiprocessing.synchronize import Barrier, Event
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import boto3

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.product import FEED_ENTRIES
from gazette.ports import ConflictError
from gazette.runtime.bootstrap.clients import s3, session
from gazette.runtime.bootstrap.ingest import ingestor
from gazette.runtime.bootstrap.once import forget
from gazette.runtime.bootstrap.publish import site_writer
from gazette.runtime.bootstrap.reconcile import reconciler
from tests.emulators.stream_reader import StreamReader
from tests.races.ground import Ground, root_environment
from tests.unit.publish.worlds import MORNING, SITE

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

    from botocore.awsrequest import AWSResponse
    from mypy_boto3_s3 import S3Client

    from gazette.models.tasks.reports import IngestReport, PublishReport
    from gazette.services.ingest.ingest import Ingestor
    from gazette.services.publish.site_writer import SiteWriter
    from gazette.services.reconcile.reconcile import Reconciler

LANES = 10
MOST = LANES + 3
SECONDS = 60
REFUSED = "ConditionalCheckFailedException"
REFUSALS = {REFUSED, "409", "412"}


class Signals(NamedTuple):
    """The signals to racers: begin, all is written, end; and how often a lane had work."""

    starts: Mapping[int, Barrier]
    written: Event
    over: Event
    worked: "Synchronized[int]"


class Outcome(NamedTuple):
    """The counts of a racer's work, and of refused requests by status or code."""

    done: Counter[str]
    met: Counter[str]


@dataclass
class Racer:
    """The clients and services of a process, which it keeps while it stays on the same ground."""

    ground: Ground
    signals: Signals
    s3: "S3Client"
    stream: StreamReader
    done: Counter[str] = field(default_factory=Counter)
    writers: "dict[int, SiteWriter]" = field(default_factory=dict)

    @property
    def ingestor(self) -> "Ingestor":
        return ingestor()

    def site_writer(self, entries: int = FEED_ENTRIES) -> "SiteWriter":
        """Return the writer of a site whose feeds have so many entries."""
        writer = site_writer(morning)
        if entries == FEED_ENTRIES:
            return writer
        if entries not in self.writers:
            from gazette.runtime.builders import make_builders, make_finders  # noqa: PLC0415

            site = dataclasses.replace(SITE, feed_entries=entries)
            ledger = ingestor().ledger
            source = S3SourceArchive(self.s3, self.ground.source_bucket)
            self.writers[entries] = dataclasses.replace(
                writer,
                builders=make_builders(site, ledger, source, morning),
                finders=make_finders(site, ledger),
            )
        return self.writers[entries]

    @property
    def reconciler(self) -> "Reconciler":
        return reconciler(morning)

    def note(self, report: "IngestReport | PublishReport") -> bool:
        """Return whether work was given up because of conflicts; raise any other error."""
        for failure in report.failed:
            if not isinstance(failure.error, ConflictError):
                raise failure.error
            self.done["given up"] += 1
        return bool(report.failed)


Lap: TypeAlias = Callable[[Racer], None]
_signals: list[Signals] = []
_met: Counter[str] = Counter()
_lock = Lock()


def enter(signals: Signals, endpoint_url: str) -> None:
    """Begin a process."""
    _signals.append(signals)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(root_environment(endpoint_url))


def run(ground: Ground, parties: int, lap: Lap) -> Outcome:
    """Run a lap as soon as all racers of the race are ready."""
    racer = _racer(ground)
    racer.done.clear()
    _met.clear()
    racer.signals.starts[parties].wait(SECONDS)
    lap(racer)
    return Outcome(Counter(racer.done), Counter(_met))


def morning() -> datetime:
    return MORNING


@lru_cache(maxsize=1)
def _racer(ground: Ground) -> Racer:
    os.environ.update(ground.environment())
    forget()
    session().get_component("event_emitter").register("after-call", _count_refusal)
    stream = StreamReader(boto3.Session(), ground.stream_arn)
    return Racer(ground, _signals[0], s3(), stream)


def _count_refusal(http_response: "AWSResponse", parsed: Mapping[str, Any], **_: object) -> None:
    """Count a refusal; several threads may call this at the same time."""
    if http_response.status_code in {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}:
        code = str(http_response.status_code)
    else:
        code = parsed.get("Error", {}).get("Code", "")
    if code in REFUSALS:
        with _lock:
            _met[code] += 1
