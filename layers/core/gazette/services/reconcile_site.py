"""The second half of a reconciliation: documents that are not what the ledger says.

Every place of the ledger names what a write to it would publish; a segment of the ledger after
another, all of that is composed and compared, and what differs is written. It is the way of
publishing itself, so a rebuild makes the same bytes, and a healthy archive only costs reading.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gazette.models.assignments import Assignment, DeskKind, assignments_of
from gazette.models.edition import PublishReport
from gazette.models.keys import Place
from gazette.models.reconciliation import Figures, PublishPiece
from gazette.ports import LedgerListing, SiteListing
from gazette.services.batches import publish_assigned
from gazette.services.inventory import CautiousLedger, list_site
from gazette.services.publish import Publisher
from gazette.services.reconcile_source import HasTime

# These only tell the pages beside one that they are to be made anew, and every page is.
_NEEDLESS = frozenset({DeskKind.NEIGHBOURS, DeskKind.PERIOD})


@dataclass(frozen=True, slots=True)
class SiteReconciler:
    """Publishes the ledger anew, segment by segment; what stands already is not written."""

    ledger: LedgerListing
    listing: SiteListing
    publisher: Publisher

    def publish(self, piece: PublishPiece, has_time: HasTime) -> tuple[PublishPiece, PublishReport]:
        """Go on with a segment as long as there is time."""
        # The site is listed before the ledger is read, as a document is looked at before.
        site = list_site(self.listing, self.publisher.site)
        ledger = CautiousLedger(self.publisher.ledger)
        publisher = replace(self.publisher, site=site, ledger=ledger, looks_again=True)
        report = PublishReport()
        done: set[Assignment] = set()
        last = piece.after
        for page in self.ledger.pages(piece.segment, piece.segments, piece.after):
            assigned = _assigned(page.places, done)
            publish_assigned(publisher, assigned, report)
            done.update(assigned)
            last = page.last
            if not has_time():
                break
        figures = piece.figures + _figures(report)
        further = {"after": last, "is_done": last is None, "figures": figures}
        return piece.model_copy(update=further), report


def _assigned(places: Iterable[Place], done: set[Assignment]) -> list[Assignment]:
    tasks = (task for place in places for task in assignments_of(place))
    wanted = (task for task in tasks if task.desk not in _NEEDLESS and task not in done)
    return list(dict.fromkeys(wanted))


def _figures(report: PublishReport) -> Figures:
    return Figures(
        assignments=report.assignments,
        documents_written=report.documents_written,
        documents_unchanged=report.documents_unchanged,
        documents_removed=report.documents_removed,
        records=report.records_written,
        failed=len(report.failed),
    )
