"""Sitemaps with images and news (sitemaps.org, SPEC S1, S2, S4, S5), and robots.txt (S6)."""

from collections.abc import Sequence

from lxml import etree

from gazette.models.branding.brand import DEFAULT_BRAND, Brand
from gazette.models.branding.crawlers import refused_tokens
from gazette.models.frozen import rfc3339
from gazette.models.limits import MAX_SITEMAP_BYTES, MAX_SITEMAP_URLS
from gazette.models.views.sitemap import NewsArticle, SitemapUrl

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_IN_INDEX = "sitemap"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def render_urlset(urls: Sequence[SitemapUrl]) -> bytes:
    """Render a urlset.

    Raises:
        ValueError: there are more URLs or bytes than a sitemap may hold.
    """
    namespaces: dict[str | None, str] = {None: _SITEMAP}
    if any(url.images for url in urls):
        namespaces["image"] = _IMAGE
    if any(url.news for url in urls):
        namespaces["news"] = _NEWS
    return _render("urlset", "url", urls, namespaces)


def render_sitemap_index(sitemaps: Sequence[SitemapUrl]) -> bytes:
    """Render an index of sitemaps; their times are days, so most events leave it as it is.

    Raises:
        ValueError: there are more sitemaps or bytes than an index may hold.
    """
    return _render("sitemapindex", _IN_INDEX, sitemaps, {None: _SITEMAP})


def render_robots(sitemaps: Sequence[str], brand: Brand = DEFAULT_BRAND) -> bytes:
    """Render a robots.txt: who may read, for what, and where the sitemaps are.

    The signals belong to the group of all crawlers; a crawler that is refused reads its own alone
    (RFC 9309 §2.2.1).
    """
    signals = ", ".join(brand.content_signals)
    everybody = ["User-agent: *", *([f"Content-Signal: {signals}"] if signals else []), "Allow: /"]
    refused = [f"User-agent: {token}" for token in refused_tokens(brand.refused_crawlers)]
    groups = (
        everybody,
        [*refused, "Disallow: /"] if refused else [],
        [f"Sitemap: {sitemap}" for sitemap in sitemaps],
    )
    return ("\n\n".join("\n".join(group) for group in groups if group) + "\n").encode()


def _render(
    root: str, child: str, urls: Sequence[SitemapUrl], namespaces: dict[str | None, str]
) -> bytes:
    if len(urls) > MAX_SITEMAP_URLS:
        raise ValueError(
            f"{len(urls):,} URLs are more than a sitemap may hold ({MAX_SITEMAP_URLS:,})"
        )
    document = etree.Element(
        f"{{{_SITEMAP}}}{root}",
        nsmap=namespaces,  # type: ignore[arg-type]  # the stubs lack the default namespace
    )
    for url in urls:
        _append(document, child, url)
    body = etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    if len(body) > MAX_SITEMAP_BYTES:
        raise ValueError(
            f"{len(body):,} bytes are more than a sitemap may hold ({MAX_SITEMAP_BYTES:,})"
        )
    return body


def _append(document: etree._Element, child: str, url: SitemapUrl) -> None:
    element = etree.SubElement(document, f"{{{_SITEMAP}}}{child}")
    etree.SubElement(element, f"{{{_SITEMAP}}}loc").text = url.loc
    if url.lastmod:
        at = url.lastmod.date().isoformat() if child == _IN_INDEX else rfc3339(url.lastmod)
        etree.SubElement(element, f"{{{_SITEMAP}}}lastmod").text = at
    if url.news:
        _append_news(element, url.news)
    for image_url in url.images:
        image_element = etree.SubElement(element, f"{{{_IMAGE}}}image")
        etree.SubElement(image_element, f"{{{_IMAGE}}}loc").text = image_url


def _append_news(element: etree._Element, article: NewsArticle) -> None:
    news = etree.SubElement(element, f"{{{_NEWS}}}news")
    publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
    etree.SubElement(publication, f"{{{_NEWS}}}name").text = article.publication
    etree.SubElement(publication, f"{{{_NEWS}}}language").text = article.language
    etree.SubElement(news, f"{{{_NEWS}}}publication_date").text = rfc3339(article.published)
    etree.SubElement(news, f"{{{_NEWS}}}title").text = article.title
