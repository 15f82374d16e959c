"""Makes HTML from the text of a post: WordPress adds paragraphs and captions when it shows it."""

import re
from collections.abc import Iterator

_BLOCKS = (
    "address|article|aside|blockquote|dd|details|div|dl|dt|figcaption|figure|footer|form|h[1-6]"
    "|header|hr|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
_COMMENT = re.compile(r"<!--\s*/?(?:wp:|more|nextpage)(?:(?!<!--|-->).)*-->", re.DOTALL)
_KEPT = "pre|script|style|textarea"
_WHOLE = rf"<(?:{_KEPT})\b(?:(?!</?(?:{_KEPT})\b).)*</(?:{_KEPT})\s*>"
_BLOCK_TAG = re.compile(rf"({_WHOLE}|</?(?:{_BLOCKS})\b[^<>]*>)", re.DOTALL | re.IGNORECASE)
_HOLD_PARAGRAPHS = frozenset(
    {"article", "aside", "blockquote", "details", "div", "footer", "header", "main", "section"}
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_MAX_DEPTH = 100
_NAME = re.compile(r"</?(\w+).*", re.DOTALL)
_LINE = re.compile(r"(?<!<br>)(?<!<br/>)(?<!<br />)\n")
_CAPTION = re.compile(
    r"\[caption\b[^\]]*\]\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)((?:(?!\[/?caption\b).)*)\[/caption\]",
    re.DOTALL,
)
_EMBED = re.compile(r"\[embed\b[^\]\[]*\]([^\[]*)\[/embed\]")
_SHORTCODE = re.compile(r"\[/?([a-z][\w-]+)(?:\s+[^\[\]<>]*=[^\[\]<>]*)?\]")
_KNOWN_SHORTCODES = frozenset(
    {"audio", "caption", "embed", "gallery", "playlist", "video", "contact-form", "contact-form-7"}
)


def post_html(content: str) -> str:
    """Return a post as WordPress shows it: blank lines part paragraphs, others are line breaks."""
    text = _COMMENT.sub("", content.replace("\r\n", "\n"))
    text = _CAPTION.sub(r"<figure>\1<figcaption>\2</figcaption></figure>", text)
    text = _EMBED.sub(r'<p><a href="\1">\1</a></p>', text)
    is_made_of_blocks = "<!-- wp:" in content
    return text if is_made_of_blocks else "".join(_paragraphs(text))


def shortcodes(html: str) -> Iterator[str]:
    """Yield the shortcodes of plugins that are left in a text, each once."""
    found = (one[0] for one in _SHORTCODE.finditer(html) if _is_shortcode(one))
    yield from dict.fromkeys(found)


def _is_shortcode(found: re.Match[str]) -> bool:
    return "=" in found[0] or found[1] in _KNOWN_SHORTCODES


def _paragraphs(text: str) -> Iterator[str]:
    """Wrap what stands outside of block elements, and in those that hold paragraphs."""
    opened: list[str] = []
    for number, part in enumerate(_BLOCK_TAG.split(text)):
        if number % 2:
            _follow(opened, part)
            yield f"{part}\n"
        elif set(opened) <= _HOLD_PARAGRAPHS:
            yield from _wrapped(part)
        else:
            yield part


def _follow(opened: list[str], tag: str) -> None:
    """Note that an element begins or ends."""
    name = _NAME.sub(r"\1", tag, count=1).lower()
    is_whole = tag.endswith(">") and "</" in tag[1:]
    if is_whole or name == "hr":
        return
    if not tag.startswith("</"):
        opened += [name] * (len(opened) < _MAX_DEPTH)
    elif name in opened:
        del opened[len(opened) - 1 - opened[::-1].index(name) :]


def _wrapped(text: str) -> Iterator[str]:
    for paragraph in filter(None, map(str.strip, _BLANK_LINE.split(text))):
        lines = _LINE.sub("<br>\n", paragraph)
        yield f"<p>{lines}</p>\n"
