"""What only the services of the hub need from outside; `gazette.ports` has the rest."""

from collections.abc import Sequence
from typing import Protocol

from gazette.models.hub.answers import CallbackResult, Post
from gazette.models.hub.subscriptions import SubscriberPage, Subscription


class CallbackClient(Protocol):
    """Calls the callbacks of subscribers, which strangers chose. It follows no redirect."""

    def get(self, url: str) -> CallbackResult:
        """Ask a callback for a short answer."""

    def post_all(self, posts: Sequence[Post]) -> Sequence[CallbackResult]:
        """Post to several callbacks at the same time; return the answers in the same order."""


class SubscriptionStore(Protocol):
    """The subscriptions of the site's own hub. One that has expired is absent."""

    def put(self, subscription: Subscription) -> None:
        """Write a subscription over the one that its callback had."""

    def replace(self, subscription: Subscription) -> bool:
        """Write a subscription if the one that stands has the same verification."""

    def remove(self, subscription: Subscription) -> bool:
        """Remove a subscription if the one that stands has the same verification."""

    def find(self, topic: str, names: Sequence[str]) -> list[Subscription]:
        """Return the subscriptions of these subscribers that exist, at most a hundred."""

    def page(self, topic: str, after: str, until: str, most: int) -> SubscriberPage:
        """Return some subscribers with names between two others, in order; empty is no bound."""

    def count_between(self, topic: str, after: str, until: str, most: int) -> int:
        """Count the subscribers with names between two others, up to ``most``."""

    def count_of_host(self, host: str, most: int) -> int:
        """Count the subscriptions whose callbacks have a host, up to ``most``."""
