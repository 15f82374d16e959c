"""Renders equal views once: most of what a retry builds was built before."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from gazette.models.site import Site
from gazette.models.views.site_document import Document
from gazette.models.views.view import View
from gazette.renderers.rendering import render
from gazette.services.publish import builder

# Of so many equal views one is rendered again, and must become the same documents.
_TRIED = 16


@contextmanager
def rendering_once() -> Iterator[None]:
    """Give equal views of a site the documents that the first of them became."""
    known: dict[bytes, tuple[Document, ...]] = {}
    seen = 0

    def remembered(site: Site, view: View) -> Iterator[Document]:
        nonlocal seen
        key = pickle.dumps((site, view))
        documents = known.get(key)
        seen += documents is not None
        if documents is None or seen % _TRIED == 0:
            rendered = tuple(render(site, view))
            assert documents in {None, rendered}
            documents = known[key] = rendered
        yield from documents

    with patch.object(builder, "render", remembered):
        yield
