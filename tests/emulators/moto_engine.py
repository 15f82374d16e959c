"""The moto engine: the AWS adapters over a mocked AWS, wired as in the template."""

import json
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from gazette.models.branding.site_settings import settings_of, texts_of, variable_of
from gazette.models.contract.identity import ERASURES, EVENTS, why_ignored
from gazette.models.site import Site
from gazette.models.tasks.messages import Notification
from gazette.ports import Ledger
from gazette.runtime.bootstrap.clients import session
from gazette.runtime.bootstrap.ingest import ingestor
from gazette.runtime.bootstrap.once import forget
from gazette.runtime.bootstrap.publish import site_writer
from gazette.runtime.bootstrap.schedules import expirer, releaser
from gazette.runtime.triggers import batch_response, read_notifications, read_stream
from gazette.services.ingest.batch import failed_notifications, ingest_batch
from gazette.services.publish.batch import failed_records, publish_batch
from gazette_cli.emulators.template import load_template, queue_wiring, stream_wiring
from gazette_cli.engines.acts import Act, Pause, Versioning, WriteLog
from gazette_cli.engines.engine import ChangeClock, EngineError, RunReport
from gazette_cli.engines.source_bucket import do_to
from tests.emulators.lambda_pollers import QueuePoller, StreamPoller
from tests.emulators.moto_shortcuts import shorten_queries
from tests.emulators.moto_stack import (
    DELIVERIES,
    HUB_DEAD_LETTERS,
    HUB_PING_DEAD_LETTERS,
    HUB_PINGS,
    INGEST,
    INGEST_DEAD_LETTERS,
    INVALIDATION_DEAD_LETTERS,
    INVALIDATIONS,
    LEDGER,
    NEWS,
    PUBLISH_DEAD_LETTERS,
    PUBLISH_RETRIES,
    REGION,
    REQUESTS,
    SITE_BUCKET,
    SOURCE_BUCKET,
    SUBSCRIPTIONS,
    create_stack,
    queue_url,
)
from tests.emulators.stream_reader import StreamReader

if TYPE_CHECKING:
    from botocore.model import OperationModel


