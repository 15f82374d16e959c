"""All settings of a site, and the names that each has: in a file, a parameter, a variable.

`gazette.toml` has the names of the fields, template.yaml parameters, and functions read variables
of their environment.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from gazette.models.branding.brand import Brand, Line, split_list
from gazette.models.branding.crawlers import AI_TRAINING
from gazette.models.branding.footer import KNOWN_NAMES, FooterLink, write_footer
from gazette.models.characters import is_blank
from gazette.models.contract.field_types import Language
from gazette.models.limits import MAX_TOMBSTONE_DAYS
from gazette.models.site import Site

_VARIABLES = {"tag_authority": "TAG_AUTHORITY", "tombstone_days": "TOMBSTONE_DAYS"}
_PARAMETERS = {
    "tag_authority": "TagAuthority",
    "tombstone_days": "TombstoneDays",
    "hubs": "Hubs",
    "index_now_key": "IndexNowKey",
    "search": "Search",
}


def variable_of(field: str) -> str:
    """Return the name of the environment variable of a setting."""
    return _VARIABLES.get(field, f"SITE_{field.upper()}")


def parameter_of(field: str) -> str:
    """Return the name of the parameter of template.yaml of a setting."""
    return _PARAMETERS.get(field, "Site" + "".join(map(str.capitalize, field.split("_"))))


def _something(text: str) -> str:
    if is_blank(text):
        reason = "is blank"
        raise ValueError(reason)
    return text


def _without_end(url: str) -> str:
    return url.rstrip("/")


Hub = Annotated[str, Field(pattern=r"^https?://[^/?#\s,\"<>\\]+[^\s,\"<>\\]*$")]
# As https://www.indexnow.org defines a key; empty without one.
IndexNowKey = Annotated[str, Field(pattern=r"^(?:[A-Za-z0-9-]{8,128})?$")]
_Required = Annotated[Line, AfterValidator(_something)]


class SiteSettings(Brand):
    """The settings of a site; ``url`` is its base address."""

    url: Annotated[
        str,
        StringConstraints(pattern=r"^https?://[^/?#\s\"<>\\]+(?:/[^?#\s\"<>\\]*)?$"),
        AfterValidator(_without_end),
    ]
    tag_authority: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9.@-]+,\d{4}(?:-\d{2}(?:-\d{2})?)?$")
    ]
    title: _Required
    description: _Required
    author: _Required
    language: Language
    tombstone_days: Annotated[int, Field(ge=1, le=MAX_TOMBSTONE_DAYS)]
    hubs: Annotated[tuple[Hub, ...], BeforeValidator(split_list)] = ()
    index_now_key: IndexNowKey = ""

    def site(self) -> Site:
        return Site(
            base_url=self.url,
            tag_authority=self.tag_authority,
            title=self.title,
            description=self.description,
            author=self.author,
            language=self.language,
            hubs=self.hubs,
            index_now_key=self.index_now_key,
            tombstone_days=self.tombstone_days,
            brand=Brand(**{name: getattr(self, name) for name in Brand.model_fields}),
        )


def settings_of(site: Site) -> SiteSettings:
    """Return the settings of a site, the inverse of `SiteSettings.site`."""
    return SiteSettings(
        url=site.base_url,
        tag_authority=site.tag_authority,
        title=site.title,
        description=site.description,
        author=site.author,
        language=site.language,
        hubs=site.hubs,
        index_now_key=site.index_now_key,
        tombstone_days=site.tombstone_days,
        **{name: getattr(site.brand, name) for name in Brand.model_fields},
    )


def texts_of(settings: SiteSettings) -> dict[str, str]:
    """Return each setting as a text, by the name of its field: how parameters write it."""
    return {name: _text(getattr(settings, name)) for name in type(settings).model_fields}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        is_footer = any(isinstance(one, FooterLink) for one in value)
        return write_footer(value) if is_footer else ",".join(value)
    return str(value)


# How to write each setting: the end of a message about it.
REMEDIES: Mapping[str, str] = {
    "url": "write the address of the site, such as https://news.example",
    "tag_authority": "write a domain and a year in which it was yours, such as news.example,2026",
    "title": 'write a text, such as "The Harbour Post"',
    "tagline": "write a text on one line",
    "description": "write one sentence about what the site publishes",
    "author": "write the name of the publisher",
    "language": "write a language tag such as en or pt-BR",
    "time_zone": "write the name of a time zone such as Europe/Berlin",
    "logo": "write the key of an image in the source bucket, such as images/logo.png",
    "logo_dark": "write the key of an image in the source bucket, such as images/logo-dark.png",
    "logo_is_name": "write true or false",
    "icon": "write the key of a square image in the source bucket, such as images/icon.png",
    "stylesheet": "write the key of a stylesheet in the source bucket, such as static/site.css",
    "accent": "write a colour such as #12445c",
    "accent_dark": "write a colour such as #9cc9e0",
    "formats": "write a list of md, xml and rss, or of fewer, or an empty one",
    "footer": f"write a table with names such as {', '.join(KNOWN_NAMES)}, and addresses",
    "search": "write true or false",
    "authors": "write true or false",
    "refused_crawlers": f'write a list of names such as ["{AI_TRAINING}", "GPTBot"]',
    "content_signals": 'write a list such as ["search=yes", "ai-input=yes", "ai-train=no"]',
    "tombstone_days": f"write a number from 1 to {MAX_TOMBSTONE_DAYS:,}",
    "index_now_key": "write 8 to 128 letters of English, digits and dashes, or nothing",
    "hubs": 'write a list of addresses such as ["https://hub.example/"]',
}
