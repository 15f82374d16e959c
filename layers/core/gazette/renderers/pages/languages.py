"""The attributes that say in which language and direction an element is (WCAG 3.1.2)."""

from markupsafe import Markup

from gazette.models.identifiers.languages import direction
from gazette.models.texts.catalogue import language_of
from gazette.models.views.page import PageFrame


def text_language(language: str, frame: PageFrame) -> Markup:
    """Return the attributes of an element in another language than the page."""
    return language_attributes(language, frame.language)


def language_attributes(language: str, around: str) -> Markup:
    if language == around:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(language, direction(language))


def label_language(frame: PageFrame) -> Markup:
    """Return the language attribute of the site's own words where the page has another language.

    They keep the direction of the page, so a heading is on the same side as its list.
    """
    own = frame.texts.language
    return Markup() if language_of(frame.language) == own else Markup(' lang="{}"').format(own)


def name_language(frame: PageFrame) -> Markup:
    """Return the language of the site's name where the page has another one."""
    own = frame.site_language or frame.language
    return Markup() if own == frame.language else Markup(' lang="{}"').format(own)


def link_language(language: str, around: str) -> Markup:
    """Return the attribute of a link that leads to another language."""
    return Markup() if language == around else Markup(' hreflang="{}"').format(language)
