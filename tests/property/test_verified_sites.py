"""Whatever a publisher did, `gazette verify` finds his site as it was published (SPEC V14)."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gazette.delivery.memory import MemorySiteStore
from gazette.models.branding.brand import Brand
from gazette.models.contract.identity import erasure_key, event_key
from gazette_cli.engines.acts import Act, Change, Removal
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.verification.hash_chain import check_history
from gazette_cli.verification.progress import Progress
from gazette_cli.verification.published_site import history_paths
from gazette_cli.verification.republish import Comparison
from tests.property.versions import Version, histories, moments_of
from tests.unit.publish.worlds import SITE

TITLES = st.sampled_from(("Fox", "Bear & Fox", "Río"))


class PublishedDocuments:
    """A `PublishedSite` in memory."""

    def __init__(self, acts: list[Act]) -> None:
        store = MemorySiteStore(Counter())
        engine = MemoryEngine(replace(SITE, brand=Brand(authors=True)), store, Counter())
        for act in acts:
            engine.apply(act)
            engine.settle()
        self.now = engine._clock.now()
        self._bodies = {path: document.body for path, document in store.documents.items()}

    def histories(self) -> Iterator[str]:
        return map(SITE.url, history_paths(self.paths_below("news/"), self.read_path))

    def has_no_event(self) -> bool:
        return False

    def paths_below(self, folder: str) -> Iterator[str]:
        return (path for path in sorted(self._bodies) if path.startswith(folder))

    def read(self, address: str) -> bytes:
        return next(body for path, body in self._bodies.items() if SITE.url(path) == address)

    def read_path(self, path: str) -> bytes:
        if path not in self._bodies:
            raise FileNotFoundError(path)
        return self._bodies[path]


def problems_of(acts: list[Act]) -> list[str]:
    site = PublishedDocuments(acts)
    addresses = list(site.histories())
    found = [line for address in addresses for line in check_history(site, address)]
    if addresses:
        found += Comparison(site, Progress()).problems(addresses, site.now)
    return found


def changes(name: str, history: list[Version]) -> list[Act]:
    moments = moments_of(history)
    pairs = zip(history, moments, strict=True)
    return [Change(moment, event_key(name), version.raw) for version, moment in pairs]


def in_order(acts: list[Act]) -> list[Act]:
    return sorted(acts, key=lambda act: act.at)


@given(st.tuples(histories(TITLES, 5), histories(TITLES, 3)))
def test_a_site_is_found_as_it_was_published(both: tuple[list[Version], list[Version]]) -> None:
    acts = [act for name, one in zip(("a", "b/c"), both, strict=True) for act in changes(name, one)]
    assert problems_of(in_order(acts)) == []


@given(
    histories(TITLES, 5),
    st.sampled_from(("all", [1], [2], [1, 3], [1, 2])),
    st.sampled_from(("all", [1], [2, 3])),
)
def test_a_site_with_erasures_is_found_as_it_was_published(
    history: list[Version], first: object, second: object
) -> None:
    acts = changes("a", history)
    for hours, revisions in ((1, first), (5, second)):
        erasure = {"revisions": revisions, "reason": f"Asked for {hours}."}
        at = acts[-1].at + timedelta(hours=hours)
        acts.append(Change(at, erasure_key("a"), json.dumps(erasure).encode()))
    acts += changes("b", history)
    assert problems_of(in_order(acts)) == []


@given(histories(TITLES, 4), st.integers(0, 3))
def test_a_site_of_which_a_version_was_removed_is_found_as_it_was_published(
    history: list[Version], write: int
) -> None:
    acts = changes("a", history)
    removed = (write % len(history),)
    acts.append(Removal(acts[-1].at + timedelta(hours=1), event_key("a"), removed))
    assert problems_of(acts) == []
