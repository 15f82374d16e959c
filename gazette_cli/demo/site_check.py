"""Checks over HTTP, with a feed parser, that the site shows every sample correctly."""

import calendar
import http.client
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import feedparser

from gazette.models import paths
from gazette.models.formats import FORMATS, ViewKind
from gazette.projections.history.entries import preferred_path
from gazette_cli.demo.samples import Sample
from gazette_cli.demo.wait_until_published import event_tag

_READ_BY_FEEDPARSER = ("rss", "atom")
_WITHDRAWN = "Withdrawn: "
_SECONDS = 10
Entries = Mapping[str, Any]


@dataclass(slots=True)
class SiteCheck:
    """Checks the site at an address. It fetches and parses each feed once."""

    url: str
    images: Mapping[str, bytes]
    feeds_read: dict[str, Entries] = field(default_factory=dict)

    def problems(self, samples: Sequence[Sample]) -> list[str]:
        """Return each problem as one line."""
        found = []
        for sample in samples:
            check = self._withdrawn if sample.is_withdrawn else self._live
            found += [f"{sample.event_id}: {problem}" for problem in check(sample)]
        return found + list(self._site())

    def _live(self, sample: Sample) -> Iterator[str]:
        base_path = preferred_path(sample.document)
        for feed in sample.feeds:
            for extension in _READ_BY_FEEDPARSER:
                yield from self._entry(sample, f"{feed}.{extension}", base_path)
        for feed in sample.former_feeds:
            if event_tag(sample.event_id) in self._feed(f"{feed}.atom"):
                yield f"is still in {feed}.atom"
        for format_ in FORMATS:
            if ViewKind.EVENT in format_.renders:
                yield from self._shows(f"{base_path}.{format_.extension}", "")
        for former in sample.former_paths:
            yield from self._shows(f"{former}.html", f"{self.url}/{quote(base_path)}.html")
        day = sample.document.date
        yield from self._shows(f"{paths.day_path(day)}.html", f"{quote(base_path)}.html")
        yield from self._shows(paths.urlset_path(day), f"{self.url}/{quote(base_path)}.html")
        yield from self._image(sample)

    def _withdrawn(self, sample: Sample) -> Iterator[str]:
        base_path = preferred_path(sample.document)
        for feed in (*sample.feeds, *sample.former_feeds):
            for extension in _READ_BY_FEEDPARSER:
                entry = self._feed(f"{feed}.{extension}").get(event_tag(sample.event_id))
                if entry is not None and not entry.title.startswith(_WITHDRAWN):
                    yield f"is withdrawn, but still in {feed}.{extension}"
        yield from self._shows(f"{base_path}.html", "noindex")
        _, listed = self._fetch(paths.urlset_path(sample.document.date))
        if f"{quote(base_path)}.html".encode() in listed:
            yield "is withdrawn, but still in the sitemap"

    def _entry(self, sample: Sample, path: str, base_path: str) -> Iterator[str]:
        entry = self._feed(path).get(event_tag(sample.event_id))
        if entry is None:
            yield f"is not in {path}"
            return
        if entry.link != f"{self.url}/{quote(base_path)}.html":
            yield f"{path} links to {unquote(entry.link)}"
        if entry.title != sample.document.title:
            yield f"{path} has the title {entry.title!r}"
        published = sample.document.published
        if published and calendar.timegm(entry.published_parsed) != published.timestamp():
            yield f"{path} says it was published {entry.published}"

    def _image(self, sample: Sample) -> Iterator[str]:
        image = sample.document.image
        if image is None or image.key is None:
            return
        status, body = self._fetch(paths.image_path(image.key))
        if (status, body) != (HTTPStatus.OK, self.images[image.key]):
            yield f"{image.key} is served with other bytes"

    def _site(self) -> Iterator[str]:
        maps = (paths.SITEMAP, paths.NEWS_SITEMAP, paths.OPML)
        for path in (*maps, paths.ROBOTS, paths.STYLESHEET, paths.ICON, paths.CONTRACT_SCHEMA, ""):
            yield from self._shows(path, "")
        for path, entries in self.feeds_read.items():
            if not entries:
                yield f"{path} is empty or not a feed"

    def _shows(self, path: str, text: str) -> Iterator[str]:
        status, body = self._fetch(path)
        if status != HTTPStatus.OK:
            yield f"/{path} answers {status}"
        elif text.encode() not in body:
            yield f"/{path} does not show {text!r}"

    def _feed(self, path: str) -> Entries:
        if path not in self.feeds_read:
            _, body = self._fetch(path)
            parsed = feedparser.parse(body)
            entries = {} if parsed.bozo else {entry.id: entry for entry in parsed.entries}
            self.feeds_read[path] = entries
        return self.feeds_read[path]

    def _fetch(self, path: str) -> tuple[int, bytes]:
        host = urlsplit(self.url).netloc
        connection = http.client.HTTPConnection(host, timeout=_SECONDS)
        try:
            connection.request("GET", f"/{quote(path)}")
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
