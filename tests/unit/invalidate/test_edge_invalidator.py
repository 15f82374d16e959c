"""Invalidations: requested together, delivered again, or moved to the dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gazette.models.tasks.edge_invalidation import EVERYTHING, EdgeInvalidation
from gazette.models.tasks.messages import InvalidationMessage
from gazette.ports import EdgeRefusedError
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.invalidate.edge_invalidator import EdgeInvalidator, InvalidationReport
from tests.unit.announce.outboxes import FakeOutbox

MOST = 12


@dataclass
class FakeEdge:
    """An `EdgeCache` that records requests; it refuses ``bad`` paths and may be busy."""

    bad: str = ""
    is_busy: bool = False
    requests: list[tuple[list[str], str]] = field(default_factory=list)

    def invalidate(self, paths: Sequence[str], reference: str) -> None:
        self.requests.append((list(paths), reference))
        if self.is_busy:
            raise ConnectionError("TooManyInvalidationsInProgress")
        if self.bad in paths:
            raise EdgeRefusedError("InvalidArgument")


@dataclass
class Fixture:
    edge: FakeEdge = field(default_factory=FakeEdge)
    dead_letters: FakeOutbox = field(default_factory=FakeOutbox)
    report: InvalidationReport = field(default_factory=InvalidationReport)

    def invalidate(self, *messages: InvalidationMessage) -> list[str]:
        invalidator = EdgeInvalidator(self.edge, DeadLetterSink(self.dead_letters, MOST))
        return invalidator.invalidate(messages, self.report)

    def paths(self) -> list[list[str]]:
        return [paths for paths, _ in self.edge.requests]


def message(identifier: str, *paths: str, receives: int = 1) -> InvalidationMessage:
    wanted = EdgeInvalidation(paths=paths)
    return InvalidationMessage(identifier, wanted.model_dump_json(), receives, wanted)


def test_a_batch_is_one_request_with_each_path_once() -> None:
    fixture = Fixture()
    assert fixture.invalidate(message("1", "a", "b"), message("2", "b", "c")) == []
    assert fixture.paths() == [["a", "b", "c"]]
    assert fixture.report.paths == ["a", "b", "c"]
    assert (fixture.report.failed, fixture.dead_letters.messages) == ([], [])


def test_the_whole_site_needs_no_other_path() -> None:
    fixture = Fixture()
    assert fixture.invalidate(message("1", "a"), message("2", EVERYTHING)) == []
    assert fixture.paths() == [[EVERYTHING]]


def test_the_same_messages_have_one_reference_and_others_another() -> None:
    """CloudFront recognises a request that is repeated; a second erasure is no repetition."""
    fixture = Fixture()
    fixture.invalidate(message("1", "a"), message("2", "b"))
    fixture.invalidate(message("2", "b"), message("1", "a"))
    fixture.invalidate(message("3", "a", "b"))
    first, again, other = (reference for _, reference in fixture.edge.requests)
    assert first == again != other
    assert len(first) <= 128


def test_a_busy_edge_gets_all_messages_again() -> None:
    fixture = Fixture(FakeEdge(is_busy=True))
    assert fixture.invalidate(message("1", "a"), message("2", "b")) == ["1", "2"]
    assert fixture.dead_letters.messages == []
    assert [failure.subject for failure in fixture.report.failed] == ["a", "b"]
    assert (fixture.report.paths, fixture.report.dead_letters) == ([], 0)


def test_a_message_at_its_last_attempt_becomes_a_dead_letter() -> None:
    fixture = Fixture(FakeEdge(is_busy=True))
    last = message("1", "a", receives=MOST)
    assert fixture.invalidate(last, message("2", "b")) == ["2"]
    ((body, reason, _),) = fixture.dead_letters.messages
    assert (body, reason) == (last.body, "ConnectionError: TooManyInvalidationsInProgress")
    assert fixture.report.dead_letters == 1


def test_a_refused_message_spoils_no_other() -> None:
    fixture = Fixture(FakeEdge(bad="b"))
    assert fixture.invalidate(message("1", "a"), message("2", "b"), message("3", "c")) == []
    assert fixture.report.paths == ["a", "c"]
    ((body, reason, _),) = fixture.dead_letters.messages
    assert (body, reason) == (message("2", "b").body, "EdgeRefusedError: InvalidArgument")


def test_a_message_that_cannot_be_read_becomes_a_dead_letter_and_no_request() -> None:
    fixture = Fixture()
    assert fixture.invalidate(InvalidationMessage("1", "{", 1, None)) == []
    assert fixture.edge.requests == []
    ((body, reason, _),) = fixture.dead_letters.messages
    assert (body, reason) == ("{", "UnreadableInvalidationError: is no edge invalidation")
