"""Prices of AWS in US dollars, us-east-1, on demand, without free tiers and discounts.

They are from the pricing pages aws.amazon.com/<service>/pricing of s3, dynamodb, lambda, sqs,
cloudfront, cloudwatch and xray on 2026-11-24. Prices change: check these pages before use.
"""

from collections.abc import Mapping
from typing import NamedTuple

AS_OF = "2026-11-24"
_MILLION = 1_000_000

# S3: PUT and LIST have one price, GET and HEAD another; DELETE is free.
S3_WRITE = 5.00 / _MILLION
S3_READ = 0.40 / _MILLION
S3_GB_MONTH = 0.023
S3_CALLS: Mapping[str, float] = {
    "s3.PutObject": S3_WRITE,
    "s3.ListObjectVersions": S3_WRITE,
    "s3.ListObjectsV2": S3_WRITE,
    "s3.GetObject": S3_READ,
    "s3.HeadObject": S3_READ,
    "s3.DeleteObject": 0.0,
}
# DynamoDB on demand; storage includes point-in-time recovery.
WRITE_UNIT = 0.625 / _MILLION
READ_UNIT = 0.125 / _MILLION
LEDGER_GB_MONTH = 0.25 + 0.20
# Lambda on arm64.
GB_SECOND = 0.0000133334
INVOCATION = 0.20 / _MILLION
SQS_REQUEST = 0.40 / _MILLION
# CloudWatch and X-Ray.
LOG_GB = 0.50
ALARM_MONTH = 0.10
METRIC_MONTH = 0.30
DASHBOARD_MONTH = 3.00
TRACE = 5.00 / _MILLION
# CloudFront to the United States, Canada and Europe.
REQUEST = 1.00 / _MILLION
EDGE_FUNCTION = 0.10 / _MILLION


class Tier(NamedTuple):
    """A number of gigabytes at a price per gigabyte."""

    gigabytes: float
    price: float


TRANSFER = (
    Tier(10_240, 0.085),
    Tier(40_960, 0.080),
    Tier(102_400, 0.060),
    Tier(358_400, 0.040),
    Tier(536_576, 0.030),
    Tier(4_194_304, 0.025),
    Tier(float("inf"), 0.020),
)


def transfer_price(gigabytes: float) -> float:
    """Return the monthly price of the gigabytes sent to readers."""
    price, rest = 0.0, gigabytes
    for tier in TRANSFER:
        part = min(rest, tier.gigabytes)
        price += part * tier.price
        rest -= part
    return price
