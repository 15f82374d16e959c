"""What a site writer asks of builders, of finders and of a view of the ledger."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.services.publish.known_reads import Page


class Composer(Protocol):
    """Composes what the tasks of one kind publish; see `gazette.services.publish.builder`."""

    def paths(self, task: PublishTask, /) -> tuple[str, ...]:
        """Return every path that the task may write or remove."""

    def every_path(self, task: PublishTask, /) -> tuple[str, ...]:
        """Return every path that may be on the site."""

    def compose(self, task: PublishTask, /) -> BuildResult:
        """Read the ledger and return what is published."""

    def load(self, task: PublishTask, /) -> object:
        """Read the ledger; the result equals ``BuildResult.loaded`` if nothing has changed."""


class Finder(Protocol):
    """Replaces requested tasks of one kind by the tasks to run."""

    def find(self, tasks: Sequence[PublishTask], /) -> Mapping[PublishTask, Sequence[PublishTask]]:
        """Return for each requested task the tasks to run in its place."""


class View(Protocol):
    """What is remembered of the ledger; see `gazette.services.publish.ledger_view`."""

    def renew(self, item_keys: Sequence[ItemKey] = (), pages: Sequence[Page] = ()) -> None:
        """Forget what was read, and read some pages, and some items at once."""

    def close(self) -> None:
        """Forget what was read, and remember nothing more."""


class NoView:
    """For builders that read the ledger itself."""

    def renew(self, item_keys: Sequence[ItemKey] = (), pages: Sequence[Page] = ()) -> None:
        """Forget nothing: nothing is remembered."""

    def close(self) -> None:
        """Remember nothing, as before."""
