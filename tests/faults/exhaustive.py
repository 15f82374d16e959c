"""The exhaustive search: fail every call of a scenario in every way, and expect the same site."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from tests.faults.faults import Fault, Injector
from tests.faults.gates import WRITES, Counting, let_through
from tests.faults.stages import Happening, Stage, State, Work, happen, invoke, iter_work, settle
from tests.faults.wire import ResumingInjector, Watched, Watching


class Invocation(NamedTuple):
    """An invocation of the run without faults, with its calls and the states around it."""

    work: Work
    operations: tuple[str, ...]
    before: State
    after: State
    to_come: Sequence[Happening]


class Run(NamedTuple):
    """A run without faults: all invocations and the final site."""

    invocations: list[Invocation]
    site: dict[str, bytes]

    @property
    def calls(self) -> int:
        return sum(len(invocation.operations) for invocation in self.invocations)


class Attack(NamedTuple):
    """The calls of an invocation that fail, by their numbers, and the way in which they fail."""

    fault: Fault
    numbers: frozenset[int]


class Tried(NamedTuple):
    """The number of failed calls, and of those that led to another state but to the same site."""

    calls: Counter[Fault]
    detours: int


Attacks: TypeAlias = Callable[[Stage, Invocation], Iterator[Attack]]
# The states without work from which the scenario ended in the right site, by how much was to come.
Proven: TypeAlias = defaultdict[int, list[State]]


def run_without_faults(stage: Stage, scenario: Sequence[Happening]) -> Run:
    invocations: list[Invocation] = []
    for number, operation in enumerate(scenario, start=1):
        happen(stage, operation)
        for work in iter_work(stage):
            counting, before = Counting(), stage.state()
            stage.forget()  # a new process has empty caches, so it makes every call
            stage.set_gate(counting)
            assert not invoke(stage, work)
            stage.set_gate(let_through)
            operations, to_come = tuple(counting.operations), scenario[number:]
            invocations.append(Invocation(work, operations, before, stage.state(), to_come))
    return Run(invocations, stage.site())


def fail_ports(stage: Stage, invocation: Invocation) -> Iterator[Attack]:
    """Fail every call at the ports, one at a time, in every way."""
    for fault in Fault:
        for number in range(len(invocation.operations)):
            attack = Attack(fault, frozenset({number}))
            strike(stage, invocation, Injector(attack.numbers, attack.fault))
            yield attack


def fail_requests(stage: Stage, invocation: Invocation) -> Iterator[Attack]:
    """Fail every request in every way.

    Faults that botocore retries without a trace fail all at once: throttling, and timeouts of
    reads. All others fail one at a time; until then the answers are those of a run without faults,
    which need not be computed again. A killed process only leaves the state of that moment, so the
    states are restored instead of killing it.
    """
    watched = watch(stage, invocation)
    everything = frozenset(range(len(invocation.operations)))
    writes = frozenset(n for n in everything if invocation.operations[n] in WRITES)
    attacks = [Attack(Fault.THROTTLED, everything), Attack(Fault.TIMED_OUT, everything - writes)]
    attacks += [Attack(Fault.TIMED_OUT, frozenset({number})) for number in sorted(writes)]
    for fault in (Fault.REFUSED, Fault.LOST):
        attacks += [Attack(fault, frozenset({number})) for number in sorted(everything)]
    for attack in attacks:
        strike(stage, invocation, ResumingInjector(stage, watched, attack.numbers, attack.fault))
        yield attack
    yield from kill_everywhere(stage, watched)


def watch(stage: Stage, invocation: Invocation) -> Sequence[Watched]:
    """Do the work of an invocation in a new process; return its requests."""
    stage.restore(invocation.before)
    stage.forget()
    watching = Watching(stage)
    stage.set_gate(watching)
    assert not invoke(stage, invocation.work)
    stage.set_gate(let_through)
    return watching.watched


def kill_everywhere(stage: Stage, watched: Sequence[Watched]) -> Iterator[Attack]:
    """Restore every state that a process leaves behind if it is killed at one of its requests."""
    for number, request in enumerate(watched):
        for fault, state in (
            (Fault.KILLED, request.before),
            (Fault.KILLED_LATE, request.after),
        ):
            stage.restore(state)
            stage.forget()
            yield Attack(fault, frozenset({number}))


def strike(stage: Stage, invocation: Invocation, injector: Injector | ResumingInjector) -> None:
    """Do the work of an invocation in a new process with some failing calls."""
    stage.restore(invocation.before)
    stage.forget()
    stage.set_gate(injector)
    invoke(stage, invocation.work)
    stage.set_gate(let_through)
    assert injector.struck == len(injector.numbers)


def try_every_fault(stage: Stage, run: Run, attacks: Attacks) -> Tried:
    """Attack each invocation in every way, then repeat its work without faults."""
    calls: Counter[Fault] = Counter()
    detours = 0
    proven: Proven = defaultdict(list)
    for invocation in run.invocations:
        healed: list[State] = []
        for attack in attacks(stage, invocation):
            calls[attack.fault] += len(attack.numbers)
            state = stage.state()
            if not _is_known(state, healed):
                point = (attack, invocation.work)
                assert not invoke(stage, invocation.work), point
                if not stage.state().is_like(invocation.after):
                    detours += 1
                    go_on(stage, invocation.to_come, run.site, proven, point)
                healed.append(state)
    return Tried(calls, detours)


def go_on(
    stage: Stage,
    to_come: Sequence[Happening],
    site: Mapping[str, bytes],
    proven: Proven,
    point: object,
) -> None:
    """Do all work and run the scenario to its end, and expect the site there.

    An equal state has equal consequences, so nothing more is run after a state that is proven.
    """
    passed: list[tuple[int, State]] = []
    settle(stage)
    for left in range(len(to_come), -1, -1):
        state = stage.state()
        if _is_known(state, proven[left]):
            break
        passed.append((left, state))
        if left:
            happen(stage, to_come[-left])
            settle(stage)
        else:
            assert stage.site() == site, point
    for left, state in passed:
        proven[left].append(state)


def _is_known(state: State, known: Iterable[State]) -> bool:
    return any(state.is_like(one) for one in known)
