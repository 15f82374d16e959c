"""Turns view models into documents, as the table of formats says."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import import_module

from gazette.models.formats import Format
from gazette.models.site import Site
from gazette.models.views.feed import Feed
from gazette.models.views.site_document import ANNOUNCED, LIVE, Document
from gazette.models.views.view import View


def render(site: Site, view: View) -> Iterator[Document]:
    """Render a view in every format of its kind."""
    for format_ in site.formats_of(view.kind):
        yield _document(site, view, format_)


def _document(site: Site, view: View, format_: Format) -> Document:
    path = f"{view.base_path}.{format_.extension}"
    part = getattr(view, format_.part)
    address = (site.url(path),) if format_.takes_address else ()
    body = renderer(format_.renders[view.kind])(part, *address)
    hubs = part.hubs if isinstance(part, Feed) else ()
    is_announced = hubs and view.cache_control == LIVE
    return Document(
        path,
        body,
        format_.content_type,
        # A hub fetches the feed once after a ping, and must not get the cached one.
        ANNOUNCED if is_announced else view.cache_control,
        hubs,
        format_.stored_type,
    )


def load_renderers(formats: Iterable[Format]) -> None:
    """Import every renderer now: Lambda gives a function more processor time while it starts."""
    for format_ in formats:
        for name in format_.renders.values():
            renderer(name)


@lru_cache(maxsize=64)
def renderer(name: str) -> Callable[..., bytes]:
    """Import a renderer by its name, ``module:function`` below this package."""
    module, _, function = name.partition(":")
    found: Callable[..., bytes] = getattr(import_module(f"gazette.renderers.{module}"), function)
    return found
