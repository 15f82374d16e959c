"""Creates what ingest needs."""

import os
import random
import time
from functools import cache

from gazette.delivery.s3 import S3SourceArchive
from gazette.delivery.sqs import SqsOutbox
from gazette.ports import Clock
from gazette.runtime.bootstrap.clients import open_ledger, s3, sqs, utc_now
from gazette.runtime.bootstrap.once import CACHED
from gazette.runtime.settings import IngestFailureSettings, IngestSettings, read
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.ingest.ingest import Ingestor
from gazette.services.pauses import Pauses


@cache
def ingestor(clock: Clock = utc_now) -> Ingestor:
    settings = read(IngestSettings, os.environ)
    source = S3SourceArchive(s3(), settings.source_bucket)
    pauses = Pauses(time.sleep, random.random)
    ledger = open_ledger(settings.ledger_table, clock)
    return Ingestor(source, ledger, clock, pauses, settings.tag_authority)


@cache
def dead_letter_sink() -> DeadLetterSink:
    settings = read(IngestFailureSettings, os.environ)
    return DeadLetterSink(SqsOutbox(sqs, settings.dead_letter_url), settings.most_receives)


CACHED.extend((ingestor, dead_letter_sink))
