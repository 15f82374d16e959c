"""What the settings of the brand put on every page: logo, icon, links at the end."""

from gazette.models import paths
from gazette.models.branding.footer import KNOWN_NAMES
from gazette.models.branding.static_files import file_path
from gazette.models.site import Site
from gazette.models.views.page import FooterLabel, Logo


def logo_of(site: Site) -> Logo | None:
    """Return the logo; on dark pages it is the same unless there is one for these."""
    brand = site.brand
    if not brand.logo:
        return None
    light, dark = (site.url(file_path(key)) for key in (brand.logo, brand.logo_dark or brand.logo))
    return Logo(light, dark, brand.logo_is_name)


def icon_path(site: Site) -> str:
    """Return the path of the icon: an image of the publisher, or the one that is included."""
    return file_path(site.brand.icon) if site.brand.icon else paths.ICON


def footer_of(site: Site) -> tuple[FooterLabel, ...]:
    """Return the links at the end of a page; a path is one of this site."""
    return tuple(
        FooterLabel(
            site.texts(f"footer.{name}") if name in KNOWN_NAMES else name,
            site.base_url + url if url.startswith("/") else url,
            None if name in KNOWN_NAMES else site.language,
        )
        for name, url in site.brand.footer
    )
