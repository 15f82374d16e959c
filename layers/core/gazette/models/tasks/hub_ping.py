"""The message that asks for a WebSub ping."""

from gazette.models.frozen import Stored


class HubPing(Stored):
    """Notify a hub that a feed has changed; both are addresses. A second ping does no harm."""

    hub: str
    feed: str
