"""Lets the pages of a preview reload themselves when the site has been published again.

A page waits for the next publication with a request that is answered when there is one.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition

from gazette.models.views.site_document import NEVER, document
from gazette.renderers.pages.html import CONTENT_SECURITY_POLICY
from gazette_cli.emulators.webserver import Reader, StoredDocument

# No event and no list has such an address.
_FOLDER = "_gazette"
_SCRIPT = Path(__file__).parent / "reload.js"
_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"
_META_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>\n?')
_AFTER = re.compile(rf"{_FOLDER}/after/(\d+)\.json")
# A request that waits longer is answered with what is known, and comes again.
_WAIT_SECONDS = 20.0


@dataclass(slots=True)
class LiveReload:
    """The number of the publication that is served, and what is wrong with the last one."""

    number: int = 0
    problems: Sequence[str] = ()
    wait_seconds: float = _WAIT_SECONDS
    _changed: Condition = field(default_factory=Condition)

    def publish(self, problems: Sequence[str]) -> None:
        """Let all pages reload, or show what is wrong."""
        with self._changed:
            self.number += 1
            self.problems = problems
            self._changed.notify_all()

    def reader(self, read: Reader) -> Reader:
        """Return a reader of the same site that adds the script to its pages."""

        def read_live(path: str) -> StoredDocument | None:
            if waiting := _AFTER.fullmatch(path):
                return self._after(int(waiting[1]))
            if path == f"{_FOLDER}/reload.js":
                return _stored(f"{_FOLDER}/reload.js", _SCRIPT.read_bytes(), "text/javascript")
            found = read(path)
            if found is None or not found.media_type.startswith("text/html"):
                return found
            body = _with_script(found.body, self.number)
            etag = document(path, body).etag
            return replace(found, body=body, etag=etag, security_policy=_POLICY)

        return read_live

    def _after(self, number: int) -> StoredDocument:
        """Answer when another publication than the one with this number is served."""
        with self._changed:
            self._changed.wait_for(lambda: self.number != number, self.wait_seconds)
            state = {"number": self.number, "problems": list(self.problems)}
        return _stored(f"{_FOLDER}/after.json", json.dumps(state).encode(), "application/json")


def _with_script(page: bytes, number: int) -> bytes:
    """Add the script to a page, and leave out the policy in it: the one in the header is wider."""
    script = f'<script src="/{_FOLDER}/reload.js" data-number="{number}" defer></script>\n</body>'
    return _META_POLICY.sub(b"", page, 1).replace(b"</body>", script.encode())


def _stored(path: str, body: bytes, media_type: str) -> StoredDocument:
    etag = document(path, body, media_type).etag
    return StoredDocument(body, media_type, etag, datetime.now(UTC), NEVER)
