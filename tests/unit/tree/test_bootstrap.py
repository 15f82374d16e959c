import time

import pytest
from pydantic import ValidationError

from gazette.runtime import bootstrap, hub_bootstrap
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
        (bootstrap.ingestor, "SOURCE_BUCKET"),
        (bootstrap.site_writer, "SOURCE_BUCKET"),
        (bootstrap.site_writer, "TOMBSTONE_DAYS"),
        (bootstrap.expirer, "LEDGER_TABLE"),
        (bootstrap.expirer, "TOMBSTONE_DAYS"),
        (bootstrap.releaser, "LEDGER_TABLE"),
        (bootstrap.releaser, "INGEST_QUEUE_URL"),
        (bootstrap.reconciler, "SITE_BUCKET"),
        (bootstrap.hub_ping_planner, "SITE_BUCKET"),
        (bootstrap.page_news_planner, "SITE_BUCKET"),
        (bootstrap.websub_publisher, "MOST_RECEIVES"),
        (bootstrap.index_now_publisher, "MOST_RECEIVES"),
        (hub_bootstrap.subscription_acceptor, "SITE_BUCKET"),
        (hub_bootstrap.subscription_verifier, "MOST_RECEIVES"),
        (hub_bootstrap.fan_out, "MOST_RECEIVES"),
        (hub_bootstrap.feed_deliverer, "SITE_BUCKET"),
        (hub_bootstrap.webhook_fan_out, "MOST_RECEIVES"),
        (hub_bootstrap.webhook_deliverer, "MOST_RECEIVES"),
    ],
)
def test_a_function_without_its_settings_says_which_are_missing(
    service: object, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    bootstrap.forget()
    assert callable(service)
    with pytest.raises(ValidationError, match=f"{missing}\n  Field required"):
        service()


def test_a_reconciler_waits_for_a_busy_table(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in function_environment(SITE).items():
        monkeypatch.setenv(name, value)
    bootstrap.forget()
    ledger = bootstrap.reconciler().source.ledger
    bootstrap.forget()
    assert isinstance(ledger, DynamoLedger)
    assert ledger._sleep is time.sleep
