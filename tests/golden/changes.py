"""A small archive: what its publishers wrote, in order. The golden tree is what follows from it."""

import json
from datetime import UTC, datetime

from gazette_cli.engines.acts import Change


def _change(at: str, identity: str, **document: object) -> Change:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    body = json.dumps(document, ensure_ascii=False).encode()
    return Change(moment, f"events/{identity}.json", body)


BRIDGE = {
    "title": "The swing bridge opens on time",
    "date": "2026-03-04",
    "topics": ["Harbour", "Swing bridge"],
    "category": "Transport",
    "body": "The bridge opened at **six**, as planned.\n\n- no queue\n- no noise\n",
    "sources": [{"title": "Harbour Post", "url": "https://post.example/bridge?a=1&b=2"}],
    "image": {"key": "images/bridge.gif", "alt": "A bridge, open", "credit": "R. Moss"},
    "byline": "R. Moss",
}
FERRY = {
    "title": "Ferry & <b>bus</b> fares rise by <5%",
    "date": "2026-03-04",
    "topics": ["Harbour", "C++"],
    "category": "Transport",
    "summary": "Fares rise. Control characters \u0007 do not matter.",
    "sources": [{"url": "https://www.council.example/fares"}],
    "attachments": [
        {"url": "https://www.council.example/fares.pdf", "title": "All fares", "length": 48213},
        {"url": "https://www.council.example/minutes", "title": "Minutes", "type": "text/html"},
    ],
    "desk": {"name": "city", "priority": 2},
}
LIGHTHOUSE = {
    "title": "مَنارة الميناء تُضاء من جديد",
    "date": "2026-03-05",
    "topics": ["harbour", "Lighthouse"],
    "body": "أُضيئت المنارة <script>alert(1)</script>مساءً.",
    "language": "ar",
}
WHALE = {"title": "Whale in the harbour", "date": "2026-03-05", "topics": ["Harbour", "Whales"]}
GIF = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b"
)

CHANGES = [
    Change(datetime(2026, 3, 4, 6, 0, tzinfo=UTC), "images/bridge.gif", GIF),
    _change("2026-03-04T07:00:00", "2026/bridge", **BRIDGE),
    _change("2026-03-04T08:00:00", "2026/ferry", **FERRY),
    _change("2026-03-05T18:00:00", "2026/lighthouse", **LIGHTHOUSE),
    _change("2026-03-05T19:00:00", "2026/whale", **WHALE),
    # A correction with another title, which moves the page.
    _change(
        "2026-03-05T20:00:00",
        "2026/bridge",
        **BRIDGE
        | {
            "title": "The swing bridge opens late",
            "revision": {"kind": "correction", "note": "It opened at seven, not at six."},
        },
    ),
    # A minor edit, a retraction with a note, one without, and a version that breaks the contract.
    _change(
        "2026-03-06T09:00:00",
        "2026/ferry",
        **FERRY | {"summary": "Fares rise.", "revision": {"kind": "minor"}},
    ),
    _change(
        "2026-03-06T10:00:00",
        "2026/whale",
        **WHALE | {"revision": {"kind": "retraction", "note": "It was a sail."}},
    ),
    _change("2026-03-06T11:00:00", "2026/lighthouse", title="No date"),
    Change(datetime(2026, 3, 6, 12, 0, tzinfo=UTC), "events/2026/ferry.json", None),
]
