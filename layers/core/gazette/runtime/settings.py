"""The environment of the functions, typed: one model, read once, errors by name."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from gazette.models.site import Site
from gazette.models.text import drop_unprintable, one_line

# What an operator typed stands in every document, so it is held to what XML can hold (SPEC X2).
Line = Annotated[str, AfterValidator(drop_unprintable), AfterValidator(one_line)]
Hub = Annotated[str, Field(pattern=r"^https?://[^/?#\s,]+[^\s,]*$")]


def _listed(text: str) -> list[str]:
    """Take apart what is separated by commas; each is taken once."""
    return list(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


class Settings(BaseModel):
    """What the template sets. Site settings are needed by publishing only."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source_bucket: str = Field(alias="SOURCE_BUCKET")
    ledger_table: str = Field(alias="LEDGER_TABLE")


class ExpirySettings(BaseModel):
    """What the template sets for expiry."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ledger_table: str = Field(alias="LEDGER_TABLE")
    tombstone_days: int = Field(alias="TOMBSTONE_DAYS", ge=1, le=3650)


class RetrySettings(BaseModel):
    """What the template sets for work of a partition that failed; the first delay is in seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    queue_url: str = Field(alias="PUBLISH_RETRY_QUEUE_URL")
    dead_letter_url: str = Field(alias="PUBLISH_DEAD_LETTER_QUEUE_URL")
    first_delay: int = Field(alias="RETRY_SECONDS", ge=0, le=900)


class NotificationSettings(BaseModel):
    """What the template sets for hints that failed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dead_letter_url: str = Field(alias="INGEST_DEAD_LETTER_QUEUE_URL")
    most_receives: int = Field(alias="MOST_RECEIVES", ge=1, le=1000)


class HubPingSettings(BaseModel):
    """What the template sets for sending announcements."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    queue_url: str = Field(alias="ANNOUNCE_QUEUE_URL")


class HubSettings(BaseModel):
    """What the template sets for telling hubs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dead_letter_url: str = Field(alias="ANNOUNCE_DEAD_LETTER_QUEUE_URL")
    most_receives: int = Field(alias="MOST_RECEIVES", ge=1, le=1000)


class PublishSettings(Settings):
    """What the template sets for publishing."""

    site_bucket: str = Field(alias="SITE_BUCKET")
    site_url: str = Field(alias="SITE_URL", pattern=r"^https?://[^/?#\s]+(?:/[^?#\s]*)?$")
    tag_authority: str = Field(
        alias="TAG_AUTHORITY", pattern=r"^[a-z0-9.@-]+,\d{4}(?:-\d{2}(?:-\d{2})?)?$"
    )
    site_title: Line = Field(alias="SITE_TITLE")
    site_description: Line = Field(alias="SITE_DESCRIPTION")
    site_author: Line = Field(alias="SITE_AUTHOR")
    site_language: str = Field(alias="SITE_LANGUAGE")
    tombstone_days: int = Field(alias="TOMBSTONE_DAYS", ge=1, le=3650)
    hubs: Annotated[tuple[Hub, ...], BeforeValidator(_listed)] = Field(
        alias="SITE_HUBS", default=()
    )
    workers: int = Field(alias="DELIVERY_WORKERS", default=8, ge=1)

    def site(self) -> Site:
        return Site(
            base_url=self.site_url.rstrip("/"),
            tag_authority=self.tag_authority,
            title=self.site_title,
            description=self.site_description,
            author=self.site_author,
            language=self.site_language,
            hubs=self.hubs,
            tombstone_days=self.tombstone_days,
        )


def read_settings(environment: Mapping[str, str]) -> Settings:
    return Settings.model_validate(dict(environment))


def read_expiry_settings(environment: Mapping[str, str]) -> ExpirySettings:
    return ExpirySettings.model_validate(dict(environment))


def read_publish_settings(environment: Mapping[str, str]) -> PublishSettings:
    return PublishSettings.model_validate(dict(environment))


def read_retry_settings(environment: Mapping[str, str]) -> RetrySettings:
    return RetrySettings.model_validate(dict(environment))


def read_notification_settings(environment: Mapping[str, str]) -> NotificationSettings:
    return NotificationSettings.model_validate(dict(environment))


def read_hub_ping_settings(environment: Mapping[str, str]) -> HubPingSettings:
    return HubPingSettings.model_validate(dict(environment))


def read_hub_settings(environment: Mapping[str, str]) -> HubSettings:
    return HubSettings.model_validate(dict(environment))
