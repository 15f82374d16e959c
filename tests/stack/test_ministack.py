"""The stack of template.yaml on ministack publishes what is written to the source bucket."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.contract import identity
from gazette.models.formats import ViewKind
from gazette.models.site import Site
from gazette_cli.emulators.ministack import Ministack, MinistackError
from gazette_cli.emulators.stack import Stack, running_stack
from gazette_cli.engines.acts import Change, Pause, Removal
from tests.stack.conftest import SITE_URL, eventually

pytestmark = pytest.mark.ministack

NOW = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
BASE_PATH = "news/2026/11/3/ferry-returns"
FEEDS = ("topics/harbour/feed", "topics/public-transport/feed", "categories/city/feed", "feed")
EVENT = {
    "title": "Ferry returns",
    "date": "2026-11-03",
    "published": "2026-11-03T08:00:00Z",
    "topics": ["Harbour", "Public Transport"],
    "category": "City",
    "body": "The night ferry sails again.",
}
SITE = Site(base_url="https://gazette.example", tag_authority="gazette.example,2026")
DOCUMENTS = (
    *SITE.paths(ViewKind.EVENT, BASE_PATH),
    *(path for feed in FEEDS for path in SITE.paths(ViewKind.FEED, feed)),
    *SITE.paths(ViewKind.DAY, "news/2026/11/3/index"),
    *(f"{folder}index.html" for folder in ("", "topics/harbour/", "news/2026/11/", "news/2026/")),
    "sitemaps/2026-11-03.xml",
    "sitemap.xml",
    "robots.txt",
    "assets/gazette.css",
    "assets/icon.svg",
    "schemas/event.json",
)


def missing(stack: Stack, documents: Sequence[str]) -> list[str]:
    return [path for path in documents if stack.read(path) is None]


def titles(stack: Stack, path: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(stack.read(path) or b"").entries]


def test_a_written_event_appears_in_every_document(stack: Stack) -> None:
    stack.write(identity.event_key("2026/11/ferry"), json.dumps(EVENT).encode())
    # The first feeds wait for functions to start; the calendar is written last.
    eventually(lambda: not missing(stack, DOCUMENTS))
    assert missing(stack, DOCUMENTS) == []
    feed = feedparser.parse(stack.read("topics/harbour/feed.rss") or b"")
    assert not feed.bozo
    assert [entry.id for entry in feed.entries] == ["tag:gazette.example,2026:event/2026/11/ferry"]
    assert feed.entries[0].link == f"{SITE_URL}/{BASE_PATH}.html"


def test_a_deleted_object_leaves_the_feeds(stack: Stack) -> None:
    event = {**EVENT, "title": "Wrong report", "topics": ["Rumours"]}
    key = identity.event_key("2026/11/rumour")
    stack.write(key, json.dumps(event).encode())
    assert eventually(lambda: titles(stack, "topics/rumours/feed.atom") == ["Wrong report"])
    stack.write(key, None)
    assert eventually(lambda: "Wrong report" not in titles(stack, "topics/rumours/feed.atom"))


def test_an_invalid_document_does_not_affect_others(stack: Stack) -> None:
    stack.write(identity.event_key("2026/11/bad"), b'{"title": ')
    event = {**EVENT, "title": "Good neighbour", "topics": ["Neighbours"]}
    stack.write(identity.event_key("2026/11/good"), json.dumps(event).encode())
    assert eventually(lambda: titles(stack, "topics/neighbours/feed.atom") == ["Good neighbour"])
    assert stack.dead_letters() == 0


def test_settings_of_the_users_own_account_do_not_reach_the_functions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    with Ministack() as ministack:
        names = {name for name in ministack._environment() if name.startswith("AWS_")}
    assert names == {"AWS_DEFAULT_REGION"}


def test_ministack_takes_another_port_if_its_own_was_taken_meanwhile() -> None:
    chosen = Ministack()
    with Ministack() as other:
        other_endpoint = other.endpoint
        chosen._port = other._port
        with chosen:
            chosen.check()
            assert chosen.endpoint != other_endpoint
        other.check()


def test_ministack_leaves_nothing_behind() -> None:
    with Ministack() as ministack:
        ministack.check()
        assert ministack._folder.exists()
    assert not ministack._folder.exists()
    with pytest.raises(MinistackError, match="ended unexpectedly"):
        ministack.check()


def test_a_stack_that_cannot_be_created_says_why(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        """
        Resources:
          Queue:
            Type: AWS::SQS::Queue
            Properties: {RedrivePolicy: {}}
        """
    )
    with (
        pytest.raises(MinistackError, match=r"Queue: .*RedrivePolicy"),
        running_stack({}, template),
    ):
        pytest.fail("such a stack cannot be")


def test_the_acts_of_a_history_are_done_to_the_source_bucket(stack: Stack) -> None:
    """Nobody is notified of this key."""
    key, archive = "histories/a.json", S3SourceArchive(stack.s3, stack.source_bucket)
    bodies: list[bytes | None] = [b"1", b"22", None, b"4444", None]
    for act in [Change(NOW, key, body) for body in bodies]:
        stack.apply(act)
    assert [version.size for version in archive.versions(key)] == [0, 4, 0, 2, 1]
    for removal, left in (((4,), [1, 2, 0, 4]), ((1, 2), [1, 4]), ((3,), [1])):
        stack.apply(Removal(NOW, key, removal))
        assert [version.size for version in archive.versions(key)] == left[::-1]
    stack.apply(Pause(NOW))
    assert stack.s3.get_object(Bucket=stack.source_bucket, Key=key)["Body"].read() == b"1"
