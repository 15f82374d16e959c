"""Finds the long-lived copies at the edge that a write or a removal makes outdated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gazette.models.views.site_document import Document, is_kept_long
from gazette.ports import ServedHeaders


@dataclass(frozen=True, slots=True)
class EdgeCopies:
    """Asks how long the copies of a document live; without an edge nothing is asked.

    What counts is the header of the document that is replaced. A revision that is superseded was
    served as a live page until now, so its copies expire by themselves, and cost no invalidation.
    """

    headers: ServedHeaders | None = None

    def of_rewritten(
        self, documents: Sequence[Document], seen: Mapping[str, str | None]
    ) -> list[str]:
        """Return the paths with outdated copies among documents that are about to be written.

        Only documents that are to be kept long are asked about: the others were never kept long.
        """
        return self._kept_long(
            [
                document.path
                for document in documents
                if seen[document.path] is not None and is_kept_long(document.cache_control)
            ]
        )

    def of_removed(self, paths: Sequence[str]) -> list[str]:
        """Return the paths with outdated copies among documents that are about to be removed."""
        return self._kept_long(paths)

    def _kept_long(self, paths: Sequence[str]) -> list[str]:
        if self.headers is None or not paths:
            return []
        found = self.headers.cache_controls(paths)
        return [path for path in paths if is_kept_long(found.get(path, ""))]


NO_EDGE = EdgeCopies()
