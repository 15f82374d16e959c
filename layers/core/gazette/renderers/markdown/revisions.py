"""The history of an event in Markdown: its changes, what one revision changed, how it is proved."""

from collections.abc import Iterator

from gazette.models.frozen import rfc3339
from gazette.models.kinds import RULES
from gazette.models.views.diff import DiffKind
from gazette.models.views.page import (
    EventPage,
    ListedRevision,
    PageFrame,
    RelatedEvent,
    RevisionPage,
)
from gazette.projections.diff.spans import DiffSpan
from gazette.renderers.markdown.text import link, plain
from gazette.renderers.pages.diff_layout import Paragraph, ShownChange, newest_first, shown_changes
from gazette.renderers.pages.links import markdown_address

_MARKUP = {
    DiffKind.KEPT: "{}",
    DiffKind.INSERTED: "<ins>{}</ins>",
    DiffKind.DELETED: "<del>{}</del>",
}


def changes(page: EventPage) -> str:
    """List the revisions of an event, the newest first."""
    revisions = newest_first(page.changes)
    lines = [_revision(position, each, page.frame) for position, each in enumerate(revisions, 1)]
    return "\n".join(("### Changes:\n", *lines)) if lines else ""


def related(page: EventPage) -> str:
    lines = [_event(position, each, page.frame) for position, each in enumerate(page.related, 1)]
    return "\n".join(("### Related:\n", *lines)) if lines else ""


def notice(page: RevisionPage) -> str:
    """Say which revision this is, and lead to the current one and its neighbours."""
    event = page.event
    entry = event.revision.entry
    withdrew = ", which withdrew the event" if event.revision.is_withdrawn else ""
    state = (
        "It is the current version:"
        if page.is_current
        else "It has been superseded. Current version:"
    )
    current = link(page.current.text, markdown_address(page.current.url, event.frame))
    own = f"**This is revision {entry.number}** of {rfc3339(entry.at)}{withdrew}."
    return f"> {own} {state} {current}\n>\n> {_versions(page)}"


def difference(page: RevisionPage) -> Iterator[str]:
    """Show what changed, each field below its name."""
    shown = shown_changes(page.differences)
    if shown:
        yield "### What changed:"
    for change in shown:
        yield f"**{change.label}**"
        yield from _passages(change)


def fingerprint(page: RevisionPage) -> str:
    revision = page.event.revision
    entry = revision.entry
    facts = {
        "Revision": str(entry.number),
        "Kind": RULES[entry.kind].label,
        "Time": rfc3339(entry.at),
        "Note": entry.note and plain(entry.note),
        "SHA-256": entry.sha256,
        "SHA-256 of the previous revision": revision.previous_sha256,
    }
    lines = (f"- {name}: {fact}" for name, fact in facts.items() if fact)
    return "\n".join(("### Fingerprint:\n", *lines))


def _revision(position: int, revision: ListedRevision, frame: PageFrame) -> str:
    labels = f"{revision.label}, Current version" if revision.is_current else revision.label
    line = f"{position}. {link(revision.title, markdown_address(revision.url, frame))}"
    line += f" _Revision {revision.number}, {rfc3339(revision.at)} ({plain(labels)})_"
    return f"{line}\n   {plain(revision.note)}" if revision.note else line


def _event(position: int, event: RelatedEvent, frame: PageFrame) -> str:
    line = f"{position}. {link(event.title, markdown_address(event.url, frame))}"
    context = ", ".join(plain(topic.text) for topic in event.context)
    return f"{line} _Context: {context}_" if context else line


def _versions(page: RevisionPage) -> str:
    frame = page.event.frame
    ways = (
        ("Previous version", page.predecessor_url),
        ("Next version", page.successor_url),
        ("All versions", page.history_url),
    )
    return "  ".join(link(way, markdown_address(url, frame)) for way, url in ways if url)


def _passages(change: ShownChange) -> Iterator[str]:
    for passage in change.passages:
        if isinstance(passage, int):
            yield f"_{passage} paragraph{'' if passage == 1 else 's'} unchanged_"
        else:
            yield _quoted(passage)


def _quoted(paragraph: Paragraph) -> str:
    return f"> {''.join(map(_formatted, paragraph)).strip()}"


def _formatted(mark: DiffSpan) -> str:
    return f"{_MARKUP[mark.kind].format(plain(mark.text))}{mark.space}"
