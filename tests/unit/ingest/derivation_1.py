"""A source bucket and its ledger, as the tree wrote it before `gazette.models.ledger.order`.

`tests/fixtures/ledger-derivation-1.jsonl` was written with that tree by calling `live_through`.
"""

import json
from pathlib import Path

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import World, hours

FIXTURE = Path(__file__).parents[2] / "fixtures/ledger-derivation-1.jsonl"
NAMES = ("bridge", "ferry", "held", "gone", "broken", "back")
_BRIDGE = {"image": {"key": "images/bridge.png", "alt": "A bridge"}, "category": "Transport"}


def fill(world: World) -> None:
    """Put versions of every kind into the source bucket."""
    world.source.put("images/bridge.png", PNG, hours(0))
    world.put("bridge", hours(0), title="Bridge opens", topics=["Harbour", "Foxes"], **_BRIDGE)
    world.put("bridge", hours(1), title="Bridge opens late", topics=["Harbour"], **_BRIDGE)
    note = {"kind": "correction", "note": "It opened at seven."}
    world.put("bridge", hours(2), title="Bridge opens late", body="At *seven*.", revision=note)
    world.put("ferry", hours(0), title="Ferry fares", topics=["Harbour"], translations=["bridge"])
    world.put("ferry", hours(3), revision={"kind": "retraction", "note": "They do not rise."})
    world.put("held", hours(0), title="Not yet", published="2026-08-01T08:00:00Z")
    world.put("gone", hours(0), title="Soon gone", topics=["Foxes"])
    world.delete("gone", hours(4))
    world.put("broken", hours(0), title="Good", topics=["Foxes"], expires="2026-09-01T08:00:00Z")
    world.put_raw("broken", hours(1), b"{}")
    world.put("back", hours(0), title="Back", topics=["Foxes"])
    world.delete("back", hours(1))
    world.put("back", hours(5), title="Back again", topics=["Foxes", "Harbour"])


def old_items() -> list[LedgerItem]:
    """Read the items of the fixture."""
    rows = map(json.loads, FIXTURE.read_text(encoding="utf-8").splitlines())
    return [
        LedgerItem(
            ItemKey(Partition.parse(row["pk"]), row["sk"]),
            row["revision"],
            row["payload"],
            row.get("deleted", False),
        )
        for row in rows
    ]


def old_world() -> World:
    """Return a world whose ledger and site are those of the old tree."""
    world = World()
    fill(world)
    world.settle()
    world.ledger._partitions.clear()
    world.ledger._expiry.clear()
    for item in old_items():
        world.ledger._write(item)
    world.changes.clear()
    return world
