"""Creates what the scheduled functions need."""

import os
from functools import cache

from gazette.delivery.sqs import SqsOutbox
from gazette.ports import Clock
from gazette.runtime.bootstrap.clients import open_ledger, sqs, utc_now
from gazette.runtime.bootstrap.once import CACHED
from gazette.runtime.settings import ExpirySettings, ReleaseSettings, read
from gazette.services.expire.expiry import Expirer
from gazette.services.release.release import Releaser


@cache
def releaser(clock: Clock = utc_now) -> Releaser:
    settings = read(ReleaseSettings, os.environ)
    return Releaser(open_ledger(settings.ledger_table, clock), SqsOutbox(sqs, settings.queue_url))


@cache
def expirer(clock: Clock = utc_now) -> Expirer:
    settings = read(ExpirySettings, os.environ)
    return Expirer(open_ledger(settings.ledger_table, clock), settings.tombstone_days)


CACHED.extend((releaser, expirer))
