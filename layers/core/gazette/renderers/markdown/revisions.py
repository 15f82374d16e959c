"""The history of an event in Markdown: its revisions, differences and fingerprints."""

from collections.abc import Iterator

from gazette.models.branding.zones import in_zone, zoned_rfc3339
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.diff import DiffKind
from gazette.models.views.page import (
    Correction,
    EventPage,
    ListedRevision,
    PageFrame,
    RelatedEvent,
    RevisionPage,
)
from gazette.projections.diff.spans import DiffSpan
from gazette.renderers.markdown.text import link, plain, quoted
from gazette.renderers.pages.diff_layout import Paragraph, ShownChange, newest_first, shown_changes
from gazette.renderers.pages.links import markdown_address
from gazette.renderers.pages.notices import notice_sentence

_MARKUP = {
    DiffKind.KEPT: "{}",
    DiffKind.INSERTED: "<ins>{}</ins>",
    DiffKind.DELETED: "<del>{}</del>",
}


def changes(page: EventPage) -> str:
    """List the revisions of an event, newest first."""
    revisions = newest_first(page.changes)
    text = page.frame.texts
    lines = [_revision(position, each, page.frame) for position, each in enumerate(revisions, 1)]
    if not lines:
        return ""
    listed = "\n".join((f"### {text('changes.heading')}:\n", *lines))
    if page.all_changes_url is None:
        return listed
    return f"{listed}\n\n{link(text('revision.all_versions'), page.all_changes_url)}"


def corrections(page: EventPage) -> str:
    """Quote every correction of an event with a link to what it changed, newest first (V12)."""
    return "\n>\n".join(_correction(each, page.frame) for each in page.corrections)


def _correction(correction: Correction, frame: PageFrame) -> str:
    text = frame.texts
    day = text.long_date(in_zone(correction.at, frame.time_zone))
    label = text("entry.correction", date=day)
    url = markdown_address(correction.difference_url.removesuffix("#difference"), frame)
    return f"{quoted(label, correction.note)}\n>\n> {link(text('difference.heading'), url)}"


def related(page: EventPage) -> str:
    text = page.frame.texts
    lines = [_event(position, each, page.frame) for position, each in enumerate(page.related, 1)]
    return "\n".join((f"### {text('event.related')}:\n", *lines)) if lines else ""


def notice(page: RevisionPage) -> str:
    """Name the revision, and link the current one and the revision before it."""
    event = page.event
    entry, text = event.revision.entry, event.frame.texts
    sentence = text(
        notice_sentence(event.revision),
        name=f"**{text('notice.name', number=entry.number)}**",
        time=zoned_rfc3339(entry.at, event.frame.time_zone),
    )
    current = link(page.current.text, markdown_address(page.current.url, event.frame))
    return f"> {sentence} {text('notice.is_superseded')} {current}\n>\n> {_versions(page)}"


def difference(page: EventPage | RevisionPage) -> Iterator[str]:
    """Show the changes, each field under its label."""
    text = page.event.frame.texts if isinstance(page, RevisionPage) else page.frame.texts
    shown = shown_changes(text, page.differences)
    if page.is_incomparable:
        yield f"### {text('difference.heading')}:"
        yield plain(text("difference.none"))
    if shown:
        yield f"### {text('difference.heading')}:"
    for change in shown:
        yield f"**{change.label}**"
        yield from _passages(text, change)


def fingerprint(page: RevisionPage) -> str:
    revision = page.event.revision
    entry, text = revision.entry, page.event.frame.texts
    facts = {
        text("fingerprint.number"): text.digits(entry.number),
        text("fingerprint.kind"): text(entry.kind.label),
        text("fingerprint.time"): zoned_rfc3339(entry.at, page.event.frame.time_zone),
        text("fingerprint.note"): entry.note and plain(entry.note),
        text("fingerprint.sha256"): entry.sha256,
        text("fingerprint.previous_sha256"): revision.previous_sha256,
    }
    lines = (f"- {name}: {fact}" for name, fact in facts.items() if fact)
    return "\n".join((f"### {text('fingerprint.heading')}:\n", *lines))


def _revision(position: int, revision: ListedRevision, frame: PageFrame) -> str:
    text = frame.texts
    current = (text("revision.current_version"),) if revision.is_current else ()
    labels = plain(text.joined((text(revision.kind.label), *current)))
    at = zoned_rfc3339(revision.at, frame.time_zone)
    described = text("changes.line", number=revision.number, time=at, labels=labels)
    line = f"{position}. {link(revision.title, markdown_address(revision.url, frame))}"
    line += f" _{described}_"
    return f"{line}\n   {plain(revision.note)}" if revision.note else line


def _event(position: int, event: RelatedEvent, frame: PageFrame) -> str:
    line = f"{position}. {link(event.title, markdown_address(event.url, frame))}"
    text = frame.texts
    context = text.joined(plain(topic.text) for topic in event.context)
    return f"{line} _{text('event.context')}: {context}_" if context else line


def _versions(page: RevisionPage) -> str:
    frame, text = page.event.frame, page.event.frame.texts
    links = (
        (text("revision.previous_version"), page.predecessor_url),
        (text("revision.all_versions"), page.history_url),
    )
    return "  ".join(link(label, markdown_address(url, frame)) for label, url in links if url)


def _passages(text: Catalogue, change: ShownChange) -> Iterator[str]:
    for passage in change.passages:
        if isinstance(passage, int):
            yield f"_{text('difference.unchanged', count=passage)}_"
        else:
            yield _quoted(passage)


def _quoted(paragraph: Paragraph) -> str:
    return f"> {''.join(map(_formatted, paragraph)).strip()}"


def _formatted(span: DiffSpan) -> str:
    return f"{_MARKUP[span.kind].format(plain(span.text))}{span.space}"
