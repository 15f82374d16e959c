"""Page sizes. Both ledgers use them, so both count the same calls."""

# A live feed needs 50 entries and on average 32 more to the next boundary.
NEWEST_PAGE = 100
# Keys per Scan page; reconciliation checks its remaining time after each page.
KEYS_PAGE = 500
# DynamoDB returns at most this much per Query page.
PAGE_BYTES = 1024 * 1024
# BatchGetItem reads at most so many items.
MOST_KEYS = 100
