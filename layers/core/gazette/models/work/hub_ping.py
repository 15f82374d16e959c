"""An announcement as it stands in the queue: a feed has changed, and a hub is to be told."""

from gazette.models.frozen import Frozen


class HubPing(Frozen):
    """Both are addresses; whoever tells it twice does no harm."""

    hub: str
    feed: str
