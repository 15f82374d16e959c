"""The memory engine with a comparison in place of a site: it builds documents and renders none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gazette.models.site import Site
from gazette.models.views.site_document import Document
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.processes.planner import Planner
from gazette_cli.verification.document_comparison import DocumentComparison


class _NoSite:
    """A `SiteStore` without documents: a writer finds all of its own missing, and writes none."""

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        return dict.fromkeys(paths)

    def etags_below(self, _prefix: str) -> dict[str, str]:
        return {}

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        """Write nothing."""

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        """Remove nothing."""


class VerifyingEngine(MemoryEngine):
    """Publishes a ledger again, to compare it with a site."""

    def __init__(self, settings: Site, comparison: DocumentComparison) -> None:
        super().__init__(settings, _NoSite(), Counter())
        planners = {
            kind: Planner(builder, comparison.plan)  # type: ignore[arg-type]  # all are builders
            for kind, builder in self._publisher.builders.items()
        }
        self._publisher = replace(self._publisher, builders=planners)