class MotoEngine:
    """An `Engine` on moto. `close` copies the site bucket into a folder."""

    def __init__(self, site: Site, out: Path) -> None:
        self.calls: Counter[str] = Counter()
        self._clock = ChangeClock()
        self._writes = WriteLog()
        self.report = RunReport()
        self._unnotified: dict[str, None] = {}
        self._out = out
        self._mock = mock_aws()
        self._mock.start()
        self._environment = dict(os.environ)
        os.environ.update(function_environment(site))
        template = load_template()
        self._stack = create_stack(template)
        shorten_queries(REGION, LEDGER)
        self._count_calls()
        self._queue = QueuePoller(
            self._stack.sqs,
            self._stack.queue_url,
            queue_wiring(template, "IngestEventFunction"),
            self._ingest,
        )
        self._lanes = [
            StreamPoller(
                StreamReader(boto3.Session(region_name=REGION), self._stack.stream_arn).read,
                stream_wiring(template, function),
                self._publish,
                self._give_up,
            )
            for function in ("PublishChangesFunction", "PublishLaterFunction")
        ]

    @property
    def ledger(self) -> Ledger:
        return releaser().ledger

    def apply(self, act: Act) -> None:
        self._clock.move(act.at)
        do_to(self._stack, self._writes, act)
        key = "" if isinstance(act, Pause | Versioning) else act.key
        if why_ignored(key) and not key.startswith((EVENTS, ERASURES)):
            self._unnotified[key] = None

    def settle(self) -> None:
        now, catch_up = self._clock.now(), self._clock.since_settled()
        start = time.perf_counter()
        self._queue.drain()
        # What is due now is found only after the notifications that came before are ingested.
        releaser().release(now, catch_up).raise_failures()
        self._queue.drain()
        self._ingest_unnotified()
        self.report.add_seconds("ingest", time.perf_counter() - start)
        start = time.perf_counter()
        self._drain_lanes()
        expirer().expire(now, catch_up)
        self._drain_lanes()
        self.report.add_seconds("publish", time.perf_counter() - start)

    def _drain_lanes(self) -> None:
        """Publish until neither lane of the stream has a record left."""
        while sum(lane.drain() for lane in self._lanes):
            pass

    def _ingest_unnotified(self) -> None:
        """Report the objects that S3 sends no notification about, as the nightly run does."""
        keys, self._unnotified = list(self._unnotified), {}
        notifications = [Notification(key, (key,)) for key in keys]
        self.report.add_ingest(ingest_batch(ingestor(self._clock.now), notifications))

    def close(self) -> None:
        """Copy the site into its folder and restore the environment of the process."""
        try:
            self._write_site()
        finally:
            os.environ.clear()
            os.environ.update(self._environment)
            forget()
            self._mock.stop()

    def _count_calls(self) -> None:
        # The functions take their clients from this session; those of the stack are not counted.
        forget()
        session().get_component("event_emitter").register("before-call", self._count)

    def _count(self, model: "OperationModel", **_: object) -> None:
        self.calls[f"{model.service_model.service_name}.{model.name}"] += 1

    def _ingest(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        messages = read_notifications(event)
        report = ingest_batch(ingestor(self._clock.now), messages)
        self.report.add_ingest(report)
        failed = failed_notifications(messages, report)
        return batch_response([message.identifier for message, _ in failed])

    def _publish(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        records = read_stream(event)
        report = publish_batch(site_writer(self._clock.now), records)
        self.report.add_publish(report)
        return batch_response(failed_records(records, report))

    def _give_up(self, records: Sequence[Mapping[str, Any]]) -> None:
        key = records[0]["dynamodb"]["Keys"]
        raise EngineError(f"could not publish {json.dumps(key)}")

    def _write_site(self) -> None:
        for page in self._stack.s3.get_paginator("list_objects_v2").paginate(Bucket=SITE_BUCKET):
            for item in page.get("Contents", []):
                body = self._stack.s3.get_object(Bucket=SITE_BUCKET, Key=item["Key"])["Body"]
                file = self._out / item["Key"]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body.read())


def hub_environment(hub: str) -> dict[str, str]:
    """Return the variables that the functions have in a stack with a hub of its own."""
    return {
        "HUB_URL": hub,
        "SUBSCRIPTIONS_TABLE": SUBSCRIPTIONS,
        "VERIFY_QUEUE_URL": queue_url(REQUESTS),
        "FAN_OUT_QUEUE_URL": queue_url(NEWS),
        "DELIVER_QUEUE_URL": queue_url(DELIVERIES),
        "HUB_DEAD_LETTER_QUEUE_URL": queue_url(HUB_DEAD_LETTERS),
    }


def function_environment(site: Site) -> dict[str, str]:
    """Return the environment variables of the functions; moto takes any credentials."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        # Otherwise boto3 puts the account into the endpoint of a stream, which moto does not mock.
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "SOURCE_BUCKET": SOURCE_BUCKET,
        "SITE_BUCKET": SITE_BUCKET,
        "LEDGER_TABLE": LEDGER,
        **{variable_of(name): text for name, text in texts_of(settings_of(site)).items()},
        # moto loses updates when two threads call it at the same time.
        "DELIVERY_WORKERS": "1",
        "INGEST_QUEUE_URL": queue_url(INGEST),
        "INGEST_DEAD_LETTER_QUEUE_URL": queue_url(INGEST_DEAD_LETTERS),
        "MOST_RECEIVES": "5",
        "PUBLISH_RETRY_QUEUE_URL": queue_url(PUBLISH_RETRIES),
        "PUBLISH_DEAD_LETTER_QUEUE_URL": queue_url(PUBLISH_DEAD_LETTERS),
        "ANNOUNCE_QUEUE_URL": queue_url(HUB_PINGS),
        "ANNOUNCE_DEAD_LETTER_QUEUE_URL": queue_url(HUB_PING_DEAD_LETTERS),
        "INDEX_NOW_URL": "https://index.example/indexnow",
        "INDEX_NOW_KEY": site.index_now_key,
        "INVALIDATE_QUEUE_URL": queue_url(INVALIDATIONS),
        "INVALIDATE_DEAD_LETTER_QUEUE_URL": queue_url(INVALIDATION_DEAD_LETTERS),
        "DISTRIBUTION_ID": "EDFDVBD6EXAMPLE",
        # Retries do not wait.
        "RETRY_SECONDS": "0",
    }
