"""How a builder works: it loads what it needs once, and builds its result from that alone."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Generic, TypeVar

from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.renderers.rendering import render

Loaded = TypeVar("Loaded")


class Builder(ABC, Generic[Loaded]):
    """Builds what the tasks of one kind publish."""

    @abstractmethod
    def paths(self, task: PublishTask) -> tuple[str, ...]:
        """Return every path that the task may write or remove.

        The site writer reads the ETags of these before the ledger is loaded. Where the paths
        follow from the ledger, this reads it too, and a difference between both reads is a
        conflict that starts the task over.
        """

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        """Return every path that may be on the site.

        It differs from `paths` where that leaves out what most tasks don't have: a result names
        such paths in ``further_paths``, or their beginnings in ``further_prefixes``.
        """
        return self.paths(task)

    @abstractmethod
    def load(self, task: PublishTask) -> Loaded | None:
        """Read everything that the documents need, or None where nothing was ever recorded.

        The site writer loads again after a write. Equal values mean that nothing has changed, so
        this returns no iterator and nothing else that is compared by identity.
        """

    @abstractmethod
    def build(self, task: PublishTask, loaded: Loaded) -> BuildResult:
        """Build the result. Only what was loaded counts."""

    def compose(self, task: PublishTask) -> BuildResult:
        """Load and build."""
        loaded = self.load(task)
        result = BuildResult() if loaded is None else self.build(task, loaded)
        needed = tuple(one for one in result.replacements if one.is_needed)
        return replace(result, replacements=needed, loaded=loaded)


class FollowUpBuilder(Builder[Loaded]):
    """Publishes no document, and only writes follow-ups to the ledger."""

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return ()


class ViewBuilder(Builder[Loaded]):
    """Builds views, which are rendered in every format that the site has for them."""

    site: Site

    def compose(self, task: PublishTask) -> BuildResult:
        result = super().compose(task)
        rendered = (document for view in result.views for document in render(self.site, view))
        return replace(result, documents=(*rendered, *result.documents), views=())
