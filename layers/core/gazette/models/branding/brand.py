"""What the settings of a site say of its brand."""

from functools import cache
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    field_serializer,
)

from gazette.models.branding.colours import (
    DARK_BACKGROUNDS,
    LIGHT_BACKGROUNDS,
    canonical_colour,
    check_contrast,
    readable,
)
from gazette.models.branding.crawlers import ContentSignals, RefusedCrawlers
from gazette.models.branding.footer import FooterLink, read_footer
from gazette.models.branding.static_files import why_no_static_image, why_no_stylesheet
from gazette.models.branding.zones import DEFAULT_ZONE, check_zone
from gazette.models.characters import drop_unprintable, one_line
from gazette.models.contract.identity import is_static_key
from gazette.models.formats import OPTIONAL_FORMATS, Format
from gazette.models.frozen import Frozen
from gazette.models.images.image_rules import why_no_image_key
from gazette.models.limits import MAX_SETTING_CHARACTERS

DEFAULT_ACCENT, DEFAULT_DARK_ACCENT = "#12445c", "#9cc9e0"
# A dark accent that follows from the other one is a pale shade of it, as the default is.
_DERIVED_CONTRAST = 7


def _image_key(key: str) -> str:
    """Refuse what is never published, or is no image."""
    why_not = why_no_static_image if is_static_key(key) else why_no_image_key
    if key and (reason := why_not(key)):
        raise ValueError(reason)
    return key


def _stylesheet_key(key: str) -> str:
    if key and (reason := why_no_stylesheet(key)):
        raise ValueError(reason)
    return key


def _light(colour: str) -> str:
    return check_contrast(canonical_colour(colour or DEFAULT_ACCENT), LIGHT_BACKGROUNDS)


def _dark(colour: str) -> str:
    return colour and check_contrast(canonical_colour(colour), DARK_BACKGROUNDS)


# Every document shows these texts, so they may only hold characters that XML allows (SPEC X2).
Line = Annotated[
    str,
    AfterValidator(drop_unprintable),
    AfterValidator(one_line),
    Field(max_length=MAX_SETTING_CHARACTERS),
]
OptionalImage = Annotated[str, AfterValidator(_image_key)]


OptionalFormat = Literal["md", "xml", "rss"]


def split_list(names: object) -> object:
    """Split a text at commas, without duplicates: so parameters write a list."""
    if not isinstance(names, str):
        return names
    return list(dict.fromkeys(filter(None, map(str.strip, names.split(",")))))


def _in_order(names: tuple[OptionalFormat, ...]) -> tuple[OptionalFormat, ...]:
    """Return formats without duplicates, in the order of the default."""
    return tuple(name for name in get_args(OptionalFormat) if name in names)


@cache
def _left_out(names: tuple[str, ...]) -> frozenset[Format]:
    return frozenset(
        each for name, rows in OPTIONAL_FORMATS.items() if name not in names for each in rows
    )


class Brand(Frozen):
    """The brand of a site. An empty text means the default.

    Without a ``tagline`` the description of the site stands under its name. ``logo`` and ``icon``
    are keys of images in the source bucket; ``logo_dark`` is the logo on dark pages. A logo that
    ``is_name`` shows the name, which then does not stand next to it. ``stylesheet`` is the key of
    one that pages load after ours. Without a dark accent one follows from the accent. Pages show
    times in ``time_zone``. ``formats`` are those that are published next to HTML, JSON, Atom and
    JSON Feed. ``search`` is whether the site has a search page, ``authors`` whether
    authors have pages and feeds. The robots.txt
    asks ``refused_crawlers`` to read nothing, and says in ``content_signals`` what texts may be
    used for.
    """

    tagline: Line = ""
    logo: OptionalImage = ""
    logo_dark: OptionalImage = ""
    logo_is_name: bool = False
    icon: OptionalImage = ""
    stylesheet: Annotated[str, AfterValidator(_stylesheet_key)] = ""
    accent: Annotated[str, AfterValidator(_light)] = DEFAULT_ACCENT
    accent_dark: Annotated[str, AfterValidator(_dark)] = ""
    footer: Annotated[tuple[FooterLink, ...], BeforeValidator(read_footer)] = ()
    time_zone: Annotated[str, StringConstraints(min_length=1), AfterValidator(check_zone)] = (
        DEFAULT_ZONE
    )
    search: bool = True
    authors: bool = False
    refused_crawlers: Annotated[RefusedCrawlers, BeforeValidator(split_list)] = ()
    content_signals: Annotated[ContentSignals, BeforeValidator(split_list)] = ()
    formats: Annotated[
        tuple[OptionalFormat, ...], BeforeValidator(split_list), AfterValidator(_in_order)
    ] = ("md", "xml", "rss")

    @property
    def left_out(self) -> frozenset[Format]:
        """The formats that are not published."""
        return _left_out(self.formats)

    @field_serializer("footer", when_used="json")
    def _as_table(self, links: tuple[FooterLink, ...]) -> dict[str, str]:
        return dict(links)

    def own_settings(self) -> dict[str, object]:
        """Return what differs from the defaults, as a file says it; `model_validate` reads it."""
        fields = type(self).model_fields.items()
        own = {name for name, field in fields if getattr(self, name) != field.default}
        return self.model_dump(mode="json", include=own)

    @property
    def dark_accent(self) -> str:
        """The accent on dark pages."""
        if self.accent_dark:
            return self.accent_dark
        if self.accent == DEFAULT_ACCENT:
            return DEFAULT_DARK_ACCENT
        return readable(self.accent, DARK_BACKGROUNDS, _DERIVED_CONTRAST)


DEFAULT_BRAND = Brand()
