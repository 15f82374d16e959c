"""What an entry looks like in a feed reader: the text, and what stands around it (SPEC E1 to E3).

No reader shows ``atom:updated``, ``via`` or media elements reliably, so the content has them too.
"""

from collections.abc import Iterable
from html import escape

from gazette.models import paths
from gazette.models.ledger import partitions
from gazette.models.ledger.entry import AttachmentRef, CorrectionRef, Entry, SourceRef
from gazette.models.product import CORRECTIONS_IN_FEEDS
from gazette.models.site import Site
from gazette.models.texts.catalogue import Catalogue
from gazette.models.views.feed import FeedImage
from gazette.projections.markup.body import body_html
from gazette.projections.pages.text_images import image_addresses


def content_html(site: Site, entry: Entry, image: FeedImage | None, url: str) -> str:
    """Return the full content of an entry as safe HTML; ``url`` is the page that shows it."""
    notice, earlier = _corrections(site.texts, entry, url)
    body = _text(site, entry, url) if entry.body else _paragraph(entry.summary or entry.title)
    figure = _figure(image) if image else ""
    return _blocks(notice, figure, body, earlier, *_after_the_text(site, entry, url))


def _text(site: Site, entry: Entry, url: str) -> str:
    return body_html(entry.body or "", url, image_addresses(site, entry.missing_in_text))


def summary_html(texts: Catalogue, entry: Entry, url: str) -> str:
    """Return what stands in place of a text: the notice, the summary, the page (SPEC P8)."""
    notice, earlier = _corrections(texts, entry, url)
    page = f"<p>{_link(url, entry.title)}</p>"
    return _blocks(notice, _paragraph(entry.summary or entry.title), earlier, page)


def _blocks(*blocks: str) -> str:
    """Join what stands there. Readers that drop the tags for an excerpt need the space between."""
    return "\n".join(filter(None, blocks))


def _corrections(texts: Catalogue, entry: Entry, url: str) -> tuple[str, str]:
    """Return the notice before the text, and the lines of earlier corrections after it (E1)."""
    shown = [_correction(texts, each, url) for each in entry.corrections[:CORRECTIONS_IN_FEEDS]]
    first = 1 if entry.is_corrected else 0
    return _blocks(*shown[:first]), _blocks(*shown[first:])


def _correction(texts: Catalogue, correction: CorrectionRef, url: str) -> str:
    label = escape(texts("entry.correction", date=texts.long_date(correction.at)))
    changed = _link(f"{url}#correction-{correction.number}", texts("difference.heading"))
    return f"<p><strong>{label}:</strong> {escape(correction.note)} {changed}</p>"


def _figure(image: FeedImage) -> str:
    caption = f"<figcaption>{escape(image.credit)}</figcaption>" if image.credit else ""
    source, alt = escape(image.url), escape(image.alt)
    return f'<figure><img src="{source}" alt="{alt}">{caption}</figure>'


def _after_the_text(site: Site, entry: Entry, url: str) -> tuple[str, ...]:
    """Return the attachments, the sources, the topics, and the link to the history (SPEC E3)."""
    texts = site.texts
    topics = (_link(_topic_url(site, topic.slug), topic.label) for topic in entry.topics)
    history = f"<p>{_link(f'{url}#changes', texts('entry.history'))}</p>"
    return (
        _listed(texts("event.attachments"), map(_attachment, entry.attachments)),
        _listed(texts("event.sources"), map(_source, entry.sources)),
        _listed(texts("event.topics"), topics),
        history if entry.number > 1 else "",
    )


def _topic_url(site: Site, slug: str) -> str:
    folder = paths.timeline_folder(partitions.topic_partition(slug))
    return site.url(f"{paths.index_path(folder)}.html")


def _source(source: SourceRef) -> str:
    publisher = f", {escape(source.publisher)}" if source.publisher else ""
    return f"{_link(source.url, source.title)}{publisher}"


def _attachment(attachment: AttachmentRef) -> str:
    return _link(attachment.url, attachment.title)


def _listed(heading: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f"<p>{escape(heading)}:</p><ul>{items}</ul>" if items else ""


def _link(url: str, title: str) -> str:
    return f'<a href="{escape(url)}">{escape(title)}</a>'


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>"
