"""What the settings of the brand put on every page: logo, icon, links at the end."""

from gazette.models import paths
from gazette.models.branding.footer import KNOWN_NAMES, POLICY
from gazette.models.branding.static_files import file_path
from gazette.models.ledger import partitions
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


def corrections_policy_url(site: Site) -> str:
    """Return the address of the publisher's policy, or of the page with all corrections."""
    corrections = partitions.corrections_partition(partitions.SITE)
    page = site.url(f"{paths.changes_page_path(corrections)}.html")
    return next((_address(site, url) for name, url in site.brand.footer if name == POLICY), page)


def _address(site: Site, url: str) -> str:
    """Return the address of a footer link; a path is one of this site."""
    return site.base_url + url if url.startswith("/") else url


def footer_of(site: Site) -> tuple[FooterLabel, ...]:
    """Return the links at the end of a page."""
    return tuple(
        FooterLabel(
            site.texts(f"footer.{name}") if name in KNOWN_NAMES else name,
            _address(site, url),
            None if name in KNOWN_NAMES else site.language,
        )
        for name, url in site.brand.footer
    )
