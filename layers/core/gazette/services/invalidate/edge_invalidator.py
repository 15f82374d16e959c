"""Requests invalidations of the edge, all messages of a batch in one, and sorts out what failed."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gazette.models.tasks.edge_invalidation import EVERYTHING
from gazette.models.tasks.messages import InvalidationMessage
from gazette.models.tasks.reports import Failure
from gazette.ports import EdgeCache, EdgeRefusedError, PermanentError
from gazette.services.failures.dead_letters import DeadLetterSink


class UnreadableInvalidationError(PermanentError):
    """A message is not an edge invalidation."""


@dataclass(slots=True)
class InvalidationReport:
    """Outcome of a batch; ``dead_letters`` counts messages that were given up."""

    paths: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class EdgeInvalidator:
    """Invalidates what messages name. CloudFront limits the requests, and charges for paths."""

    edge: EdgeCache
    sink: DeadLetterSink

    def invalidate(
        self, messages: Sequence[InvalidationMessage], report: InvalidationReport
    ) -> list[str]:
        """Invalidate each path once; return the identifiers of messages to deliver again."""
        readable = [message for message in messages if message.wanted]
        failed: list[tuple[InvalidationMessage, Exception]] = [
            (message, UnreadableInvalidationError("is no edge invalidation"))
            for message in messages
            if not message.wanted
        ]
        failed += self._request(readable, report)
        report.failed += [Failure(_subject(message), error) for message, error in failed]
        again = self.sink.collect(failed, report.failed)
        report.dead_letters += len(failed) - len(again)
        return again

    def _request(
        self, messages: Sequence[InvalidationMessage], report: InvalidationReport
    ) -> list[tuple[InvalidationMessage, Exception]]:
        """Request the paths of all messages together; after a refusal, of each message alone."""
        if not messages:
            return []
        paths = _paths(messages)
        try:
            self.edge.invalidate(paths, _reference(messages))
        except EdgeRefusedError as error:
            if len(messages) == 1:
                return [(messages[0], error)]
            return [failed for one in messages for failed in self._request([one], report)]
        except Exception as error:  # noqa: BLE001  # the queue delivers the messages again
            # CloudFront is busy, or did not answer: an invalidation must never be lost.
            return [(message, error) for message in messages]
        report.paths += paths
        return []


def _paths(messages: Iterable[InvalidationMessage]) -> list[str]:
    wanted = dict.fromkeys(
        path for message in messages if message.wanted for path in message.wanted.paths
    )
    return [EVERYTHING] if EVERYTHING in wanted else list(wanted)


def _reference(messages: Iterable[InvalidationMessage]) -> str:
    """Return the same text for the same messages, so that a repeated request is recognised."""
    names = "\n".join(sorted(message.identifier for message in messages))
    return hashlib.sha256(names.encode()).hexdigest()


def _subject(message: InvalidationMessage) -> str:
    return ", ".join(message.wanted.paths) if message.wanted else "?"
