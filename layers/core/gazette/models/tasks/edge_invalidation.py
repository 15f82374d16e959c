"""The message that asks to invalidate copies at the edge."""

from pydantic import Field

from gazette.models.frozen import Stored

# Stands for all paths, as CloudFront writes it.
EVERYTHING = "*"


class EdgeInvalidation(Stored):
    """Invalidate the copies of these paths of the site. A second invalidation does no harm."""

    paths: tuple[str, ...] = Field(min_length=1)
