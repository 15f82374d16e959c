"""Feeds of what became of events: updates and corrections of a time line, the history of one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape

from gazette.models import keys, paths
from gazette.models.entry import Revision, TopicRef
from gazette.models.feed import Feed, FeedItem, FeedLink
from gazette.models.kept import Kept
from gazette.models.keys import Partition, PartitionKind
from gazette.models.kinds import RULES
from gazette.models.page import Fate, FieldChange, ListPage, Run
from gazette.models.site import Site
from gazette.models.update import UpdateEntry
from gazette.projections.differences import OTHER
from gazette.projections.event_pages import shown_title
from gazette.projections.feeds import feed_of, feed_topics, version_links
from gazette.projections.frames import feed_links
from gazette.projections.histories import event_url, revision_url
from gazette.projections.marks import marks

_HTML, _TEXT = (
    {Fate.KEPT: "{}", Fate.INSERTED: "<ins>{}</ins>", Fate.DELETED: "<del>{}</del>"},
    {Fate.KEPT: "{}", Fate.INSERTED: "{{+{}+}}", Fate.DELETED: "[-{}-]"},
)
_MOST_ITEMS_KEPT = 1024
_TOO_LONG = "Changed by more than is shown here."
_DESCRIPTIONS = {
    PartitionKind.UPDATES: "What was updated, corrected or withdrawn, what changed and why.",
    PartitionKind.CORRECTIONS: "What was corrected or withdrawn, what changed and why.",
}


def changes_feed(site: Site, partition: Partition, updates: Sequence[UpdateEntry]) -> Feed:
    """Make the feed of a partition of updates or of corrections, from its newest (SPEC V4)."""
    timeline, name = keys.timeline_of(partition), partition.kind.lower()
    folder = paths.timeline_folder(timeline)
    label = "" if timeline == keys.SITE else f"{_label(timeline, updates)}: "
    return feed_of(
        site,
        tag=site.tag(*filter(None, folder.split("/")), name),
        title=f"{site.title}: {label}{name}",
        description=_DESCRIPTIONS[partition.kind],
        stem=paths.changes_stem(partition),
        home_stem=paths.index_stem(folder),
        updated=max(update.at for update in updates),
        items=tuple(_ITEMS(update, site) for update in updates),
    )


def update_item(site: Site, update: UpdateEntry) -> FeedItem:
    """Make the item of a revision: its note and what it changed, by the address it has for ever."""
    current = site.url(f"{update.stem}.html")
    note = update.note or _said(update)
    return FeedItem(
        id=site.tag("revision", str(update.number), update.event_id),
        url=site.url(f"{paths.revision_stem(update.stem, update.number)}.html"),
        title=f"{RULES[update.kind].label}: {update.title}",
        summary=note,
        published=update.at,
        updated=update.at,
        revision=update.number,
        kind=update.kind,
        sha256=update.sha256,
        content_html=_content_html(update, note, _ways(site, update)),
        content_text="\n\n".join((note, *map(_change_text, update.changes))),
        note=update.note,
        language=update.language,
        author=update.byline or site.author,
        topics=feed_topics(site, update),
        links=(
            FeedLink("latest-version", current, "text/html"),
            FeedLink("related", current, "text/html", update.title),
            *version_links(site, update),
        ),
        history_url=site.url(paths.history_path(update.first_stem)),
    )


# Every topic of an event tells the same item.
_ITEMS: Kept[UpdateEntry, Site, FeedItem] = Kept(
    lambda update, site: update_item(site, update), _MOST_ITEMS_KEPT
)


def with_changes_feeds(site: Site, page: ListPage, held: Iterable[Partition]) -> ListPage:
    """Offer the feeds of updates and of corrections after the page's own, where there are any."""
    title = page.frame.title
    links = (
        feed_links(site, paths.changes_stem(partition), f"{title}: {partition.kind.lower()}")
        for partition in held
    )
    feeds = (*page.frame.feeds, *(link for three in links for link in three))
    return replace(page, frame=replace(page.frame, feeds=feeds))


