"""The desks of time lines: a topic, a category, the whole site; a page and a feed each."""

from collections.abc import Iterator
from dataclasses import dataclass

from gazette.models import keys, paths
from gazette.models.contract import contract_schema
from gazette.models.edition import Edition
from gazette.models.entry import Entry, TopicRef
from gazette.models.feed import Feed
from gazette.models.keys import Partition, PartitionKind
from gazette.models.publication import JSON_FEED, Document, document
from gazette.models.site import Site
from gazette.ports import Ledger
from gazette.projections import feeds, lists
from gazette.projections.timelines import Timeline, read_timeline
from gazette.renderers import atom, html, json_feed, rss, sitemaps

_FOLDERS = {PartitionKind.TOPIC: "topics", PartitionKind.CATEGORY: "categories"}


@dataclass(frozen=True, slots=True)
class TopicDesk:
    """Composes what a ``TOPIC`` or ``CATEGORY`` partition publishes."""

    site: Site
    ledger: Ledger

    def paths(self, partition: Partition) -> tuple[str, ...]:
        folder = f"{_FOLDERS[partition.kind]}/{partition.name}"
        return (f"{folder}/index.html", *paths.in_formats(f"{folder}/feed", paths.FEED_FORMATS))

    def compose(self, partition: Partition) -> Edition:
        folder = _FOLDERS[partition.kind]
        timeline = read_timeline(self.ledger.newest(partition, keys.ENTRY), self.site.feed_entries)
        topic = _as_newest_names_it(partition, timeline)
        page = lists.topic_page(self.site, topic, folder, timeline.entries)
        feed = feeds.make_feed(
            self.site,
            tag=self.site.tag(folder, topic.slug),
            title=f"{self.site.title}: {topic.label}",
            description=page.frame.description,
            stem=f"{folder}/{topic.slug}/feed",
            home_stem=f"{folder}/{topic.slug}/index",
            timeline=timeline,
        )
        index = document(f"{folder}/{topic.slug}/index.html", html.render_list(page))
        return Edition((index, *feed_documents(f"{folder}/{topic.slug}/feed", feed)))


@dataclass(frozen=True, slots=True)
class SiteDesk:
    """Composes what ``SITE`` publishes: the home, the feeds, and what depends on no event."""

    site: Site
    ledger: Ledger

    def paths(self, partition: Partition) -> tuple[str, ...]:  # noqa: ARG002  # there is one site
        own = (f"{paths.HOME}.html", paths.ROBOTS, paths.STYLESHEET, paths.CONTRACT_SCHEMA)
        return (*own, *paths.in_formats(paths.SITE_FEED, paths.FEED_FORMATS))

    def compose(self, partition: Partition) -> Edition:
        timeline = read_timeline(self.ledger.newest(partition, keys.ENTRY), self.site.feed_entries)
        feed = feeds.make_feed(
            self.site,
            tag=self.site.tag("site"),
            title=self.site.title,
            description=self.site.description,
            stem=paths.SITE_FEED,
            home_stem=paths.HOME,
            timeline=timeline,
        )
        home = document(
            f"{paths.HOME}.html", html.render_list(lists.home_page(self.site, timeline.entries))
        )
        return Edition((home, *feed_documents(paths.SITE_FEED, feed), *self._fixtures()))

    def _fixtures(self) -> Iterator[Document]:
        yield document(paths.STYLESHEET, html.stylesheet())
        yield document(paths.ROBOTS, sitemaps.render_robots([self.site.url(paths.SITEMAP)]))
        yield document(paths.CONTRACT_SCHEMA, contract_schema(self.site.url(paths.CONTRACT_SCHEMA)))


def feed_documents(stem: str, feed: Feed) -> Iterator[Document]:
    """Write a feed in its three formats."""
    yield document(f"{stem}.rss", rss.render_rss(feed))
    yield document(f"{stem}.atom", atom.render_atom(feed))
    yield document(f"{stem}.json", json_feed.render_json_feed(feed), JSON_FEED)


def _as_newest_names_it(partition: Partition, timeline: Timeline) -> TopicRef:
    """Label a topic as its newest entry does; where none is left, as the one that left last did."""
    for entry in (*timeline.entries, *timeline.departed):
        for topic in _names(partition.kind, entry):
            if topic.slug == partition.name:
                return topic
    return TopicRef(slug=partition.name, label=partition.name)


def _names(kind: PartitionKind, entry: Entry) -> tuple[TopicRef, ...]:
    if kind is PartitionKind.TOPIC:
        return entry.topics
    return (entry.category,) if entry.category else ()
