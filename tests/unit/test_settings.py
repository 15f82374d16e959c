import pytest
from pydantic import ValidationError

from gazette.runtime.settings import (
    read_expiry_settings,
    read_hub_ping_settings,
    read_hub_settings,
    read_publish_settings,
    read_settings,
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


def test_ingest_needs_a_bucket_and_a_table_and_nothing_of_the_site() -> None:
    settings = read_settings({"SOURCE_BUCKET": "source", "LEDGER_TABLE": "ledger"})
    assert (settings.source_bucket, settings.ledger_table) == ("source", "ledger")


def test_the_site_is_made_from_the_environment() -> None:
    settings = read_publish_settings(ENVIRONMENT | {"DELIVERY_WORKERS": "3"})
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
    assert read_publish_settings(ENVIRONMENT | {"SITE_HUBS": text}).site().hubs == hubs
    assert read_publish_settings(ENVIRONMENT).site().hubs == ()


def test_announcing_needs_a_queue_and_telling_hubs_another() -> None:
    announcing = read_hub_ping_settings({"ANNOUNCE_QUEUE_URL": "queue"})
    assert announcing.queue_url == "queue"
    environment = {"ANNOUNCE_DEAD_LETTER_QUEUE_URL": "kept", "MOST_RECEIVES": "6"}
    telling = read_hub_settings(environment)
    assert (telling.dead_letter_url, telling.most_receives) == ("kept", 6)


def test_expiry_needs_a_table_and_how_long_to_wait() -> None:
    settings = read_expiry_settings({"LEDGER_TABLE": "ledger", "TOMBSTONE_DAYS": "14"})
    assert (settings.ledger_table, settings.tombstone_days) == ("ledger", 14)


@pytest.mark.parametrize("name", sorted(ENVIRONMENT.keys() - {"PATH"}))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(ValidationError, match=f"{name}\n  Field required"):
        read_publish_settings({key: text for key, text in ENVIRONMENT.items() if key != name})


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
def test_what_is_wrong_is_named(name: str, text: str) -> None:
    with pytest.raises(ValidationError, match=name):
        read_publish_settings(ENVIRONMENT | {name: text})