def history_feed(site: Site, revisions: Sequence[Revision]) -> Feed:
    """Make the feed of all revisions of an event, newest first; they are given oldest first."""
    current = revisions[-1].entry
    title = shown_title(current)
    return feed_of(
        site,
        tag=site.tag("history", current.event_id),
        title=f"{title}: history",
        description="Every revision, with what was said of it.",
        stem=f"{current.first_stem}.history",
        home_stem=current.stem,
        updated=max(revision.entry.at for revision in revisions),
        items=tuple(_history_item(site, revision, revisions[-1]) for revision in revisions[::-1]),
    )


def _history_item(site: Site, revision: Revision, current: Revision) -> FeedItem:
    entry = revision.entry
    label = RULES[entry.kind].label
    note = entry.note or f"{label}."
    return FeedItem(
        id=site.tag("revision", str(entry.number), entry.event_id),
        url=revision_url(site, revision),
        title=f"{label}: {entry.title}",
        summary=note,
        published=entry.at,
        updated=entry.at,
        revision=entry.number,
        kind=entry.kind,
        sha256=entry.sha256,
        content_html=f"<p>{escape(note)}</p>",
        content_text=note,
        note=entry.note,
        language=entry.language,
        author=entry.byline or site.author,
        topics=feed_topics(site, entry),
        links=(
            FeedLink("latest-version", event_url(site, current), "text/html"),
            *version_links(site, entry),
        ),
    )


def _label(timeline: Partition, updates: Iterable[UpdateEntry]) -> str:
    """Call a topic or a category as the newest update that names it does."""
    names = (name for update in updates for name in _names(timeline.kind, update))
    return next((name.label for name in names if name.slug == timeline.name), timeline.name)


def _names(kind: PartitionKind, update: UpdateEntry) -> tuple[TopicRef, ...]:
    if kind is PartitionKind.TOPIC:
        return update.topics
    return (update.category,) if update.category else ()


def _said(update: UpdateEntry) -> str:
    """Say of a revision without a note what there is to say."""
    if RULES[update.kind].withdraws:
        return "Withdrawn by the publisher."
    labels = [change.label for change in update.changes]
    if labels == [OTHER.label]:
        return _other_text(update.changes[0])
    return f"Changed: {', '.join(labels)}." if labels else "Published again."


def _ways(site: Site, update: UpdateEntry) -> str:
    ways = (("Previous version", update.predecessor_stem), ("Current version", update.stem))
    links = (
        f'<a href="{escape(site.url(f"{stem}.html"))}">{text}</a>' for text, stem in ways if stem
    )
    return f"<p>{' · '.join(links)}</p>"


def _content_html(update: UpdateEntry, note: str, ways: str) -> str:
    return "\n".join((f"<p>{escape(note)}</p>", *map(_change_html, update.changes), ways))


def _change_html(change: FieldChange) -> str:
    if change.label == OTHER.label:
        return f"<p>{escape(_other_text(change))}</p>"
    shown = [_marked(runs, _HTML, escape) for runs in change.paragraphs] or [_TOO_LONG]
    return "\n".join((f"<h3>{change.label}</h3>", *(f"<p>{text}</p>" for text in shown)))


def _change_text(change: FieldChange) -> str:
    if change.label == OTHER.label:
        return _other_text(change)
    shown = [_marked(runs, _TEXT, str) for runs in change.paragraphs] or [_TOO_LONG]
    return "\n\n".join((f"{change.label}:", *shown))


def _marked(runs: Sequence[Run], forms: dict[Fate, str], quote: Callable[[str], str]) -> str:
    pieces = (forms[mark.fate].format(quote(mark.text)) + mark.space for mark in marks(runs))
    return "".join(pieces).strip()


def _other_text(change: FieldChange) -> str:
    return "".join(run.text for runs in change.paragraphs for run in runs)
