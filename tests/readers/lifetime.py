"""The life of an event, step by step, and the entry that a reader of its topic sees (SPEC V)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.readers.serving import World

TOPIC = "topics/rivers/feed"
EVENT, EVENT_ID = "bridge", "tag:gazette.example,2026:event/bridge"
BYSTANDER, BYSTANDER_ID = "ferry", "tag:gazette.example,2026:event/ferry"
NOTE = "It never opened."
FIRST_PATH, MOVED_PATH = "news/2026/11/20/bridge-opens", "news/2026/11/20/bridge-opens-late"


def hours(number: int) -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(hours=number)


@dataclass(frozen=True, slots=True)
class Step:
    """A version that the publisher writes, and the entry of the event in the topic after it.

    ``text`` is None after the event has left the topic. In a retraction it is the note.
    """

    name: str
    at: datetime
    title: str
    text: str | None
    updated: datetime
    base_path: str
    kind: str | None = None
    note: str | None = None
    topics: tuple[str, ...] = ("Rivers", "Roads")

    @property
    def is_withdrawn(self) -> bool:
        return self.kind == "retraction"

    @property
    def is_live(self) -> bool:
        return self.text is not None and not self.is_withdrawn

    @property
    def shown_title(self) -> str:
        """The title in formats without tombstones (SPEC T4)."""
        return f"Withdrawn: {self.title}" if self.is_withdrawn else self.title

    def happen(self, world: World) -> None:
        revision = {"kind": self.kind, "note": self.note} if self.kind else None
        world.put(
            EVENT,
            self.at,
            title=self.title,
            date="2026-11-20",
            topics=self.topics,
            body=self.text or "Open again.",
            revision=revision,
        )


PUBLISHED = hours(0)
_EARLY, _LATE = "Bridge opens", "Bridge opens late"
_WRONG = "Only one lane is open."
LIFE = (
    Step("publication", hours(0), _EARLY, "It is opne.", hours(0), FIRST_PATH),
    Step("minor edit", hours(1), _EARLY, "It is open.", hours(0), FIRST_PATH, "minor"),
    Step("correction", hours(2), _EARLY, "Half open.", hours(2), FIRST_PATH, "correction", _WRONG),
    Step("title change", hours(3), _LATE, "Half open.", hours(3), MOVED_PATH),
    Step("retraction", hours(4), _LATE, NOTE, hours(4), MOVED_PATH, "retraction", NOTE),
    Step("republication", hours(5), _LATE, "Open again.", hours(5), MOVED_PATH),
    Step("topic dropped", hours(6), _LATE, None, hours(6), MOVED_PATH, topics=("Roads",)),
)


def text_in(content: str) -> str:
    """Return the text of an event from its content: the first paragraph that has no markup."""
    paragraphs: list[str] = re.findall("<p>[^<]*</p>", content)
    return paragraphs[0]


def publish_bystander(world: World) -> None:
    """Publish an event that never changes, so that its topic always exists."""
    world.put(
        BYSTANDER,
        hours(-1),
        title="Ferry stops",
        date="2026-11-20",
        topics=("Rivers",),
        body="No more boats.",
    )
