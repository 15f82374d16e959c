"""What MkDocs does with our pages: it adds those of the root, and reads lists as GitHub does."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
# Files of the root that are pages of the site, and as which.
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
LINK = re.compile(r"(!?)\[([^\]\n]*(?:\n[^\]\n]*)?)\]\(([^)\s]+)\)")
# Python-Markdown wants four spaces where CommonMark takes those of the marker of a list.
CONTINUED = re.compile(r"^( {2,3})(?=\S)|^( {6,7})(?=\S)")
# What a browser loads by itself; links that a reader follows are none of it.
FOREIGN = re.compile(
    r"<(?:script|img|iframe|source|link)\b[^>]*\b(?:src|href)=\"?(?:https?:)?//[^>]*>"
)
MARKER = re.compile(r"(?:[-*]|\d+\.) ")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root; their links lead from docs/, where MkDocs puts them."""
    for name, page in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        moved = LINK.sub(lambda found: _link(found, _from_docs(found[3])), text)
        files.append(File.generated(config, page, content=moved))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Lead links to pages of the root, and write those to source code as code alone."""
    folder = posixpath.dirname(page.file.src_uri)
    linked = LINK.sub(lambda found: _within(found, folder), markdown)
    return "\n".join(_lines(linked))


def on_post_page(output: str, page: Page, **_: object) -> str:
    """Refuse a page that would load something from another host.

    Raises:
        PluginError: it would.
    """
    if found := FOREIGN.search(output):
        reason = f"{page.file.src_uri}: loads from another host: {found[0]}"
        raise PluginError(reason)
    return output


def _from_docs(target: str) -> str:
    if "://" in target or target.startswith("#"):
        return target
    return posixpath.relpath(target, "docs") if not target.startswith("docs/") else target[5:]


def _within(found: re.Match[str], folder: str) -> str:
    target, _, anchor = found[3].partition("#")
    if "://" in target or not target:
        return found[0]
    path = posixpath.normpath(posixpath.join("docs", folder, target))
    if path in PAGES:
        page = posixpath.relpath(PAGES[path], folder or ".")
        return _link(found, f"{page}#{anchor}" if anchor else page)
    if path == "docs/decisions" or (path.startswith("docs/") and path != "docs"):
        return found[0]
    if not (ROOT / path).exists():
        return found[0]  # MkDocs names it
    return found[2]


def _link(found: re.Match[str], target: str) -> str:
    return f"{found[1]}[{found[2]}]({target})"


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with lists as Python-Markdown reads them.

    It wants a blank line before a list, and before an item after one of several paragraphs.
    """
    is_fenced = False
    block = [""]
    for line in text.split("\n"):
        is_fence = line.lstrip().startswith("```")
        is_fenced ^= is_fence
        if is_fenced or is_fence:
            yield line
            continue
        if MARKER.match(line):
            if block[-1].strip() and not _is_list(block):
                yield ""
            block = []
        elif line.strip() and not line.startswith(" "):
            block = block if block[-1].strip() else []
        block.append(line)
        yield CONTINUED.sub(lambda found: " " * (4 if found[1] else 8), line)


def _is_list(block: list[str]) -> bool:
    """Return whether a block of lines is an item of one paragraph."""
    return MARKER.match(block[0]) is not None and "" not in block
