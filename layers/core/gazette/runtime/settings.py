"""The environment variables of the functions as typed models."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gazette.models.branding.site_settings import SiteSettings, variable_of
from gazette.models.limits import MAX_RECEIVES, MAX_RETRY_DELAY_SECONDS, MAX_TOMBSTONE_DAYS


class Settings(BaseModel):
    """A group of settings; the alias of each field is the name of its environment variable."""

    model_config = ConfigDict(frozen=True, extra="ignore")


SettingsT = TypeVar("SettingsT", bound=BaseModel)


def read(model: type[SettingsT], environment: Mapping[str, str]) -> SettingsT:
    """Read one group of settings.

    Raises:
        ValidationError: a variable is missing or invalid; the error names each.
    """
    return model.model_validate(dict(environment))


class IngestSettings(Settings):
    """Settings of ingest."""

    source_bucket: str = Field(alias="SOURCE_BUCKET")
    ledger_table: str = Field(alias="LEDGER_TABLE")
    tag_authority: str = Field(
        alias="TAG_AUTHORITY", pattern=r"^[a-z0-9.@-]+,\d{4}(?:-\d{2}(?:-\d{2})?)?$"
    )


class ReleaseSettings(Settings):
    """Settings of release; the queue is that of ingest."""

    ledger_table: str = Field(alias="LEDGER_TABLE")
    queue_url: str = Field(alias="INGEST_QUEUE_URL", pattern=r"^https?://")


class ExpirySettings(Settings):
    """Settings of expiry."""

    ledger_table: str = Field(alias="LEDGER_TABLE")
    tombstone_days: int = Field(alias="TOMBSTONE_DAYS", ge=1, le=MAX_TOMBSTONE_DAYS)


class RetrySettings(Settings):
    """Queues for publishing work that failed; ``first_delay`` is in seconds."""

    queue_url: str = Field(alias="PUBLISH_RETRY_QUEUE_URL")
    dead_letter_url: str = Field(alias="PUBLISH_DEAD_LETTER_QUEUE_URL")
    first_delay: int = Field(alias="RETRY_SECONDS", ge=0, le=MAX_RETRY_DELAY_SECONDS)


class DeadLetterSettings(Settings):
    """When a message becomes a dead letter: at ``most_receives`` SQS gives up."""

    most_receives: int = Field(alias="MOST_RECEIVES", ge=1, le=MAX_RECEIVES)


class IngestFailureSettings(DeadLetterSettings):
    """Dead letters of ingest."""

    dead_letter_url: str = Field(alias="INGEST_DEAD_LETTER_QUEUE_URL")


class HubPingSettings(Settings):
    """The queue of hub pings; the site's own hub and the queue of its news, or nothing."""

    queue_url: str = Field(alias="ANNOUNCE_QUEUE_URL")
    hub: str = Field(alias="HUB_URL", default="")
    news_url: str = Field(alias="FAN_OUT_QUEUE_URL", default="")


class WebhookNewsSettings(Settings):
    """The table of webhooks and the queue of their news, or nothing."""

    table: str = Field(alias="WEBHOOKS_TABLE", default="")
    news_url: str = Field(alias="FAN_OUT_QUEUE_URL", default="")


class WebSubSettings(DeadLetterSettings):
    """Dead letters of hub pings."""

    dead_letter_url: str = Field(alias="ANNOUNCE_DEAD_LETTER_QUEUE_URL")


class IndexNowSettings(WebSubSettings):
    """The service that search engines hear from, the address of the site, and its key or nothing.

    The dead letters are those of hub pings.
    """

    url: str = Field(alias="INDEX_NOW_URL", pattern=r"^https?://")
    site_url: str = Field(alias="SITE_URL", pattern=r"^https?://.*[^/]$")
    key: str = Field(alias="INDEX_NOW_KEY", default="")


class EdgeSettings(Settings):
    """The queue of edge invalidations, empty without a distribution.

    Live documents are dropped at most once in ``fresh_seconds``; 0 is never.
    """

    queue_url: str = Field(alias="INVALIDATE_QUEUE_URL", default="")
    fresh_seconds: int = Field(alias="FRESH_SECONDS", default=0, ge=0, le=MAX_RETRY_DELAY_SECONDS)


class InvalidationSettings(DeadLetterSettings):
    """The distribution to invalidate, and dead letters of edge invalidations."""

    distribution_id: str = Field(alias="DISTRIBUTION_ID", min_length=1)
    dead_letter_url: str = Field(alias="INVALIDATE_DEAD_LETTER_QUEUE_URL")


class PublishSettings(SiteSettings):
    """Settings of publishing and reconciliation: all of the site, and where things are.

    The template has a parameter for each setting of the site, so a variable is only missing where
    the deployment is damaged.
    """

    model_config = ConfigDict(extra="ignore", alias_generator=variable_of)

    source_bucket: str = Field(alias="SOURCE_BUCKET")
    ledger_table: str = Field(alias="LEDGER_TABLE")
    site_bucket: str = Field(alias="SITE_BUCKET")
    # Ignored: the plugin wants to see every alias, and a rule gives the others.
    workers: int = Field(alias="DELIVERY_WORKERS", default=8, ge=1)  # type: ignore[pydantic-alias]
