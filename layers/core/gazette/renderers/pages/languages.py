"""The attributes that say in which language and direction an element is (WCAG 3.1.2)."""

from markupsafe import Markup

from gazette.models.identifiers.languages import direction
from gazette.models.views.page import PageFrame


def text_language(language: str, frame: PageFrame) -> Markup:
    """Return the attributes of an element in another language than the page."""
    return language_attributes(language, frame.language)


def language_attributes(language: str, around: str) -> Markup:
    if language == around:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(language, direction(language))


def label_language(frame: PageFrame) -> Markup:
    """Return the language attribute of the texts of the catalogue, which is English.

    They keep the direction of the page, so a heading is on the same side as its list.
    """
    return Markup() if frame.language.split("-")[0] == "en" else Markup(' lang="en"')
