"""Creates what calls CloudFront."""

import os
from functools import cache

from gazette.delivery.cloudfront import CloudFrontEdge
from gazette.delivery.sqs import SqsOutbox
from gazette.runtime.bootstrap.clients import cloudfront, sqs
from gazette.runtime.bootstrap.once import CACHED
from gazette.runtime.settings import InvalidationSettings, read
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.invalidate.edge_invalidator import EdgeInvalidator


@cache
def edge_invalidator() -> EdgeInvalidator:
    settings = read(InvalidationSettings, os.environ)
    client = cloudfront()
    sink = DeadLetterSink(SqsOutbox(sqs, settings.dead_letter_url), settings.most_receives)
    return EdgeInvalidator(CloudFrontEdge(lambda: client, settings.distribution_id), sink)


CACHED.extend((edge_invalidator,))
