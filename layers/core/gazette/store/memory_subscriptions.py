"""Subscriptions in memory, under the contract tests of the DynamoDB table."""

from collections.abc import Iterator, Sequence

from gazette.models.hub.subscriptions import SubscriberPage, Subscription
from gazette.ports import Clock


class MemorySubscriptions:
    """A `SubscriptionStore` in a dictionary."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stored: dict[tuple[str, str], Subscription] = {}

    def put(self, subscription: Subscription) -> None:
        self._stored[subscription.topic, subscription.name] = subscription

    def replace(self, subscription: Subscription) -> bool:
        stands = self._stands(subscription)
        if stands:
            self.put(subscription)
        return stands

    def remove(self, subscription: Subscription) -> bool:
        stands = self._stands(subscription)
        if stands:
            del self._stored[subscription.topic, subscription.name]
        return stands

    def find(self, topic: str, names: Sequence[str]) -> list[Subscription]:
        wanted = set(names)
        return [one for one in self._living() if one.topic == topic and one.name in wanted]

    def page(self, topic: str, after: str, until: str, most: int) -> SubscriberPage:
        names = self._between(topic, after, until)
        last = names[most - 1] if len(names) > most else ""
        return SubscriberPage(tuple(names[:most]), last)

    def count_between(self, topic: str, after: str, until: str, most: int) -> int:
        return min(len(self._between(topic, after, until)), most)

    def count_of_host(self, host: str, most: int) -> int:
        return min(sum(one.host == host for one in self._living()), most)

    def _between(self, topic: str, after: str, until: str) -> list[str]:
        return sorted(
            one.name
            for one in self._living()
            if one.topic == topic and one.name > after and (not until or one.name < until)
        )

    def _stands(self, subscription: Subscription) -> bool:
        standing = self._stored.get((subscription.topic, subscription.name))
        return standing is not None and standing.verification == subscription.verification

    def _living(self) -> Iterator[Subscription]:
        now = self._clock().timestamp()
        return (one for one in self._stored.values() if one.expires_at > now)
