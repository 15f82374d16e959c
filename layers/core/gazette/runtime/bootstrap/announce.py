"""Creates what calls hubs and search engines."""

import os
from functools import cache

from gazette.delivery.callbacks import HttpCallbackClient
from gazette.delivery.sqs import SqsOutbox
from gazette.delivery.websub import HttpHubClient
from gazette.models.site import Site
from gazette.runtime.bootstrap.clients import sqs
from gazette.runtime.bootstrap.once import CACHED
from gazette.runtime.hub_settings import CallbackSettings
from gazette.runtime.settings import IndexNowSettings, WebSubSettings, read
from gazette.services.announce.index_now import IndexNowPublisher
from gazette.services.announce.websub_publisher import WebSubPublisher
from gazette.services.failures.dead_letters import DeadLetterSink


@cache
def websub_publisher() -> WebSubPublisher:
    settings = read(WebSubSettings, os.environ)
    sink = DeadLetterSink(SqsOutbox(sqs, settings.dead_letter_url), settings.most_receives)
    return WebSubPublisher(HttpHubClient(), sink)


@cache
def index_now_publisher() -> IndexNowPublisher:
    settings = read(IndexNowSettings, os.environ)
    client = HttpCallbackClient(read(CallbackSettings, os.environ).rules())
    sink = DeadLetterSink(SqsOutbox(sqs, settings.dead_letter_url), settings.most_receives)
    site = Site(settings.site_url, "", index_now_key=settings.key)
    return IndexNowPublisher(settings.url, site, client, sink)


CACHED.extend((websub_publisher, index_now_publisher))
