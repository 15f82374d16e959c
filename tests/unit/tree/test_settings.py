import pytest
from pydantic import ValidationError

from gazette.runtime.settings import (
    ExpirySettings,
    HubPingSettings,
    IngestSettings,
    PublishSettings,
    WebSubSettings,
    read,
)

ENVIRONMENT = {
    "SOURCE_BUCKET": "source",
    "LEDGER_TABLE": "ledger",
    "SITE_BUCKET": "site",
    "SITE_URL": "https://gazette.example/archive/",
    "TAG_AUTHORITY": "gazette.example,2026",
    "SITE_TITLE": "Gazette",
    "SITE_DESCRIPTION": "Events.",
    "SITE_AUTHOR": "The editors",
    "SITE_LANGUAGE": "en",
    "TOMBSTONE_DAYS": "14",
    "PATH": "/usr/bin",
}


def test_ingest_needs_no_setting_of_the_site_but_the_name_in_its_ids() -> None:
    """A guid must not be an id that the site gives itself."""
    names = ("SOURCE_BUCKET", "LEDGER_TABLE", "TAG_AUTHORITY")
    settings = read(IngestSettings, {name: ENVIRONMENT[name] for name in names})
    assert (settings.source_bucket, settings.ledger_table) == ("source", "ledger")
    assert settings.tag_authority == "gazette.example,2026"


def test_the_site_is_read_from_the_environment() -> None:
    settings = read(PublishSettings, ENVIRONMENT | {"DELIVERY_WORKERS": "3"})
    site = settings.site()
    assert (settings.site_bucket, settings.workers) == ("site", 3)
    assert site.base_url == "https://gazette.example/archive"
    assert site.tag_authority == "gazette.example,2026"
    assert (site.title, site.description) == ("Gazette", "Events.")
    assert (site.author, site.language) == ("The editors", "en")
    assert site.tombstone_days == 14


@pytest.mark.parametrize(
    ("text", "hubs"),
    [
        ("", ()),
        ("https://hub.example/", ("https://hub.example/",)),
        ("https://a.example,https://b.example/x", ("https://a.example", "https://b.example/x")),
        (" https://a.example , https://a.example,", ("https://a.example",)),
    ],
)
def test_hubs_are_separated_by_commas(text: str, hubs: tuple[str, ...]) -> None:
    assert read(PublishSettings, ENVIRONMENT | {"SITE_HUBS": text}).site().hubs == hubs
    assert read(PublishSettings, ENVIRONMENT).site().hubs == ()


def test_planning_and_sending_hub_pings_use_different_queues() -> None:
    planning = read(HubPingSettings, {"ANNOUNCE_QUEUE_URL": "queue"})
    assert planning.queue_url == "queue"
    environment = {"ANNOUNCE_DEAD_LETTER_QUEUE_URL": "dead-letters", "MOST_RECEIVES": "6"}
    sending = read(WebSubSettings, environment)
    assert (sending.dead_letter_url, sending.most_receives) == ("dead-letters", 6)


def test_expiry_needs_the_table_and_the_tombstone_days() -> None:
    settings = read(ExpirySettings, {"LEDGER_TABLE": "ledger", "TOMBSTONE_DAYS": "14"})
    assert (settings.ledger_table, settings.tombstone_days) == ("ledger", 14)


@pytest.mark.parametrize("name", sorted(ENVIRONMENT.keys() - {"PATH"}))
def test_an_error_names_the_missing_variable(name: str) -> None:
    with pytest.raises(ValidationError, match=f"{name}\n  Field required"):
        read(PublishSettings, {key: text for key, text in ENVIRONMENT.items() if key != name})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SITE_URL", "gazette.example"),
        ("SITE_URL", "https://gazette.example/?a"),
        ("SITE_URL", "ftp://gazette.example"),
        ("TAG_AUTHORITY", "gazette.example"),
        ("TAG_AUTHORITY", "Gazette.example,2026"),
        ("TOMBSTONE_DAYS", "0"),
        ("DELIVERY_WORKERS", "0"),
        ("DELIVERY_WORKERS", "many"),
        ("SITE_HUBS", "hub.example"),
        ("SITE_HUBS", "https://a.example https://b.example"),
        ("SITE_HUBS", "https://a.example,ftp://b.example"),
    ],
)
def test_an_error_names_the_invalid_variable(name: str, text: str) -> None:
    with pytest.raises(ValidationError, match=name):
        read(PublishSettings, ENVIRONMENT | {name: text})
