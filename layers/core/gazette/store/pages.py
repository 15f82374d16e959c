"""How much one Query brings: both ledgers page alike, so that both count the same calls."""

# A live feed needs 50 entries and on average 32 more to the next boundary.
NEWEST_PAGE = 100
# So many places are looked at before a listing of the ledger asks for more time.
PLACES_PAGE = 500
# What DynamoDB brings in one page of a Query at the most.
PAGE_BYTES = 1024 * 1024
