"""The life of a stack, in order, from `gazette deploy` to `sam delete`."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import feedparser
import pytest

from gazette.models import paths
from tests.e2e.archive import published_here
from tests.e2e.user import STACK, CommandError, User, eventually, needs_node
from tests.stack.engines import differing
from tests.stack.settling import RunningStack, etags, settled

pytestmark = [pytest.mark.ministack, needs_node]
FERRY, QUAY = "events/2026/11/ferry.json", "events/2026/11/quay.json"
DRAFT = {
    "title": "Ferry returns",
    "date": "2026-11-03",
    "topics": ["Harbour", "Public Transport"],
    "category": "City",
    "body": "The night ferry sails again.",
}
CORRECTED = {
    **DRAFT,
    "body": "The night ferry sails again, from the east quay.",
    "revision": {"kind": "correction", "note": "It sails from the east quay."},
}
REPORT = {"title": "Quay closed", "date": "2026-11-04", "topics": ["Harbour"]}
PAGE = "/news/2026/11/3/ferry-returns"
FEEDS = ("/feed", "/topics/harbour/feed", "/topics/public-transport/feed", "/categories/city/feed")
TYPES = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "application/atom+xml;type=entry; charset=utf-8",
}
FEED_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}

EXPECTED = (
    *(f"{PAGE}.{extension}" for extension in TYPES),
    *(f"{feed}.{extension}" for feed in FEEDS for extension in FEED_TYPES),
    "/sitemap.xml",
)


def kinds(user: User, feed: str = "/topics/harbour/feed.json") -> dict[str, str]:
    """Return the kinds of the entries of a feed by title."""
    answer = user.site.get(feed)
    listed = json.loads(answer.body)["items"] if answer.status == HTTPStatus.OK else []
    return {item["title"]: item["_gazette"]["kind"] for item in listed}


def titles(user: User, feed: str) -> list[str]:
    answer = user.site.get(feed)
    if answer.status != HTTPStatus.OK:
        return []
    read = feedparser.parse(answer.body)
    assert not read.bozo
    return [entry.title for entry in read.entries]


def is_there(user: User, path: str) -> bool:
    return user.site.get(path).status == HTTPStatus.OK


def failures(user: User) -> Mapping[str, list[dict[str, object]]]:
    listed: Mapping[str, list[dict[str, object]]] = json.loads(user.gazette("failures", "--json"))
    return listed


def differing_by_hand(user: User) -> Mapping[str, object]:
    """Return what `gazette drift` lists, with the settings that the stack was deployed with."""
    settings = str(user.home / "gazette.toml")
    shape: Mapping[str, object] = json.loads(user.gazette("drift", "--json", "--config", settings))
    return shape


def test_a_stack_that_was_just_deployed_is_as_its_template_says(user: User) -> None:
    assert differing_by_hand(user) == {"resources": [], "settings": []}


def test_an_event_is_published_in_every_format(user: User) -> None:
    """SPEC H2."""
    user.put(FERRY, DRAFT)
    assert eventually(lambda: all(is_there(user, path) for path in EXPECTED))
    for extension, media_type in TYPES.items():
        answer = user.site.get(f"{PAGE}.{extension}")
        assert (answer.status, answer.headers["Content-Type"]) == (HTTPStatus.OK, media_type)
    for feed in FEEDS:
        for extension, media_type in FEED_TYPES.items():
            answer = user.site.get(f"{feed}.{extension}", Origin="https://reader.example")
            assert (answer.status, answer.headers["Content-Type"]) == (HTTPStatus.OK, media_type)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_parser_reads_the_feeds(user: User, feed: str) -> None:
    for extension in ("rss", "atom"):
        read = feedparser.parse(user.site.get(f"{feed}.{extension}").body)
        assert not read.bozo
        assert [entry.title for entry in read.entries] == ["Ferry returns"]
        assert read.entries[0].link == f"{user.output('SiteAddress')}{PAGE}.html"


def test_a_page_runs_no_script_and_a_folder_has_its_index(user: User) -> None:
    """SPEC H3, H4."""
    answer = user.site.get("/topics/harbour/")
    assert answer.status == HTTPStatus.OK
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert user.site.get("/topics/harbour").headers["Location"].endswith("/topics/harbour/")
    missing = user.site.get("/topics/nothing/")
    assert (missing.status, b"<html" in missing.body) == (HTTPStatus.NOT_FOUND, True)


def test_a_known_feed_is_sent_again_only_after_a_change(user: User) -> None:
    """SPEC H1."""
    first = user.site.get("/topics/harbour/feed.atom")
    known = {"If-None-Match": first.headers["Etag"]}
    assert user.site.get("/topics/harbour/feed.atom", **known).status == HTTPStatus.NOT_MODIFIED
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert user.site.get("/topics/harbour/feed.atom", **since).status == HTTPStatus.NOT_MODIFIED
    user.put(FERRY, CORRECTED)
    assert eventually(lambda: kinds(user) == {"Ferry returns": "correction"})
    assert eventually(
        lambda: user.site.get("/topics/harbour/feed.atom", **known).status == HTTPStatus.OK
    )
    assert eventually(lambda: titles(user, "/corrections.atom") == ["Correction: Ferry returns"])


def test_a_deleted_event_is_retracted_and_its_page_says_so(user: User) -> None:
    user.put(QUAY, REPORT)
    assert eventually(lambda: kinds(user).get("Quay closed") == "publication")
    user.remove(QUAY)
    assert eventually(lambda: b"ithdrawn" in user.site.get("/news/2026/11/4/quay-closed.html").body)
    assert eventually(lambda: b"Withdrawn: " in user.site.get("/topics/harbour/feed.atom").body)


def test_an_invalid_document_is_quarantined_until_a_valid_version(user: User) -> None:
    bad = "events/2026/11/bad.json"
    user.put(bad, '{"title": "Bad", "date": "3 November"}')
    assert eventually(lambda: len(failures(user)["quarantined"]) == 1)
    (listed,) = failures(user)["quarantined"]
    assert listed["key"] == bad
    assert [problem["field"] for problem in listed["problems"]] == ["date"]  # type: ignore[attr-defined]
    user.put(bad, {"title": "Bad no more", "date": "2026-11-05", "topics": ["Harbour"]})
    assert eventually(lambda: "Bad no more" in kinds(user))
    assert failures(user)["quarantined"] == []


@contextmanager
def without_statement(user: User, role: str, policy: str, sid: str) -> Iterator[None]:
    """Remove a statement of the policy of a role, as by a mistake in the console."""
    detail = user.ask(
        *("cloudformation", "describe-stack-resource", "--stack-name", STACK),
        *("--logical-resource-id", role),
    )["StackResourceDetail"]
    named = ("--role-name", detail["PhysicalResourceId"], "--policy-name", policy)
    before = user.ask("iam", "get-role-policy", *named)["PolicyDocument"]
    left = [statement for statement in before["Statement"] if statement["Sid"] != sid]
    put = ("iam", "put-role-policy", *named, "--policy-document")
    user.aws(*put, json.dumps({**before, "Statement": left}))
    try:
        yield
    finally:
        user.aws(*put, json.dumps(before))


def test_a_failure_is_listed_with_its_reason_and_replayed(user: User) -> None:
    # Five attempts take half an hour on AWS; with this timeout they take seconds.
    user.aws(
        *("sqs", "set-queue-attributes", "--queue-url", user.output("IngestQueueUrl")),
        *("--attributes", "VisibilityTimeout=1"),
    )
    key = "events/2026/11/crane.json"
    with without_statement(user, "IngestEventRole", "IngestEvent", "Record"):
        user.put(key, {"title": "Crane arrives", "date": "2026-11-06", "topics": ["Harbour"]})
        assert eventually(lambda: user.stack.dead_letters() > 0, 90)
        assert eventually(lambda: bool(failures(user)["failed"]), 90)
    (failed,) = failures(user)["failed"]
    assert failed["subject"] == key
    assert "is not authorized to perform: dynamodb:GetItem" in str(failed["reason"])
    assert "Crane arrives" not in kinds(user)
    assert "1 replayed, 0 left" in user.gazette("replay")
    assert eventually(lambda: "Crane arrives" in kinds(user))
    assert failures(user)["failed"] == []


def test_what_was_changed_by_hand_is_listed(user: User) -> None:
    """The timeout of the queue, above. It ends with 1 because it finds something."""
    with pytest.raises(CommandError, match=r": 1\n(.|\n)*IngestQueue(.|\n)*VisibilityTimeout"):
        differing_by_hand(user)


def test_an_emptied_site_is_rebuilt_byte_by_byte(user: User) -> None:
    """SPEC V8."""
    before = settled(RunningStack(user.stack))
    user.aws("s3", "rm", "--quiet", "--recursive", f"s3://{user.output('SiteBucketName')}/")
    assert etags(user.stack) == {}
    output = user.gazette("rebuild", "--wait", "1")
    assert "the site matches the source bucket" in output
    assert differing(etags(user.stack), before) == []


def test_an_update_of_the_stack_keeps_the_archive(user: User) -> None:
    before = feedparser.parse(user.site.get("/feed.atom").body)
    assert "Pages have the old settings" in user.deploy(title="The Harbour Gazette")
    user.gazette("rebuild", "--wait", "1")
    after = feedparser.parse(user.site.get("/feed.atom").body)
    assert after.feed.title == "The Harbour Gazette"
    assert after.feed.id == before.feed.id
    assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries]


def test_payloads_with_unknown_keys_change_nothing(user: User) -> None:
    """`sam remote invoke` with the payloads of events/ is safe on a live stack."""
    before = settled(RunningStack(user.stack))
    nothing_failed: dict[str, list[str]] = {"batchItemFailures": []}
    assert user.invoke("IngestEventFunction", "ingest_event/sqs_batch.json") == nothing_failed
    assert user.invoke("PublishChangesFunction", "publish_changes/stream_batch.json") == (
        nothing_failed
    )
    assert user.invoke("PublishLaterFunction", "publish_later/aggregates.json") == nothing_failed
    assert user.invoke("ExpireEntriesFunction", "expire_entries/schedule.json") is None
    assert user.invoke("ReleaseDueFunction", "release_due/schedule.json") is None
    plan = user.invoke("ReconcileArchiveFunction", "reconcile_archive/plan.json")
    assert [work_item["task"] for work_item in (*plan["parts"], *plan["segments"])] == [
        *("ingest", "unlisted", "publish", "audit"),
    ]
    assert set(differing(settled(RunningStack(user.stack)), before)) <= {paths.NEWS_SITEMAP}
    # Failed work of publishing would wait here for at least half a minute.
    assert RunningStack(user.stack).waiting("PublishRetryQueueUrl") == 0
    assert failures(user)["failed"] == []


def test_the_memory_engine_publishes_the_same_site_from_the_source(
    user: User, tmp_path: Path
) -> None:
    """DESIGN: for one input all engines give byte-identical sites."""
    expected = published_here(user, tmp_path, title="The Harbour Gazette")
    # The news sitemap depends on the hour.
    assert set(differing(settled(RunningStack(user.stack)), expected)) <= {paths.NEWS_SITEMAP}
    assert len(expected) > 100


def test_a_deleted_stack_leaves_the_archive(user: User) -> None:
    source, site, ledger = (
        user.output(name) for name in ("SourceBucketName", "SiteBucketName", "LedgerName")
    )
    before = etags(user.stack)
    user.delete()
    with pytest.raises(CommandError, match="does not exist"):
        user.aws("cloudformation", "describe-stacks", "--stack-name", STACK)
    assert etags(user.stack) == before
    assert f"{FERRY}\n" in user.aws("s3", "ls", "--recursive", f"s3://{source}/")
    assert user.aws("s3", "ls", f"s3://{site}/feed.atom")
    described = user.ask("dynamodb", "describe-table", "--table-name", ledger)
    assert described["Table"]["ItemCount"] > 0
