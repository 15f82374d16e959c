"""The environment variables of the functions of the site's own hub as typed models."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import Field

from gazette.models.hub.callback_rules import CallbackRules
from gazette.runtime.settings import DeadLetterSettings, Settings


class CallbackSettings(Settings):
    """Where AWS is: on this machine only for a stack that runs on it.

    Only such a stack may call callbacks on this machine. No parameter opens that for a deployed
    stack: with this variable its functions would find no AWS.
    """

    aws_endpoint: str = Field(alias="AWS_ENDPOINT_URL", default="")

    def rules(self) -> CallbackRules:
        return CallbackRules(is_local=_is_loopback(urlsplit(self.aws_endpoint).hostname or ""))


class AcceptSettings(CallbackSettings):
    """Settings of the function that answers subscribers."""

    site_bucket: str = Field(alias="SITE_BUCKET")
    site_url: str = Field(alias="SITE_URL", pattern=r"^https?://.*[^/]$")
    queue_url: str = Field(alias="VERIFY_QUEUE_URL")


class HubWorkSettings(DeadLetterSettings, CallbackSettings):
    """The tables of subscriptions and webhooks, and dead letters of a queue of the hub."""

    table: str = Field(alias="SUBSCRIPTIONS_TABLE")
    webhooks_table: str = Field(alias="WEBHOOKS_TABLE", default="")
    dead_letter_url: str = Field(alias="HUB_DEAD_LETTER_QUEUE_URL")


class VerifySettings(HubWorkSettings):
    """Settings of verification."""

    queue_url: str = Field(alias="VERIFY_QUEUE_URL")


class FanOutSettings(HubWorkSettings):
    """Settings of the fan-out; ``topic_arn`` is that of the SNS topic, if there is one."""

    news_url: str = Field(alias="FAN_OUT_QUEUE_URL")
    deliveries_url: str = Field(alias="DELIVER_QUEUE_URL")
    topic_arn: str = Field(alias="NEWS_TOPIC_ARN", default="")


class DeliverSettings(HubWorkSettings):
    """Settings of delivery; ``hub`` is the address that feeds name, if they name one."""

    site_bucket: str = Field(alias="SITE_BUCKET")
    hub: str = Field(alias="HUB_URL", pattern=r"^(https?://|$)")
    queue_url: str = Field(alias="DELIVER_QUEUE_URL")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, or nothing
        return host == "localhost"
