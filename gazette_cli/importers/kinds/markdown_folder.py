"""Imports a folder of Markdown with front matter, as Jekyll, Hugo and Eleventy have it.

The path of a file is the key of its event. The text stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem
from gazette_cli.engines.file_errors import file_reason
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, Found, ImageFiles, ImportOptions, LeftOut
from gazette_cli.importers.front_matter import (
    FrontMatterError,
    Page,
    first,
    split_page,
    text_of,
    texts_of,
)
from gazette_cli.importers.ids import id_of_path
from gazette_cli.importers.reading import read_file
from gazette_cli.importers.times import moment_of, times

_ENDINGS = (".md", ".markdown", ".mdown", ".mdx")
_INDEX = "index"
# What these programs write, and what only documents a folder.
_NOT_READ = re.compile(r"(?:^|/)(?:\.|node_modules/|_site/|_includes/|_layouts/|_drafts/)")
_NO_EVENT = re.compile(r"(?:^|/)(?:_index|readme|license|changelog)\.[a-z]+$", re.IGNORECASE)
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
_LANGUAGE = re.compile(r"(.+)\.([a-z]{2}(?:-[A-Za-z]{2,4})?)")
_POSTS = re.compile(r"(?:^|(?<=/))_posts/")
_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_HIGHLIGHT = re.compile(
    r"\{%-?\s*highlight\s+(\w*)[^%{]*%\}\n?((?:(?!\{%-?\s*(?:end)?highlight).)*?)\n?\{%-?\s*endhighlight\s*-?%\}",
    re.DOTALL,
)
_BASE = re.compile(r"\{\{\s*site\.(?:base)?url\s*\}\}")
_TEMPLATE = re.compile(r"\{%[^{}]*%\}|\{\{[^{}]*\}\}")


def read_folder(options: ImportOptions) -> Iterator[Found]:
    """Yield the event of each Markdown file of a folder.

    Raises:
        SourceError: it is no folder, or holds no such file.
    """
    root = Path(options.source)
    if not root.is_dir():
        raise SourceError(f"{root}: is no folder; name one with Markdown files")
    files = [file for file in sorted(root.rglob("*")) if _is_read(file, root)]
    if not files:
        raise SourceError(f"{root}: contains no Markdown (*.md); name the folder of the texts")
    for file in files:
        yield _read(file, root, options.permalink)


def _is_read(file: Path, root: Path) -> bool:
    path = file.relative_to(root).as_posix()
    return file.suffix.lower() in _ENDINGS and not _NOT_READ.search(path) and file.is_file()


def _read(file: Path, root: Path, permalink: str | None) -> Found:
    path = file.relative_to(root).as_posix()
    try:
        page = split_page(read_file(file).decode())
    except UnicodeDecodeError:
        return LeftOut(path, Problem("document", "is not in UTF-8; save it in UTF-8"))
    except FrontMatterError as error:
        return LeftOut(path, Problem("front matter", str(error)))
    except OSError as error:
        return LeftOut(path, Problem("document", file_reason(error)))
    if reason := _why_skipped(path, page):
        return LeftOut(path, Problem("document", reason), was_meant=True)
    return _draft(path, page, ImageFiles(root, file.parent), permalink)


def _why_skipped(path: str, page: Page) -> str:
    if _NO_EVENT.search(path) and "date" not in page.fields:
        return "is no post: it describes its folder"
    if page.fields.get("draft") is True or page.fields.get("published") is False:
        return "is a draft; publish it in its source, and import again"
    return ""


def _draft(path: str, page: Page, files: ImageFiles, permalink: str | None) -> Draft:
    fields, name = page.fields, path.rpartition(".")[0].removesuffix(f"/{_INDEX}")
    translated = _LANGUAGE.fullmatch(name.rpartition("/")[2])
    if translated:
        name = f"{name.rpartition('/')[0]}/{translated[1]}".lstrip("/").removesuffix(f"/{_INDEX}")
    language = text_of(first(fields, "language", "lang", "locale"))
    language = language or (translated[2] if translated else "")
    event_id = _POSTS.sub("", name) + (f".{translated[2]}" if translated else "")
    title, text = _title_and_text(page)
    dated = _DATED.fullmatch(name.rpartition("/")[2])
    published = _moment(fields, "publishdate", "date") or moment_of(dated[1] if dated else None)
    made: Fields = {
        "title": title,
        **times(published, _moment(fields, "lastmod", "updated", "last_modified_at", "modified")),
        "topics": [*_topics(fields, is_jekyll="_posts/" in path)],
        "summary": text_of(first(fields, "summary", "description", "excerpt")),
        "body": text,
        "image": _image(fields, title),
        "language": language,
        "byline": [*_authors(fields)],
        "slug": text_of(fields.get("slug")),
        "guid": text_of(first(fields, "guid", "uuid")),
        "aliases": [*_aliases(fields, permalink, dated[2] if dated else name, published)],
        **_expiry(fields),
    }
    return Draft(path, id_of_path(event_id), made, tuple(_remarks(text)), files)


def _title_and_text(page: Page) -> tuple[str, str]:
    """Return the title, which may be the first heading, and the text without that."""
    text = _BASE.sub("", _HIGHLIGHT.sub(r"```\1\n\2\n```", page.text)).strip("\n")
    title = text_of(page.fields.get("title"))
    heading = _HEADING.match(text)
    if title or not heading:
        return title, text
    return heading[1], text[heading.end() :].strip("\n")


def _moment(fields: Mapping[str, Any], *names: str) -> datetime | None:
    return moment_of(text_of(first(fields, *names)).replace(" UTC", "+00:00"))


def _expiry(fields: Mapping[str, Any]) -> Fields:
    expires = _moment(fields, "expirydate")
    return {"expires": expires.isoformat()} if expires else {}


def _topics(fields: Mapping[str, Any], *, is_jekyll: bool) -> list[str]:
    """Return categories and tags; in a text, Jekyll separates them by spaces."""
    named = (first(fields, *names) for names in (("categories", "category"), ("tags", "keywords")))
    values = (
        value.split() if is_jekyll and isinstance(value, str) and "," not in value else value
        for value in named
    )
    return list(dict.fromkeys(topic for value in values for topic in texts_of(value)))


def _authors(fields: Mapping[str, Any]) -> list[str]:
    named = first(fields, "authors", "author")
    items = named if isinstance(named, list) else [named]
    names = (one.get("name") if isinstance(one, dict) else one for one in items)
    return [text for text in map(text_of, names) if text]


def _image(fields: Mapping[str, Any], title: str) -> Fields:
    """Return the image that stands above the text; Hugo and Jekyll themes name it variously."""
    named = first(fields, "image", "featured_image", "cover", "thumbnail", "images")
    one = named[0] if isinstance(named, list) else named
    described = one if isinstance(one, dict) else {}
    address = text_of(first(described, "src", "path", "url", "image", "feature")) or text_of(one)
    alt = text_of(first(described, "alt", "caption")) or text_of(fields.get("image_alt")) or title
    return {"url": address, "alt": alt or address} if address else {}


def _aliases(
    fields: Mapping[str, Any], permalink: str | None, name: str, published: datetime | None
) -> list[str]:
    """Return the addresses that the page had: those it names, else the one of the pattern."""
    named = [text_of(first(fields, "permalink", "url"))]
    if not named[0] and permalink and published:
        parts = {
            ":year": f"{published:%Y}",
            ":month": f"{published:%m}",
            ":day": f"{published:%d}",
            ":title": text_of(fields.get("slug")) or name.rpartition("/")[2],
            ":path": name,
        }
        named = [re.sub(":[a-z]+", lambda found: parts.get(found[0], found[0]), permalink)]
    others = texts_of(first(fields, "aliases", "redirect_from"))
    return list(dict.fromkeys(address for address in (*named, *others) if address))


def _remarks(text: str) -> Iterator[Problem]:
    found = _TEMPLATE.search(text)
    if found:
        shown = found[0].partition("\n")[0][:60]
        yield Problem("body", f"shows code of a template as text: {shown}; write what it makes")
