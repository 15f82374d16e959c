"""Lists of feeds as OPML 2.0 (opml.org/spec2.opml, SPEC S8)."""

from lxml import etree

from gazette.models.views.outline import Outline, OutlineList

_SPECIFICATION = "http://opml.org/spec2.opml"


def render_opml(outlines: OutlineList) -> bytes:
    """Render a list of feeds. It has no date, which would change while the list does not."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    fields = {
        "title": outlines.title,
        "ownerName": outlines.owner,
        "ownerId": outlines.owner_url,
        "docs": _SPECIFICATION,
    }
    for name, text in fields.items():
        etree.SubElement(head, name).text = text
    body = etree.SubElement(root, "body")
    for outline in outlines.outlines:
        _append(body, outline, outlines.language)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _append(parent: etree._Element, outline: Outline, language: str) -> None:
    attributes = {"text": outline.text, **_type(outline, language)}
    attributes |= {"category": outline.category} if outline.category else {}
    attributes |= {"description": outline.description} if outline.description else {}
    element = etree.SubElement(parent, "outline", attributes)
    for child in outline.outlines:
        _append(element, child, language)


def _type(outline: Outline, language: str) -> dict[str, str]:
    if outline.list_url:
        return {"type": "include", "url": outline.list_url}
    if not outline.feed_url:
        return {}
    version = {"version": "RSS2"} if outline.feed_url.endswith(".rss") else {}
    feed = {"type": "rss", **version, "title": outline.text, "xmlUrl": outline.feed_url}
    page = {"htmlUrl": outline.page_url} if outline.page_url else {}
    return {**feed, **page, "language": language}
