"""While time passes, too, the site depends only on the source and on the hour (SPEC X6, V8)."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gazette.delivery.memory import MemorySiteStore
from gazette_cli.engines.acts import Change
from gazette_cli.engines.memory_engine import MemoryEngine
from tests.unit.publish.worlds import MORNING, SITE, document_of

# The kind of change, the event, and the hours since the change before. News expires after 48 hours
# and tombstones after 30 days; a run catches up on the runs missed in the last three days.
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(("publish", "withdraw", "delete")),
        st.sampled_from("abc"),
        st.sampled_from((0, 0.4, 1, 20, 47, 49, 200, 719, 721, 2000)),
    ),
    min_size=1,
    max_size=8,
)


def changes_of(happenings: list[tuple[str, str, float]]) -> list[Change]:
    changes, at = [], MORNING
    for number, (what, name, wait) in enumerate(happenings):
        at += timedelta(hours=wait)
        fields: dict[str, object] = {"title": f"River {name}", "topics": ["Foxes"]}
        if what == "withdraw":
            fields["revision"] = {"kind": "retraction", "note": f"Because of {number}."}
        body = None if what == "delete" else document_of(**fields, body=f"Text {number}.")
        changes.append(Change(at, f"events/{name}.json", body))
    return changes


def publish(changes: list[Change], burst: int) -> dict[str, bytes]:
    calls: Counter[str] = Counter()
    store = MemorySiteStore(calls)
    engine = MemoryEngine(SITE, store, calls)
    for start in range(0, len(changes), burst):
        for change in changes[start : start + burst]:
            engine.apply(change)
        engine.settle()
    return {path: document.body for path, document in store.documents.items()}


@given(HAPPENINGS, st.integers(1, 8))
@settings(max_examples=settings().max_examples // 2)
def test_publishing_change_by_change_gives_the_site_of_a_rebuild(
    happenings: list[tuple[str, str, float]], burst: int
) -> None:
    changes = changes_of(happenings)
    rebuilt = publish(changes, len(changes))
    assert publish(changes, burst) == rebuilt
    assert publish(changes, burst) == rebuilt
