import pytest
from pydantic import ValidationError

from gazette.runtime import bootstrap

SETTINGS = ("SOURCE_BUCKET", "LEDGER_TABLE", "SITE_BUCKET", "TOMBSTONE_DAYS")


@pytest.mark.parametrize(
    ("service", "missing"),
    [
        (bootstrap.ingestor, "SOURCE_BUCKET"),
        (bootstrap.publisher, "SOURCE_BUCKET"),
        (bootstrap.publisher, "TOMBSTONE_DAYS"),
        (bootstrap.expirer, "LEDGER_TABLE"),
        (bootstrap.expirer, "TOMBSTONE_DAYS"),
        (bootstrap.reconciler, "SITE_BUCKET"),
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
