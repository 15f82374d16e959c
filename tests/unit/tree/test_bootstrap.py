import time

import pytest
from pydantic import ValidationError

from gazette.runtime.bootstrap.announce import index_now_publisher, websub_publisher
from gazette.runtime.bootstrap.hub import (
    fan_out,
    feed_deliverer,
    subscription_acceptor,
    subscription_verifier,
    webhook_deliverer,
    webhook_fan_out,
)
from gazette.runtime.bootstrap.ingest import ingestor
from gazette.runtime.bootstrap.once import forget
from gazette.runtime.bootstrap.publish import hub_ping_planner, page_news_planner, site_writer
from gazette.runtime.bootstrap.reconcile import reconciler
from gazette.runtime.bootstrap.schedules import expirer, releaser
from gazette.store.dynamodb import DynamoLedger
from tests.emulators.moto_engine import function_environment
from tests.unit.publish.worlds import SITE

SETTINGS = (
    *("SOURCE_BUCKET", "LEDGER_TABLE", "SITE_BUCKET", "TOMBSTONE_DAYS", "MOST_RECEIVES"),
    "INGEST_QUEUE_URL",
)


@pytest.mark.parametrize(
    ("service", "missing"),
    [
        (ingestor, "SOURCE_BUCKET"),
        (site_writer, "SOURCE_BUCKET"),
        (site_writer, "TOMBSTONE_DAYS"),
        (expirer, "LEDGER_TABLE"),
        (expirer, "TOMBSTONE_DAYS"),
        (releaser, "LEDGER_TABLE"),
        (releaser, "INGEST_QUEUE_URL"),
        (reconciler, "SITE_BUCKET"),
        (hub_ping_planner, "SITE_BUCKET"),
        (page_news_planner, "SITE_BUCKET"),
        (websub_publisher, "MOST_RECEIVES"),
        (index_now_publisher, "MOST_RECEIVES"),
        (subscription_acceptor, "SITE_BUCKET"),
        (subscription_verifier, "MOST_RECEIVES"),
        (fan_out, "MOST_RECEIVES"),
        (feed_deliverer, "SITE_BUCKET"),
        (webhook_fan_out, "MOST_RECEIVES"),
        (webhook_deliverer, "MOST_RECEIVES"),
    ],
)
def test_a_function_without_its_settings_says_which_are_missing(
    service: object, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    forget()
    assert callable(service)
    with pytest.raises(ValidationError, match=f"{missing}\n  Field required"):
        service()


def test_a_reconciler_waits_for_a_busy_table(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in function_environment(SITE).items():
        monkeypatch.setenv(name, value)
    forget()
    ledger = reconciler().source.ledger
    forget()
    assert isinstance(ledger, DynamoLedger)
    assert ledger._sleep is time.sleep
