"""Feeds of revisions: updates and corrections of a time line, and the history of an event."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape
from itertools import chain

from gazette.models import paths
from gazette.models.byte_cache import IdentityCache
from gazette.models.kinds import RULES, default_withdrawal_note
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.partitions import Partition
from gazette.models.ledger.snapshot import Revision
from gazette.models.ledger.update import TimelineHead, UpdateEntry
from gazette.models.site import Site
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange
from gazette.models.views.feed import Feed, FeedItem, FeedLink
from gazette.models.views.list_pages import ListPage
from gazette.projections.diff.fields import NOTE, OTHER
from gazette.projections.diff.spans import diff_spans
from gazette.projections.erasures.erased_words import with_erased_words
from gazette.projections.feeds.event_feeds import feed_topics, make_feed, note_item
from gazette.projections.feeds.feed_links import revision_address, version_links
from gazette.projections.feeds.segments import Segment, SegmentRef
from gazette.projections.items.long_histories import HistoryPart
from gazette.projections.pages.event_pages import shown_title
from gazette.projections.pages.frames import feed_links
from gazette.projections.pages.timeline_pages import archive_address, topic_of

_HTML, _TEXT = (
    {DiffKind.KEPT: "{}", DiffKind.INSERTED: "<ins>{}</ins>", DiffKind.DELETED: "<del>{}</del>"},
    {DiffKind.KEPT: "{}", DiffKind.INSERTED: "{{+{}+}}", DiffKind.DELETED: "[-{}-]"},
)


def changes_title(
    site: Site, partition: Partition, head: TimelineHead | None, updates: Sequence[UpdateEntry]
) -> str:
    """Return the title of the updates or corrections of a time line; the site needs no name."""
    timeline = partitions.timeline_of(partition)
    if timeline == partitions.SITE:
        return site.texts(f"section.{partition.kind.lower()}")
    label = head.label if head else topic_of(timeline, updates).label
    return site.texts("changes_feed.title", title=label, name=_name(site, partition))


def changes_description(site: Site, partition: Partition) -> str:
    return site.texts(f"{partition.kind.lower()}.description")


def _name(site: Site, partition: Partition) -> str:
    """Return what a title names updates or corrections."""
    return site.texts(f"{partition.kind.lower()}.name")


def changes_feed(
    site: Site,
    partition: Partition,
    head: TimelineHead | None,
    updates: Sequence[UpdateEntry],
    older: SegmentRef | None,
) -> Feed:
    """Make the live feed of updates or of corrections (SPEC V4, P7).

    It is empty as long as the time line has none; then it dates from its first publication.
    """
    feed = _feed(site, partition, paths.changes_path(partition), head, updates)
    return replace(feed, previous=archive_address(site, paths.archive_folder(partition), older))


def changes_archive_feed(
    site: Site,
    partition: Partition,
    segment: Segment,
    updates: Sequence[UpdateEntry],
) -> Feed:
    """Make the archive document of a closed segment, which has these updates."""
    folder = paths.archive_folder(partition)
    at = keys.published_of(segment.items[-1].key.sort)
    head = None if updates else TimelineHead(label=partitions.timeline_of(partition).name, first=at)
    feed = _feed(site, partition, paths.archive_path(folder, segment.ref.name), head, updates)
    older, newer = (archive_address(site, folder, one) for one in (segment.older, segment.newer))
    current = site.url(paths.changes_path(partition))
    return replace(feed, previous=older, next=newer, current=current, hubs=())


def _feed(
    site: Site,
    partition: Partition,
    base_path: str,
    head: TimelineHead | None,
    updates: Sequence[UpdateEntry],
) -> Feed:
    folder = paths.timeline_folder(partitions.timeline_of(partition))
    title = changes_title(site, partition, head, updates) if folder else _name(site, partition)
    return make_feed(
        site,
        tag=site.tag(*filter(None, folder.split("/")), partition.kind.lower()),
        title=site.texts("feed.title", site=site.title, title=title),
        description=changes_description(site, partition),
        base_path=base_path,
        home_path=paths.changes_page_path(partition),
        updated=head.first if head and not updates else max(update.at for update in updates),
        items=update_items(site, updates),
    )


def update_items(site: Site, updates: Iterable[UpdateEntry]) -> tuple[FeedItem, ...]:
    """Make the items of revisions, or return those made before."""
    return tuple(_ITEMS(update, site) for update in updates)


def update_item(site: Site, update: UpdateEntry) -> FeedItem:
    """Make the item of a revision: its note and its changes.

    It leads to the page of the event, and stays as it is when the revision is superseded.
    """
    site = site.in_language(update.language)
    update = with_erased_words(site.texts, update)
    current = site.url(f"{update.base_path}.html")
    note, changes = update.note or _default_note(site.texts, update), _shown_changes(update)
    links = _version_links_html(site, update)
    return replace(
        note_item(site, update, note, current),
        content_html="\n".join(
            (f"<p>{escape(note)}</p>", *(_change_html(site.texts, each) for each in changes), links)
        ),
        content_text="\n\n".join((note, *(_change_text(site.texts, each) for each in changes))),
        topics=feed_topics(site, update),
        links=(
            FeedLink("latest-version", current, "text/html"),
            *version_links(site, update),
        ),
        history_url=site.url(paths.history_path(update.first_path)),
    )


# Every topic of an event shows the same item.
_ITEMS: IdentityCache[UpdateEntry, Site, FeedItem] = IdentityCache(
    lambda update, site: update_item(site, update), lambda _, item: item.memory
)


def with_changes_feeds(site: Site, timeline: Partition, page: ListPage) -> ListPage:
    """Add the feeds of updates and corrections to the page of a time line."""
    title = page.frame.title
    links = (
        feed_links(
            site,
            paths.changes_path(partition),
            site.texts("changes_feed.title", title=title, name=_name(site, partition)),
        )
        for partition in partitions.changes_partitions(timeline)
    )
    feeds = (*page.frame.feeds, *chain.from_iterable(links))
    return replace(page, frame=replace(page.frame, feeds=feeds))


def history_feed(site: Site, part: HistoryPart) -> Feed:
    """Make the feed of the revisions of an event, newest first, or an archive document of it.

    An archive document has no link to the next one, which would change it (RFC 5005 §4).
    """
    site = site.in_language(part.last.entry.language)
    last = with_erased_words(site.texts, part.last.entry)
    feed = make_feed(
        site,
        tag=site.tag("history", last.event_id),
        title=site.texts("history.title", title=shown_title(site.texts, last)),
        description=site.texts("history.description"),
        base_path=part.base_path,
        home_path=part.event_base_path,
        updated=max(revision.entry.at for revision in part.revisions),
        items=tuple(_history_item(site, one, part) for one in part.revisions[::-1]),
    )
    previous = part.previous_base_path
    return replace(
        feed,
        previous=site.url(previous) if previous else None,
        current=site.url(part.current_base_path) if part.is_archived else None,
        hubs=() if part.is_archived else feed.hubs,
    )


def _history_item(site: Site, revision: Revision, part: HistoryPart) -> FeedItem:
    texts = site.in_language(revision.entry.language).texts
    entry = with_erased_words(texts, revision.entry)
    note = entry.note or texts("history.note", kind=texts(entry.kind.label))
    address = revision_address(site, revision, is_current=part.is_newest(revision))
    return replace(
        note_item(site, entry, note, address),
        topics=feed_topics(site, entry),
        links=(
            FeedLink("latest-version", site.url(f"{part.event_base_path}.html"), "text/html"),
            *version_links(site, entry, is_superseded=True),
        ),
    )


def _default_note(texts: Catalogue, update: UpdateEntry) -> str:
    """Describe a revision without a note."""
    if RULES[update.kind].withdraws:
        return default_withdrawal_note(texts, update.kind, update.at)
    labels = [change.label for change in update.changes]
    if labels == [OTHER.label]:
        return _other_text(texts, update.changes[0])
    if not labels:
        return texts("update.published_again")
    return texts("update.changed_fields", fields=texts.joined(map(texts.stored, labels)))


def _version_links_html(site: Site, update: UpdateEntry) -> str:
    versions = (
        (site.texts("revision.previous_version"), update.predecessor_path),
        (site.texts("revision.current_version"), update.base_path),
    )
    links = (
        f'<a href="{escape(site.url(f"{base_path}.html"))}">{label}</a>'
        for label, base_path in versions
        if base_path
    )
    return f"<p>{' · '.join(links)}</p>"


def _shown_changes(update: UpdateEntry) -> tuple[FieldChange, ...]:
    """Return the difference without a note that is all new: it is above the difference."""
    return tuple(change for change in update.changes if not _is_new_note(change))


def _is_new_note(change: FieldChange) -> bool:
    runs = [run for paragraph in change.paragraphs for run in paragraph]
    is_new = all(run.kind is DiffKind.INSERTED for run in runs)
    return change.label == NOTE and is_new


def _change_html(texts: Catalogue, change: FieldChange) -> str:
    if change.label == OTHER.label:
        return f"<p>{escape(_other_text(texts, change))}</p>"
    shown = [_formatted(runs, _HTML, escape) for runs in change.paragraphs] or [
        texts("update.too_long")
    ]
    label = escape(texts.stored(change.label))
    return "\n".join((f"<h3>{label}</h3>", *(f"<p>{paragraph}</p>" for paragraph in shown)))


def _change_text(texts: Catalogue, change: FieldChange) -> str:
    if change.label == OTHER.label:
        return _other_text(texts, change)
    shown = [_formatted(runs, _TEXT, str) for runs in change.paragraphs] or [
        texts("update.too_long")
    ]
    return "\n\n".join((f"{texts.stored(change.label)}:", *shown))


def _formatted(
    runs: Sequence[DiffRun], forms: dict[DiffKind, str], quote: Callable[[str], str]
) -> str:
    spans = (forms[span.kind].format(quote(span.text)) + span.space for span in diff_spans(runs))
    return "".join(spans).strip()


def _other_text(texts: Catalogue, change: FieldChange) -> str:
    return texts.stored("".join(run.text for runs in change.paragraphs for run in runs))
