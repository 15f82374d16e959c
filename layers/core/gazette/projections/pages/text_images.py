"""The images of the source bucket that the text of an event leads to, or that are attached to it.

Ingest counts an address by its path, because it does not know the address of the site. Only here is
known which of them are images of this site.
"""

from collections.abc import Iterable

from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.identifiers.urls import bare_address, canonical_url
from gazette.models.images.image_rules import thumbnail_paths
from gazette.models.ledger.entry import AttachmentRef, Entry, StoredImage
from gazette.models.ledger.snapshot import Revision
from gazette.models.site import Site
from gazette.projections.history.linked_images import attached_images
from gazette.projections.markup.addresses import addresses_in
from gazette.projections.markup.body import body_html


def images_in_text(
    site: Site, revision: Revision, document: EventDocument | None
) -> tuple[str, ...]:
    """Return the keys of the images that text and attachments lead to; most have none."""
    if not revision.linked_images or document is None:
        return ()
    attached = attached_images(document)
    html = body_html(document.body or "", site.url(f"{revision.entry.base_path}.html"))
    led_to = frozenset(map(bare_address, addresses_in(html)))
    return tuple(
        key
        for key in revision.linked_images
        if key in attached or led_to & image_addresses(site, [key])
    )


def shown_attachments(
    site: Site, attachments: Iterable[AttachmentRef], entry: Entry
) -> tuple[AttachmentRef, ...]:
    """Return the attachments of an event with their addresses, without missing images (SPEC S11).

    Images of the source bucket have the type and the length of their files.
    """
    known = {paths.image_path(image.key): image for image in entry.known_images}
    missing = set(map(paths.image_path, entry.missing_in_text))
    return tuple(
        _shown(site, attachment, attachment.path, known.get(attachment.path))
        if attachment.path
        else attachment
        for attachment in attachments
        if attachment.path not in missing
    )


def _shown(
    site: Site, attachment: AttachmentRef, path: str, image: StoredImage | None
) -> AttachmentRef:
    facts = {"media_type": image.media_type, "length": image.length} if image else {}
    return attachment.model_copy(update={"path": None, "url": site.url(path), **facts})


def image_addresses(site: Site, keys: Iterable[str]) -> frozenset[str]:
    """Return the bare addresses of some images and of their thumbnails."""
    own = (path for key in keys for path in (paths.image_path(key), *thumbnail_paths(key)))
    return frozenset(bare_address(canonical_url(site.url(path))) for path in own)
