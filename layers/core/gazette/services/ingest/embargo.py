"""When an embargo ends: at the release, or later if the version was erased before it."""

from dataclasses import dataclass
from datetime import datetime

from gazette.models.ledger.snapshot import HeldVersion, Snapshot
from gazette.projections.erasures.erasures import is_held_back
from gazette.services.ingest.erasures.erasure_reading import ErasureReader


@dataclass(frozen=True, slots=True)
class Embargo:
    """Knows when held versions of one event become public.

    What is erased before its release is never public: no document may show that it was there.
    """

    erasures: ErasureReader

    def end(self, snapshot: Snapshot, held: HeldVersion, now: datetime) -> datetime | None:
        """Return when a held version became public, None if it has not until ``now``.

        It does at the first moment from its release on at which it is not erased. So it does not
        matter when an erasure, or the end of one, is noticed.
        """
        begin = max(held.release, held.stored_at)
        if begin > now:
            return None
        for at, stored in self.erasures.since(begin):
            if at <= now and not is_held_back(snapshot, held, stored):
                return at
        return None
