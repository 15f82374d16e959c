"""A fake queue for tests of retries, dead letters and hub pings."""

from dataclasses import dataclass, field

from gazette.models.tasks.retry import Retry


@dataclass
class FakeOutbox:
    """An `Outbox` that records each message (body, reason, delay), or refuses all of them."""

    refuses: bool = False
    messages: list[tuple[str, str, int]] = field(default_factory=list)

    def send(self, body: str, *, reason: str = "", delay: int = 0) -> None:
        if self.refuses:
            raise ConnectionError("no such queue")
        self.messages.append((body, reason, delay))

    def retries(self) -> list[Retry]:
        return [Retry.model_validate_json(body) for body, _, _ in self.messages]
