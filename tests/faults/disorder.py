"""Makes disorder: notifications and changes come late, twice, never, or in any order."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.limits import MAX_TASK_ATTEMPTS
from gazette.models.tasks.reports import Failure
from gazette.ports import UnreadableVersionError
from tests.faults.faults import Fault
from tests.faults.source_acts import SourceAct, What
from tests.faults.stages import (
    DEATH,
    REBUILD,
    Happening,
    Operation,
    Stage,
    Work,
    happen,
    invoke,
    settle,
)
from tests.faults.workers import Worker, Workers
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import MORNING

# As many lanes as a stream may have, and none of them is spared the partitions of another.
MOST_WORKERS = 10
# A history ends after some thousands.
MOST_TURNS = 30_000
NO_TIME, _AN_HOUR = timedelta(0), timedelta(hours=1)
# Small batches end before the next change to their partition; large ones are overtaken by it.
BATCHES = (1, 1, 2, 3, 8)
_FALLS_BEHIND, _LONE, _AGAIN, _REBUILT = 0.03, 0.7, 0.1, 0.004


class EndlessError(Exception):
    """What is left to do is done again and again, and fails."""


class Disorder:
    """A stage on which several workers are busy at once. ``pick`` chooses among what there is.

    With ``moves_clock`` the functions see the time of what happens, else always the same time.
    """

    def __init__(self, stage: Stage, *, moves_clock: bool = False) -> None:
        self.stage = stage
        self._moves_clock = moves_clock
        self.operations: list[Happening] = []
        self.now = MORNING
        self.steps = 0
        self.faults = 0
        self._workers = Workers()
        self._failed: list[Work] = []
        self._item_keys: dict[ItemKey, None] = {}
        self._denials: Counter[str] = Counter()
        stage.set_gate(self._workers)

    def write(self, key: str, body: bytes) -> None:
        self._apply(Operation(key, self.now, body))

    def delete(self, key: str) -> None:
        self._apply(Operation(key, self.now, None))

    def act(self, what: What, key: str = "", wait: timedelta = NO_TIME) -> None:
        """Do something else to the bucket, or let so much time pass."""
        self._apply(SourceAct(what, self.now + wait, key))

    def lose_notification(self, pick: int) -> None:
        if keys := self._notifications():
            self.stage.take(Work(keys=(keys[pick % len(keys)],)))

    def notify_again(self, pick: int) -> None:
        if self.operations and (key := self.operations[pick % len(self.operations)].key):
            self.stage.bring(Work(keys=(key,)))

    def ingest(self, pick: int) -> None:
        """Begin to ingest one of the keys with a waiting notification."""
        if keys := self._notifications():
            self._begin(Work(keys=(keys[pick % len(keys)],)))

    def publish(self, pick: int, most: int) -> None:
        """Begin to publish some of what has changed, whatever partitions others are busy with."""
        if item_keys := self._changes():
            start = pick % len(item_keys)
            self._begin(Work(item_keys=tuple([*item_keys[start:], *item_keys[:start]][:most])))

    def try_again(self, pick: int) -> None:
        """Begin a retry of failed work, or else of a change that was handled long ago."""
        if self._failed and self._has_room():
            self._begin(self._failed.pop(pick % len(self._failed)))
        elif self._item_keys:
            item_key = list(self._item_keys)[pick % len(self._item_keys)]
            self._begin(Work(item_keys=(item_key,), attempt=2))

    def rebuild(self) -> None:
        """Begin to compare the whole site with the ledger and to publish the differences."""
        self._begin(REBUILD)

    def go_on(self, pick: int, calls: int) -> None:
        """Let a worker make some calls."""
        if not self._workers.busy:
            return
        worker = self._workers.busy[pick % len(self._workers.busy)]
        for _ in range(calls):
            self.steps += 1
            self._workers.go_on(worker)
            if worker.is_done:
                return

    def fail(self, pick: int, fault: Fault) -> None:
        """Let the next call of a worker fail."""
        if self._workers.busy:
            self.steps += 1
            self.faults += 1
            self._workers.go_on(self._workers.busy[pick % len(self._workers.busy)], fault)

    def finish(self, random: Random, most: int = MOST_TURNS) -> None:
        """Reconcile every key, and continue until no work is left.

        The worker with the highest random rank always runs first. Now and then it drops behind all
        others, which then overtake it with all their remaining calls. A few such long overtakings
        find more faults than taking turns does (Burckhardt et al., ASPLOS 2010).

        Raises:
            EndlessError: after so many turns something still fails or waits.
        """
        keys = list(dict.fromkeys(one.key for one in self.operations if one.key))
        random.shuffle(keys)
        for key in keys:
            self.stage.bring(Work(keys=(key,)))
        ranks: dict[Worker, float] = {}
        for _ in range(most):
            if not (self._workers.busy or self._failed or self.stage.waiting()):
                return
            self._follow_advice()
            # Without other work no rebuild begins: one would follow the other without an end.
            if self._failed or self.stage.waiting():
                self._begin_something(random)
            if not self._workers.busy:
                continue
            first = max(self._workers.busy, key=lambda one: ranks.setdefault(one, random.random()))
            if random.random() < _FALLS_BEHIND:
                ranks[first] = -random.random()
            else:
                self.go_on(self._workers.busy.index(first), 1)
        raise EndlessError(self._failed or self.stage.waiting() or "a worker never stops")

    def _follow_advice(self) -> None:
        """Upload the images again that cannot be read, as the dead letters advise."""
        for key, times in list(self._denials.items()):
            if times >= MAX_TASK_ATTEMPTS:
                del self._denials[key]
                self.write(key, image_file(30, 20))

    def _begin_something(self, random: Random) -> None:
        if len(self._workers.busy) > 1 and random.random() < _LONE:
            return
        pick = random.randrange(1000)
        if self._failed or random.random() < _AGAIN:
            self.try_again(pick)
        elif random.random() < _REBUILT:
            self.rebuild()
        elif random.random() < 0.5:
            self.ingest(pick)
        else:
            self.publish(pick, random.choice(BATCHES))

    def stop(self) -> None:
        """Kill all workers."""
        while self._workers.busy:
            self.fail(0, Fault.KILLED)

    def _apply(self, happening: Happening) -> None:
        self.operations.append(happening)
        happen(self.stage, happening)
        if self._moves_clock:
            self.stage.move_clock(happening.at)
        self.now = happening.at + _AN_HOUR

    def _notifications(self) -> list[str]:
        return [item for item in self.stage.waiting() if isinstance(item, str)]

    def _changes(self) -> list[ItemKey]:
        item_keys = [item for item in self.stage.waiting() if isinstance(item, ItemKey)]
        self._item_keys |= dict.fromkeys(item_keys)
        return item_keys

    def _has_room(self) -> bool:
        return len(self._workers.busy) < MOST_WORKERS

    def _begin(self, work: Work) -> None:
        if not self._has_room():
            return
        if work.is_of_stream or work.keys:
            self.stage.take(work)
        self._workers.start(lambda: self._do(work))

    def _do(self, work: Work) -> None:
        self.stage.forget()  # a Lambda process does one thing at a time, so this work gets its own
        failures = invoke(self.stage, work)
        if not failures:
            return
        self._denials.update(_denied(failures))
        if work.keys or (work.is_of_stream and failures[0].subject == DEATH):
            self.stage.bring(work)
        else:
            self._failed.append(work._replace(attempt=work.attempt + 1) if work.item_keys else work)


def _denied(failures: Sequence[Failure]) -> list[str]:
    """Return the keys of images that could not be published because S3 does not give them out."""
    prefix = f"{PartitionKind.IMAGE}#"
    return [
        failure.subject.rpartition(prefix)[2]
        for failure in failures
        if isinstance(failure.error, UnreadableVersionError)
    ]


def published_in_order(stage: Stage, operations: list[Happening]) -> dict[str, bytes]:
    """Publish version by version: nothing is left to do when the next one comes."""
    for operation in operations:
        happen(stage, operation)
        settle(stage)
    return stage.site()
