import pytest
from pydantic import ValidationError

from gazette.runtime import bootstrap


@pytest.mark.parametrize("service", [bootstrap.ingestor, bootstrap.publisher])
def test_a_function_without_its_settings_says_which_are_missing(
    service: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SOURCE_BUCKET", "LEDGER_TABLE", "SITE_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    bootstrap.forget()
    assert callable(service)
    with pytest.raises(ValidationError, match="SOURCE_BUCKET\n  Field required"):
        service()
