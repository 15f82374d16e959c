"""The message that asks to invalidate copies at the edge."""

from pydantic import Field

from gazette.models.frozen import Stored

# Stands for all paths, as CloudFront writes it.
EVERYTHING = "*"
# Stands for all documents that are not kept long: they have this cache tag.
LIVE_TAG = "live"
LIVE_DOCUMENTS = f"#{LIVE_TAG}"


class EdgeInvalidation(Stored):
    """Invalidate the copies of these paths of the site. A second invalidation does no harm."""

    paths: tuple[str, ...] = Field(min_length=1)
