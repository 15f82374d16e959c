"""Strategies: histories of events, like those of publishers who change their minds."""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from tests.unit.publish.worlds import MORNING

TOPICS = ("Foxes", "Bears", "C++", "Río")
DAYS = ("2026-07-04", "2026-07-05", "2026-08-01", "2027-01-01")
MOMENTS = ("2026-07-01T00:00:00Z", "2026-07-04T09:00:00+02:00", "2999-01-01T00:00:00Z")
KINDS = ("minor", "update", "correction", "retraction")
INVALID = (b"", b"{}", b"[]", b'{"title": "A"}', b"\xff", b'{"title": "A", "date": "never"}')


class Version(NamedTuple):
    """A change of an object: its bytes, or a deletion if ``raw`` is None."""

    raw: bytes | None
    wait: int

    def after(self, moment: datetime) -> datetime:
        return moment + timedelta(minutes=self.wait)


def documents(title: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Return valid documents with few topics, days and moments, so that events share them."""
    moments = st.none() | st.sampled_from(MOMENTS)
    kinds = st.none() | st.sampled_from(KINDS).map(lambda kind: {"kind": kind, "note": "Because."})
    fields: dict[str, st.SearchStrategy[object]] = {
        "title": title,
        "date": st.sampled_from(DAYS),
        "topics": st.lists(st.sampled_from(TOPICS), unique=True, max_size=3),
        "category": st.sampled_from((None, "Nature", "Foxes")),
        "byline": st.sampled_from((None, "Ada Moss", ["Foxes", "ADA MOSS"])),
        "published": moments,
        "modified": moments,
        "revision": kinds,
        "body": st.sampled_from((None, "One.", "Two.")),
    }
    return st.fixed_dictionaries(fields).map(lambda document: json.dumps(document).encode())


def versions(title: st.SearchStrategy[str]) -> st.SearchStrategy[Version]:
    """Return versions: mostly documents, some that break the contract, some deletions."""
    raw = st.one_of(
        documents(title), documents(title), documents(title), st.sampled_from(INVALID), st.none()
    )
    return st.builds(Version, raw, st.sampled_from((0, 1, 90, 3000)))


def histories(title: st.SearchStrategy[str], most: int = 7) -> st.SearchStrategy[list[Version]]:
    return st.lists(versions(title), min_size=1, max_size=most)


def moments_of(history: list[Version]) -> list[datetime]:
    """Return when each version of a history is written; times never go back."""
    moments, moment = [], MORNING
    for version in history:
        moment = version.after(moment)
        moments.append(moment)
    return moments
