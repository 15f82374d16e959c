"""Claims what only one event can have: its path, its guid and its aliases.

A claim is create-only: the first event to make it keeps it for ever. So a run that is repeated
after a crash finds its own claims.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gazette.models.branding.static_files import claimant_key
from gazette.models.contract.aliases import is_canonical
from gazette.models.contract.document import EventDocument
from gazette.models.contract.guids import entry_id, is_of_site
from gazette.models.ledger import keys
from gazette.models.ledger.snapshot import Snapshot
from gazette.models.path_candidates import path_candidates
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.ports import Ledger
from gazette.projections.history.occurrences import names_of


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of events; ``authority`` is the name in the ids that the site gives itself."""

    ledger: Ledger
    authority: str = ""

    def claim_path(self, snapshot: Snapshot, preferred: str) -> str:
        """Claim a path for an event; it keeps the one it has if its document still prefers that."""
        for base_path in path_candidates(preferred, snapshot.event_id):
            if snapshot.revision and base_path == snapshot.revision.entry.base_path:
                return base_path
            if self.ledger.claim(base_path, snapshot.event_id) == snapshot.event_id:
                return base_path
        reason = f"no path is left for {snapshot.event_id} at {preferred}"
        raise LookupError(reason)

    def claim_names(self, snapshot: Snapshot, document: EventDocument) -> None:
        """Claim the guid and the aliases of a document that is about to be published.

        A document without them costs no request. What another event has is looked for first, so
        that a document which is refused claims nothing.

        Raises:
            InvalidEventError: another event has one of them, or the id would change.
        """
        own = snapshot.event_id
        problems = [*self._guid_problems(snapshot, document), *_alias_problems(document)]
        if problems:
            raise InvalidEventError(*problems)
        wanted = dict(_wanted(snapshot, document))
        for find in (self._claimant, self.ledger.claim):
            found = {name: find(name, own) for name in wanted}
            taken = [
                Problem(wanted[name], f"belongs to {claimant_key(event_id)} already; leave it out")
                for name, event_id in found.items()
                if event_id != own
            ]
            if taken:
                raise InvalidEventError(*taken)

    def own_aliases(self, snapshot: Snapshot, document: EventDocument) -> tuple[str, ...]:
        """Claim the aliases of a document that was published once; return those it may have."""
        return tuple(
            path
            for path in names_of(document).aliases
            if self.ledger.claim(path, snapshot.event_id) == snapshot.event_id
        )

    def _guid_problems(self, snapshot: Snapshot, document: EventDocument) -> Iterator[Problem]:
        """Yield why a guid cannot be the id of the event: an id never changes."""
        guid, own = document.guid, entry_id(self.authority, snapshot.event_id, None)
        if guid is None:
            return
        if snapshot.revision is not None:
            published = snapshot.revision.entry.guid or own
            if guid != published:
                reason = "cannot change; leave it out, or write the id that the event has"
                yield Problem("guid", f"{reason}: {published}")
        elif is_of_site(self.authority, guid) and guid != own:
            reason = "is an id that this site gives to something else"
            yield Problem("guid", f"{reason}; leave it out, and the event is {own}")

    def _claimant(self, name: str, event_id: str) -> str:
        """Return the event that has claimed a name, or the one that asks if none has."""
        claim = self.ledger.get(keys.claim_key(name))
        return claim.payload if claim else event_id


def _alias_problems(document: EventDocument) -> Iterator[Problem]:
    """Yield the aliases that an older release accepted as unknown fields, and that lead nowhere."""
    for position, alias in enumerate(document.aliases):
        if not is_canonical(alias):
            yield Problem(f"aliases.{position}", "is no path of this site; leave it out")


def _wanted(snapshot: Snapshot, document: EventDocument) -> Iterator[tuple[str, str]]:
    """Yield what to claim, and the field that it stands in; the event may have some already."""
    if document.guid is not None and snapshot.revision is None:
        yield keys.guid_claim(document.guid), "guid"
    known = snapshot.revision.aliases if snapshot.revision else ()
    for position, path in enumerate(names_of(document).aliases):
        if path not in known:
            yield path, f"aliases.{position}"
