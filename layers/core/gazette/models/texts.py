"""Every text that a reader of the published site sees, in one catalogue by key.

A text has named placeholders, and a `Plural` where it depends on ``count``. Texts are plain: a
renderer escapes them for its format. Names of formats (RSS, Markdown) are not texts.
"""

from datetime import date
from typing import NamedTuple


class Plural(NamedTuple):
    """The forms of a text that depends on ``count``."""

    one: str
    other: str


TEXTS: dict[str, str | Plural] = {
    # Numbers and dates.
    "categories.earlier": "Earlier categories",
    "categories.later": "Later categories",
    "categories.title": "Categories",
    "count.category": Plural("{count:,} category", "{count:,} categories"),
    "count.event": Plural("{count:,} event", "{count:,} events"),
    "count.event.minimum": "{count:,}+ events",
    "count.number": "{count:,}",
    "count.number.minimum": "{count:,}+",
    "count.topic": Plural("{count:,} topic", "{count:,} topics"),
    "date.day_and_month": "{day} {month}",
    "date.full": "{day} {month} {year}",
    "date.month_and_year": "{month} {year}",
    "date.moment": "{date}, {time} {zone}",
    "date.range": "{first} to {last}",
    "month.1": "January",
    "month.2": "February",
    "month.3": "March",
    "month.4": "April",
    "month.5": "May",
    "month.6": "June",
    "month.7": "July",
    "month.8": "August",
    "month.9": "September",
    "month.10": "October",
    "month.11": "November",
    "month.12": "December",
    "weekday.1": "Mon",
    "weekday.2": "Tue",
    "weekday.3": "Wed",
    "weekday.4": "Thu",
    "weekday.5": "Fri",
    "weekday.6": "Sat",
    "weekday.7": "Sun",
    # Kinds of revision, as their labels.
    "kind.publication": "First version",
    "kind.minor": "Minor edit",
    "kind.update": "Update",
    "kind.correction": "Correction",
    "kind.retraction": "Withdrawn",
    "kind.restored": "Restored",
    "kind.expired": "Expired",
    "kind.title": "{kind}: {title}",
    # The frame of every page.
    "page.breadcrumb": "Breadcrumb",
    "page.formats": "Formats",
    "page.colophon": "Published with Gazette. Every version stays readable.",
    "page.machine": "For machines: other formats and fingerprints",
    "page.next": "Next",
    "page.previous": "Previous",
    "page.sections": "Sections",
    "page.skip": "Skip to the content",
    "page.timeline": "Time line",
    "page.title": "{title} – {site}",  # noqa: RUF001  # a dash, as typography has it
    "footer.heading": "About this site",
    "footer.about": "About",
    "footer.contact": "Contact",
    "footer.corrections": "Corrections policy",
    "footer.licence": "Licence",
    "section.news": "News",
    "section.topics": "Topics",
    "section.categories": "Categories",
    "section.updates": "Updates",
    "section.corrections": "Corrections",
    # How to subscribe.
    "subscribe.heading": "Subscribe",
    "subscribe.follow": "Follow by {format}",
    "subscribe.corrections": "Only corrections",
    "subscribe.link": "{title} ({format})",
    "subscribe.opml_link": "Topics (OPML)",
    "subscribe.how.rss": "Paste this address into any feed reader.",
    "subscribe.how.atom": "For readers that show when an event was updated or withdrawn.",
    "subscribe.how.json": "For readers and programs that prefer JSON.",
    "subscribe.how.opml": "For readers that import a list of feeds, all at once.",
    # The page of an event.
    "event.also_in": "Also in",
    "event.attachments": "Attachments",
    "event.category": "Category",
    "event.context": "Context",
    "event.corrected": "Corrected {time}",
    "event.cover_image": "Cover Image",
    "event.published": "Published {time}",
    "event.published_by": "{byline}, published {time}",
    "event.published_then_updated": "{published}, updated {time}",
    "event.published_then_ended": "Published {published}, {kind} {ended}",
    "event.related": "Related",
    "event.sources": "Sources",
    "event.topics": "Topics",
    "event.updated": "Updated {time}",
    "event.versions": Plural("{count} version", "{count} versions"),
    "event.ended": "{kind} {time}",
    # A correction, on the page and in the entries of feeds.
    "entry.correction": "Correction, {date}",
    "entry.history": "History",
    # Why an event is not shown any more, if the publisher gave no reason.
    "withdrawal.note": "Withdrawn by the publisher.",
    "expiry.note": "This event expired on {date}.",
    # A revision whose words the publisher had erased.
    "erasure.title": "event of {date}",
    "erasure.note": "Erased on {date}: {reason}",
    # The page at a former address of an event, and the page for addresses without a document.
    "moved.heading": "This page has moved",
    "moved.target": "It is now at {target}.",
    "moved.last_version": "The last version at this address",
    "moved.description": "This page has moved to {url}",
    "missing.title": "Not found",
    "missing.heading": "There is nothing at this address",
    "missing.advice": (
        "What was published a moment ago may still be on its way; try again in a minute. "
        "Everything that is published is listed from the {home_page}."
    ),
    "missing.home_page": "home page",
    # The history of an event, and one revision of it.
    "changes.heading": "Changes",
    "changes.kind_and_time": "{kind}, {time}",
    "changes.line": "Revision {number}, {time} ({labels})",
    "revision.all_versions": "All versions",
    "revision.current_version": "Current version",
    "revision.next_version": "Next version",
    "revision.previous_version": "Previous version",
    "revision.title": "{title} (revision {number})",
    # The notice on top of the page of one revision.
    "notice.name": "This is revision {number}",
    "notice.sentence": "{name} of {time}.",
    "notice.sentence_of_withdrawal": "{name} of {time}, which withdrew the event.",
    "notice.sentence_of_expiry": "{name} of {time}, when the event expired.",
    "notice.is_current": "It is the current version:",
    "notice.is_superseded": "It has been superseded. Current version:",
    "difference.heading": "What changed",
    "difference.none": "The version before shows no text, so nothing can be compared.",
    "difference.other": "Links, formatting or other data changed.",
    "difference.unchanged": Plural("{count} paragraph unchanged", "{count} paragraphs unchanged"),
    "fingerprint.heading": "Fingerprint",
    "fingerprint.kind": "Kind",
    "fingerprint.note": "Note",
    "fingerprint.number": "Revision",
    "fingerprint.previous_sha256": "SHA-256 of the previous revision",
    "fingerprint.sha256": "SHA-256",
    "fingerprint.time": "Time",
    "fingerprint.line": "Revision {number}, {kind}, {time}.",
    "fingerprint.hash": "SHA-256 {sha256}",
    "fingerprint.hash_after_previous": "SHA-256 {sha256}, after {previous}",
    # Labels of the fields of an event. The ledger keeps them with the differences of a revision.
    "field.aliases": "Earlier addresses",
    "field.attachments": "Attachments",
    "field.byline": "Byline",
    "field.category": "Category",
    "field.date": "Date",
    "field.guid": "Earlier id",
    "field.image": "Image",
    "field.note": "Note",
    "field.other": "Other",
    "field.sources": "Sources",
    "field.summary": "Summary",
    "field.text": "Text",
    "field.title": "Title",
    "field.topics": "Topics",
    # The home page, and lists of events.
    "home.all_corrections": "All corrections",
    "home.topics": "Topics in motion",
    "list.by_month": "By month",
    "list.empty": "No events.",
    "list.newer": "Newer events",
    "list.older": "Older events",
    "list.related_topics": "Topics that stand beside this one",
    "list.together_with": "Together with",
    "timeline.description": "{title}: the newest events, and feeds to follow them.",
    "archive.title": "{title}: {oldest} to {newest}",
    "archive.description": "Events published from {oldest} to {newest}.",
    "day.title": "Events of {date}",
    "day.withdrawn_title": "{site}: withdrawn from {date}",
    "day.withdrawn_description": "Older withdrawals.",
    "day.older_title": "Older events of {date}",
    "day.description": "What happened on {date}, as {site} has it.",
    "calendar.title": "All events by date",
    "calendar.description": Plural("{title}: {count} event", "{title}: {count} events"),
    "calendar.description.minimum": "{title}: {count:,}+ events",
    # The index of topics, and the lists of their feeds.
    "topics.all": "All topics",
    "topics.by_size": "By size",
    "topics.digits": "0 to 9",
    "topics.earlier": "Earlier topics",
    "topics.events": Plural("{count} event", "{count} events"),
    "topics.largest": "The largest topics",
    "topics.later": "Later topics",
    "topics.of_initial": "Topics: {initial}",
    "topics.title": "Topics",
    # Feeds of updates and corrections, and the history of an event.
    "feed.title": "{site}: {title}",
    "updates.name": "updates",
    "updates.description": "What was updated, corrected or withdrawn, what changed and why.",
    "corrections.name": "corrections",
    "corrections.description": "What was corrected or withdrawn, what changed and why.",
    "updates.empty": "Nothing was updated, corrected or withdrawn so far.",
    "corrections.empty": "Nothing was corrected or withdrawn so far.",
    "changes_feed.title": "{title}: {name}",
    "changes.heading_of_topic": "What changed",
    "changes.newer": "Newer changes",
    "changes.older": "Older changes",
    "update.changed_fields": "Changed: {fields}.",
    "update.published_again": "Published again.",
    "update.too_long": "Changed by more than is shown here.",
    "history.title": "{title}: history",
    "history.description": "Every revision, with what was said of it.",
    "history.note": "{kind}.",
}


def text(key: str, **values: object) -> str:
    """Return a text with its placeholders filled.

    Raises:
        KeyError: the catalogue has no such text, or a placeholder has no value.
    """
    return pattern(key, values.get("count")).format(**values)


def pattern(key: str, count: object = None) -> str:
    """Return a text with its placeholders, in the form for ``count`` if it has a plural.

    Raises:
        KeyError: the catalogue has no such text.
    """
    found = TEXTS[key]
    if isinstance(found, Plural):
        return found.one if count == 1 else found.other
    return found


def month_name(month: int) -> str:
    """Return the name of a month; `calendar` would follow the locale of the process."""
    return text(f"month.{month}")


def long_date(day: date) -> str:
    return text("date.full", day=day.day, month=month_name(day.month), year=day.year)
