"""Parses the messages that Lambda brings to the functions of the site's own hub."""

from typing import TypeVar

from pydantic import ValidationError

from gazette.models.frozen import Stored
from gazette.runtime.triggers import Event
from gazette.services.hub.messages import HubMessage

ModelT = TypeVar("ModelT", bound=Stored)
OtherT = TypeVar("OtherT", bound=Stored)


def read_hub_messages(event: Event, model: type[ModelT]) -> list[HubMessage[ModelT]]:
    """Read a batch of messages of one kind."""
    return [
        HubMessage(
            record["messageId"],
            record["body"],
            int(record["attributes"]["ApproximateReceiveCount"]),
            _content(record["body"], model),
        )
        for record in event["Records"]
    ]


def read_either(
    event: Event, model: type[ModelT], other: type[OtherT]
) -> tuple[list[HubMessage[ModelT]], list[HubMessage[OtherT]]]:
    """Read a batch of messages of two kinds; what is neither is among the first."""
    others = [message for message in read_hub_messages(event, other) if message.content]
    names = {message.identifier for message in others}
    both = read_hub_messages(event, model)
    return [message for message in both if message.identifier not in names], others


def _content(body: str, model: type[ModelT]) -> ModelT | None:
    try:
        return model.model_validate_json(body)
    except ValidationError:  # the message becomes a dead letter
        return None
