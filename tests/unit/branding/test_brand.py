"""The settings of a site: what they refuse, and that every way of writing them is the same."""

import pytest
from pydantic import ValidationError

from gazette.models.branding.brand import DEFAULT_BRAND, DEFAULT_DARK_ACCENT, Brand
from gazette.models.branding.site_settings import (
    REMEDIES,
    SiteSettings,
    parameter_of,
    settings_of,
    texts_of,
    variable_of,
)
from gazette.models.site import Site

SITE = Site(
    base_url="https://post.example",
    tag_authority="post.example,2026",
    title="The Post",
    hubs=("https://hub.example/", "https://other.example/"),
    tombstone_days=7,
    brand=Brand(
        tagline="Every tide",
        logo="images/logo.png",
        logo_is_name=True,
        icon="images/icon.png",
        accent="#7a1f3d",
        time_zone="Europe/Berlin",
        refused_crawlers=("ai-training", "Otherbot"),
        content_signals=("search=yes", "ai-train=no"),
        footer={"about": "/about.html", "Owners": "https://owners.example/"},  # type: ignore[arg-type]  # as in a file
    ),
)


def test_settings_and_site_say_the_same() -> None:
    assert settings_of(SITE).site() == SITE


def test_settings_as_texts_are_read_as_the_same_settings() -> None:
    """Parameters and variables are texts."""
    settings = settings_of(SITE)
    assert SiteSettings.model_validate(texts_of(settings)) == settings
    defaults = settings_of(Site(base_url="https://a.example", tag_authority="a.example,2026"))
    assert SiteSettings.model_validate(texts_of(defaults)) == defaults


def test_the_brand_in_json_is_read_as_the_same_brand() -> None:
    written = SITE.brand.own_settings()
    assert Brand.model_validate(written) == SITE.brand
    assert written["footer"] == {"about": "/about.html", "Owners": "https://owners.example/"}
    assert DEFAULT_BRAND.own_settings() == {}


def test_every_setting_has_a_remedy() -> None:
    assert REMEDIES.keys() == SiteSettings.model_fields.keys()


def test_the_dark_accent_is_that_of_the_settings_of_the_design_or_a_shade() -> None:
    assert DEFAULT_BRAND.dark_accent == DEFAULT_DARK_ACCENT
    assert Brand(accent_dark="#FFF").dark_accent == "#ffffff"
    assert SITE.brand.dark_accent not in {DEFAULT_DARK_ACCENT, SITE.brand.accent}


@pytest.mark.parametrize("field", ["logo", "logo_dark", "icon"])
@pytest.mark.parametrize("key", ["logo.png", "images/logo.svg", "images/../x.png", "images/"])
def test_an_image_that_would_never_be_published_is_refused(field: str, key: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Brand.model_validate({field: key})


@pytest.mark.parametrize("field", ["title", "description", "author"])
def test_a_name_that_shows_nothing_is_refused(field: str) -> None:
    texts = texts_of(settings_of(SITE))
    with pytest.raises(ValidationError, match=field):
        SiteSettings.model_validate(texts | {field: ""})


@pytest.mark.parametrize("key", ["", "0aZ-0aZ-", 128 * "a"])
def test_a_key_of_index_now_has_the_form_that_its_service_takes(key: str) -> None:
    settings = SiteSettings.model_validate(texts_of(settings_of(SITE)) | {"index_now_key": key})
    assert settings.site().index_now_key == key


@pytest.mark.parametrize("key", ["short", 129 * "a", "with_a_low_line", "a/b/c/d/e", "äääääääää"])
def test_another_key_of_index_now_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="index_now_key"):
        SiteSettings.model_validate(texts_of(settings_of(SITE)) | {"index_now_key": key})


def test_a_text_has_only_characters_that_every_document_can_hold() -> None:
    """SPEC X2."""
    assert Brand(tagline="Every\n tide\x07").tagline == "Every tide"
    with pytest.raises(ValidationError, match="tagline"):
        Brand(tagline=1001 * "a")


@pytest.mark.parametrize(
    ("field", "parameter", "variable"),
    [
        ("logo_is_name", "SiteLogoIsName", "SITE_LOGO_IS_NAME"),
        ("refused_crawlers", "SiteRefusedCrawlers", "SITE_REFUSED_CRAWLERS"),
        ("hubs", "Hubs", "SITE_HUBS"),
        ("index_now_key", "IndexNowKey", "SITE_INDEX_NOW_KEY"),
        ("tag_authority", "TagAuthority", "TAG_AUTHORITY"),
    ],
)
def test_a_setting_has_a_name_in_the_template_and_in_the_environment(
    field: str, parameter: str, variable: str
) -> None:
    assert (parameter_of(field), variable_of(field)) == (parameter, variable)
