"""Waits until the feeds show the written versions, and measures how long that takes."""

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from gazette.models.contract.identity import tag_uri
from gazette_cli.demo.samples import Sample
from gazette_cli.emulators.ministack import MinistackError
from gazette_cli.emulators.stack import Stack
from gazette_cli.engines.engine import TAG_AUTHORITY

_SECONDS_TO_PUBLISH = 60
# A poll takes time of the emulator from publishing: more feeds mean fewer polls.
_POLL_SECONDS_A_FEED = 0.02
_SETTLE_SECONDS = 0.2
_QUIET_SECONDS = 1.5
Items = dict[str, dict[str, Any]]


class Pending(NamedTuple):
    """A written version; ``at`` is the time of the write in monotonic seconds."""

    sample: Sample
    at: float


class Timing(NamedTuple):
    """The time from the write to the feed."""

    sample: Sample
    milliseconds: float


def event_tag(event_id: str) -> str:
    return tag_uri(TAG_AUTHORITY, "event", event_id)


def wait_until_published(stack: Stack, pending: Sequence[Pending]) -> Iterator[Timing]:
    """Yield each version when the feed of its first topic shows it, or no longer shows it.

    Raises:
        MinistackError: no version has appeared for a minute.
    """
    waiting = list(pending)
    deadline = time.monotonic() + _SECONDS_TO_PUBLISH
    while waiting:
        feeds = {feed: _items(stack, feed) for feed in {item.sample.feeds[0] for item in waiting}}
        now = time.monotonic()
        for item in tuple(waiting):
            if _is_shown(item.sample, feeds[item.sample.feeds[0]]):
                waiting.remove(item)
                deadline = now + _SECONDS_TO_PUBLISH
                yield Timing(item.sample, (now - item.at) * 1000)
        stack.ministack.check()
        if waiting and now > deadline:
            names = ", ".join(item.sample.event_id for item in waiting)
            log = stack.ministack.log_tail()
            reason = f"nothing published for {_SECONDS_TO_PUBLISH} s, missing: {names}\n{log}"
            raise MinistackError(reason)
        time.sleep(_POLL_SECONDS_A_FEED * len(feeds))


def wait_until_quiet(stack: Stack) -> int:
    """Wait until no document changes any more, and return the number of documents."""
    seen, since = _etags(stack), time.monotonic()
    while time.monotonic() - since < _QUIET_SECONDS:
        time.sleep(_SETTLE_SECONDS)
        now = _etags(stack)
        if now != seen:
            seen, since = now, time.monotonic()
    return len(seen)


def _items(stack: Stack, feed: str) -> Items:
    body = stack.read(f"{feed}.json")
    return {item["id"]: item for item in json.loads(body)["items"]} if body else {}


def _is_shown(sample: Sample, items: Items) -> bool:
    item = items.get(event_tag(sample.event_id), {}).get("_gazette", {"kind": "retraction"})
    if sample.is_withdrawn:
        # The feed has no entry of a withdrawn event, or a tombstone.
        return bool(item["kind"] == "retraction")
    return bool(item.get("revision") == len(sample.versions))


def _etags(stack: Stack) -> dict[str, str]:
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack.site_bucket)
    return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", [])}
