"""Loads documents into the form, previews them, and writes them as `gazette put` does."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.contract.identity import event_id, event_key
from gazette.models.contract.parsing import read_object
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import InvalidEventError, Problem
from gazette.models.site import Site
from gazette_cli.console.form import (
    EVENT_ID,
    OTHER,
    Form,
    check_document,
    document_of,
    document_text,
    form_of,
    key_of,
    problems_of_form,
)
from gazette_cli.console.page_preview import preview_page
from gazette_cli.console.views import Shape
from gazette_cli.operate.deployment import Deployment
from gazette_cli.writing.put import address_of
from gazette_cli.writing.uploads import Outcome, Outcomes, Result, Upload, Uploader, UploadError

# The version that the form was loaded from; without one the event is new.
BASE = "base"
_SECONDS_TO_PUBLISH = 60
_POLL_SECONDS = 0.1
# Kinds with which the form begins; another purpose keeps that of the document.
_KINDS = {"edit": "update", "correct": "correction", "retract": "retraction", "restore": "update"}


@dataclass(frozen=True, slots=True)
class Editor:
    """The form of one stack; ``pause`` waits some seconds and returns whether to stop."""

    deployment: Deployment
    site: Site
    now: Callable[[], datetime]
    pause: Callable[[float], bool]

    @property
    def archive(self) -> S3SourceArchive:
        return S3SourceArchive(self.deployment.s3, self.deployment.outputs["SourceBucketName"])

    def load(self, identity: str, purpose: str) -> Shape:
        """Return the form of the newest document of an event.

        Raises:
            UploadError: the event has none.
            UnreadableVersionError: S3 does not give it out.
        """
        versions = self.archive.versions(event_key(identity))
        newest = next((one for one in versions if not one.is_delete_marker), None)
        if newest is None:
            raise UploadError(f"{identity}: the source bucket has no document of it")
        body = self.archive.read(event_key(identity), newest.version_id)
        base = {EVENT_ID: identity, BASE: versions[0].version_id}
        try:
            document = read_object(body)
        except InvalidEventError:  # the form shows the text, so that it can be corrected
            return {"form": {**form_of({}), OTHER: body.decode(errors="replace"), **base}}
        # It is when the old version was written.
        document.pop("modified", None)
        if purpose in _KINDS:
            document["revision"] = {"kind": _KINDS[purpose]}
        return {"form": {**form_of(document), **base}}

    def preview(self, form: Form) -> Shape:
        """Return the document, its page, and what is wrong with it."""
        now = self.now()
        try:
            key, text, remarks = self._document(form, now)
        except InvalidEventError as error:
            return {"problems": problems_of_form(error), "json": self._text(form)}
        page = preview_page(self.site, self.archive, key, text.encode(), now)
        return {
            "problems": [],
            "remarks": remarks,
            "key": key,
            "json": text,
            "page": page.decode(),
        }

    def publish(self, form: Form) -> Shape:
        """Write the document, and wait for what becomes of it."""
        try:
            key, text, remarks = self._document(form, self.now())
            self._refuse_overwriting(form, key)
        except InvalidEventError as error:
            return {"problems": problems_of_form(error)}
        start = time.monotonic()
        upload = Uploader(self.deployment).upload(key, text.encode())
        result = self._wait(upload, start)
        shape = {"problems": [], "remarks": remarks, "id": event_id(key), "key": key}
        return shape | self._outcome(result, time.monotonic() - start)

    def _document(self, form: Form, now: datetime) -> tuple[str, str, list[str]]:
        """Return the key, the text and remarks.

        Raises:
            InvalidEventError: the document would be quarantined.
        """
        document = document_of(form)
        remarks = check_document(document)
        return key_of(form, document, now), document_text(document), remarks

    def _text(self, form: Form) -> str:
        try:
            return document_text(document_of(form))
        except InvalidEventError:  # the other fields are no JSON
            return ""

    def _refuse_overwriting(self, form: Form, key: str) -> None:
        """Refuse to write over a version that the form does not know."""
        newest: ObjectVersion | None = next(iter(self.archive.versions(key)), None)
        known, base = newest.version_id if newest else "", form.get(BASE, "")
        if known == base:
            return
        reason = (
            "another version was written meanwhile; open the event again"
            if base
            else "an event with this id exists already; choose another id, or correct that event"
        )
        raise InvalidEventError(Problem(EVENT_ID, reason))

    def _wait(self, upload: Upload, start: float) -> Result | None:
        outcomes = Outcomes(self.deployment)
        while (result := outcomes.find(upload)) is None:
            is_late = time.monotonic() - start > _SECONDS_TO_PUBLISH
            if is_late or self.pause(_POLL_SECONDS):
                return None
        return result

    def _outcome(self, result: Result | None, seconds: float) -> Shape:
        if result is None:
            reason = "is written, but not published yet; look at what failed"
            return {"outcome": "waiting", "reason": reason}
        revision = result.revision
        shape: Shape = {"outcome": result.outcome.value, "reason": result.reason}
        if revision is not None and result.outcome is not Outcome.QUARANTINED:
            page = address_of(self.deployment, f"{revision.entry.base_path}.html")
            shape |= {"number": revision.number, "kind": revision.entry.kind.value, "page": page}
        return {**shape, "seconds": round(seconds, 2)}
