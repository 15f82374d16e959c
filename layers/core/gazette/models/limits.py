"""Every bound on what is accepted, stored, computed or tried again; the unit is part of the name.

Lengths of fields are characters, as the JSON Schema of the contract counts them. Whatever is stored
or sent is counted in bytes, as it is stored: an address after percent-encoding, a text in JSON.
docs/bounds.md lists everything that is stored or addressed, with its worst case.
"""

# What AWS takes, and what of it we use: a later release may add to an item.
MAX_DYNAMODB_ITEM_BYTES = 400 * 1024
MAX_ITEM_BYTES = 350_000
MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
MAX_OBJECT_KEY_BYTES = 1024
MAX_LOG_LINE_BYTES = 256_000  # CloudWatch cuts longer ones
MAX_RECEIVES = 1000  # the most that the redrive policy of a queue can name
MAX_PAGE_BYTES = 1024 * 1024  # DynamoDB returns no more for a page of a Query

# Pages of the ledger. A live feed needs 50 entries, and on average 32 more to the next boundary.
# Reconciliation checks its remaining time after each page of keys.
MAX_NEWEST_ITEMS_A_PAGE = 100
MAX_KEYS_A_PAGE = 500
MAX_KEYS_A_READ = 100  # BatchGetItem reads at most so many items

# The input contract.
MAX_DOCUMENT_BYTES = 1024 * 1024
MAX_DOCUMENT_DEPTH = 32
MAX_REPORTED_PROBLEMS = 20
MAX_PROBLEM_CHARACTERS = 500  # reasons may quote what a publisher wrote
MAX_QUOTED_CHARACTERS = 100  # what a reason quotes of one value
MAX_INTEGER = 2**53 - 1  # the largest integer that every JSON reader keeps exact (RFC 7493 §2.2)
MAX_ID_CHARACTERS = 800
MAX_TITLE_CHARACTERS = 1000
MAX_LABEL_CHARACTERS = 500
MAX_LINE_CHARACTERS = 500
# A byline is kept in one line, whatever the number of its names.
MAX_BYLINES, MAX_BYLINE_CHARACTERS = 20, 480
MAX_PARAGRAPH_CHARACTERS = 5000
MAX_LANGUAGE_CHARACTERS = 100
MAX_ALT_CHARACTERS = 1000
MAX_URL_CHARACTERS = MAX_URL_BYTES = 4000
MAX_IMAGE_KEY_CHARACTERS = 500
MAX_TOPICS = 64
MAX_SOURCES = 200
MAX_ATTACHMENTS = 20
MAX_MEDIA_TYPE_CHARACTERS = 127  # RFC 6838 §4.2: two names of 63 characters at most are usual
MAX_TRANSLATIONS = 20
# The snapshot of an event holds its guid and its aliases once, each as it is stored.
MAX_GUID_BYTES = 1000
MAX_ALIASES = 10
MAX_ALIAS_CHARACTERS = 2000  # as it is written: with a host, and percent-encoded
MAX_ALIAS_BYTES = 300
MAX_ERASED_REVISIONS = 1000  # that one erasure document names

# The settings of a site: its names and texts, and the links at the foot of each page.
MAX_SETTING_CHARACTERS = 1000
# The variables of a function take 4 kB together.
MAX_FOOTER_LINKS, MAX_FOOTER_NAME_CHARACTERS, MAX_FOOTER_BYTES = 12, 60, 1500
MAX_STATIC_BYTES = 5 * 1024 * 1024  # of a file below static/, which is read as a whole
MAX_REFUSED_CRAWLERS, MAX_REFUSED_CRAWLERS_BYTES = 60, 600
MAX_ICON_BYTES = 100_000  # of the image that is served as /favicon.ico as well

# Our sort keys put a date before the key of the object, and a number after it.
MAX_KEY_BYTES = 900
MAX_ID_BYTES = MAX_KEY_BYTES - len("events/") - len(".json")
# A file name holds 255 bytes on the usual file systems; the rest is for ".r999.history.atom".
MAX_SLUG_BYTES = 200
MAX_SLUG_CHARACTERS = 139

# A longer document is kept in several items, so that each stays below MAX_ITEM_BYTES.
MAX_DOCUMENT_PART_BYTES = 300_000

# Ingest keeps the identities of this many versions of an object; older ones count as handled.
MAX_KNOWN_VERSIONS = 100
# A run of ingest that ends early goes on after as many versions.
MAX_VERSIONS_A_WRITE = 100
# A deleted item guards its key against late writers. A process that read the ledger before the
# deletion is long over by then, and AWS keeps no message for longer than 14 days.
DELETED_ITEM_DAYS = 35

# Images.
MAX_IMAGE_BYTES = 20 * 1024 * 1024
# Decoding a WebP takes 16 bytes a pixel, other formats less: 640 MB at most. Nearly all cameras
# stay below it.
MAX_IMAGE_PIXELS = 40_000_000
MAX_WEBP_SIDE_PIXELS = 16_383
# Encoders write about ten scans. A file of MAX_IMAGE_BYTES has some three hundred full segments.
MAX_JPEG_SCANS = 100
MAX_JPEG_SEGMENTS = 2_000

# Every time line of an event holds a copy of its entry; longer texts are read on the page. The
# snapshot of an event holds an entry, up to ninety keys and MAX_KNOWN_VERSIONS identities.
# Both stay below MAX_ITEM_BYTES.
MAX_ENTRY_BODY_BYTES = 64 * 1024
MAX_ENTRY_SOURCES_BYTES = 70_000
MAX_ENTRY_ATTACHMENTS_BYTES = 16_000
MAX_ENTRY_LABELS_BYTES = 48_000
# An entry lists the corrections that a feed shows, the newest always: the longest note takes 20,000
# bytes. The page of the event has them all.
MAX_ENTRY_CORRECTIONS_BYTES = 24_000
# Keys of the images that a text leads to. An image beyond them is not known as used.
MAX_LINKED_IMAGES_BYTES = 20_000
# What a feed shows of a difference; feeds of updates always show it.
MAX_CHANGES_BYTES = 8 * 1024

# Markdown. The number of marks that may open something bounds the time, not the length of the text:
# the parser looks for an end of each bracket, and of each HTML element that is left open, which is
# quadratic. The largest permitted body of prose stays below these numbers.
MAX_MARKDOWN_MARKS = {"<": 20_000, "[": 25_000, "!&>*_`~|\\\n+-#": 200_000}
# A quote, a list and an item are a level each. Every level makes brackets dearer.
MAX_MARKDOWN_DEPTH = 32
# A parser looks through all open elements at each tag. It opens formatting that a paragraph leaves
# open again in each that follows: so many for each of 20,000 paragraphs take 90 MB.
MAX_OPEN_ELEMENTS = 128
MAX_OPEN_FORMATTING = 16
# Elements below this depth lose their tags, so that recursion over a tree is safe.
MAX_HTML_DEPTH = 64
MAX_ANCHOR_CHARACTERS = 100
MAX_SPANNED_TABLE_CELLS = 50_000

# Differences. A table of so many cells, one bit each, takes 12 MB and some ten milliseconds.
MAX_DIFF_CELLS = 100_000_000
# More changed paragraphs in a row are no text that a person has revised.
MAX_DIFF_PARAGRAPHS = 20_000
# Pairing paragraphs compares each with each: at most so many pairs of a range, and so many steps of
# a field (a second).
MAX_PARAGRAPH_PAIRS = 2_500
MAX_PAIRING_STEPS = 500_000

# Each cache of a warm function. All of them together leave most of the memory of a function free,
# and each holds the entries of some dozen feeds.
MAX_CACHE_BYTES = 24 * 1024 * 1024
# That of the counts of days, of which each year has at most 366.
MAX_COUNTS_CACHE_BYTES = 16 * 1024 * 1024
# What is remembered of the ledger while a batch is published, and how many tasks of a batch are
# written before all of them are checked.
MAX_VIEW_BYTES = 32 * 1024 * 1024
MAX_TASKS_A_ROUND = 64
# Pages of lists that a view is opened with: more of them would not stay in its memory.
MAX_FIRST_PAGES = 32

# One request to AWS: its attempts, and seconds to wait for a connection and for an answer. One
# connection that hangs must not use up the time of a function.
MAX_AWS_ATTEMPTS, AWS_CONNECT_SECONDS, AWS_READ_SECONDS = 4, 3, 10
# The message of a hub ping is sent after publishing, and must not delay the next batch.
MAX_PING_ATTEMPTS, PING_CONNECT_SECONDS, PING_READ_SECONDS = 2, 2, 3

# Attempts. A task starts over when another writer changed its documents in between. A conflict
# costs a few calls; ten writers of one busy partition rarely need half of these attempts.
MAX_WRITE_ATTEMPTS = 16
MIN_WRITE_PAUSE_SECONDS, MAX_WRITE_PAUSE_SECONDS = 0.05, 2.0
# How often one attempt writes what is newer by now. Each of these writes is progress.
MAX_WRITE_CHECKS = 8
# Then the task fails. It waits in the retry queue, and after this attempt in the dead letters.
MAX_TASK_ATTEMPTS = 6
MAX_RETRY_DELAY_SECONDS = 900  # the longest delay of an SQS message
# A sort key has up to MAX_SORT_KEY_BYTES, and a message of SQS 262,144.
MAX_SORT_KEYS_A_MESSAGE = 200
MAX_REASON_CHARACTERS = 500
# A hub ping is three attempts of six seconds with up to five seconds between them: half a minute at
# most. Then SQS sends it again, until its queue in the template gives up.
# SQS takes ten messages together if they have up to 256 kB, and addresses may be long. IndexNow
# takes 10,000 pages a request.
MAX_PAGES_A_MESSAGE, MAX_PAGES_A_REQUEST = 30, 10_000
MAX_HUB_PING_REPEATS = 2
MAX_HUB_CONNECT_SECONDS, MAX_HUB_READ_SECONDS = 2.0, 4.0
MAX_HUB_WAIT_SECONDS = 5

# The site's own hub. Forms of subscribers, and the leases that they get.
MAX_HUB_FORM_BYTES, MAX_HUB_FORM_FIELDS = 8 * 1024, 50
MAX_CALLBACK_BYTES = 2000
MAX_SECRET_BYTES = 199  # W3C WebSub §5.1: less than 200
MIN_LEASE_SECONDS, DEFAULT_LEASE_SECONDS, MAX_LEASE_SECONDS = 3600, 864_000, 2_592_000
# The subscriptions of a topic are counted in one of so many ranges of their names.
MAX_SUBSCRIPTIONS_A_HOST, MAX_SUBSCRIPTIONS_A_TOPIC = 2_000, 100_000
SUBSCRIPTION_SAMPLES = 256
# A message of the fan-out reads so many subscribers and queues messages with so many deliveries,
# which are made at the same time.
SUBSCRIBERS_A_PAGE, DELIVERIES_A_MESSAGE = 1000, 20
# A call of a callback, from its first byte to its last one, and what is read of the answer.
CALLBACK_SECONDS = 8.0
MAX_ANSWER_BYTES = 1000
# The pauses of a delivery double up to MAX_RETRY_DELAY_SECONDS: the last attempt is an hour later.
# A subscription whose deliveries were given up so often in a row ends.
MAX_VERIFICATION_ATTEMPTS, VERIFICATION_PAUSE_SECONDS = 3, 30
MAX_DELIVERY_ATTEMPTS, MIN_DELIVERY_PAUSE_SECONDS = 8, 30
MAX_DELIVERIES_GIVEN_UP = 3

# Webhooks. All of them are read at once. A message with more bytes leaves out the full text. It
# stays for as long as a dead letter that leads to it, and a replaced secret signs for a day.
MAX_WEBHOOKS, MAX_WEBHOOK_BYTES = 100, 64 * 1024
WEBHOOK_MESSAGE_DAYS, FORMER_SECRET_SECONDS = 15, 24 * 60 * 60

# Reconciliation. A part of the source bucket takes some minutes. Archives with more than MAX_PARTS
# parts get longer parts.
MIN_VERSIONS_A_PART = 5_000
MAX_PARTS = 32
MAX_KEYS_A_STEP = 100  # BatchGetItem reads up to a hundred items
MAX_PATHS_A_STEP = 500
# The source bucket may hold any number of objects that are not read; a run records so many of a
# part. The site bucket may hold any number of orphans, and a burst writes thousands of documents.
MAX_IGNORED_KEYS_A_RUN = 100
MAX_NAMED_ORPHANS = 20
MAX_LOGGED_ORPHANS = 100
MAX_LOGGED_PATHS = 1000
MAX_LISTED_DOCUMENTS = 1_000_000  # their paths and ETags take about 300 MB
MAX_LISTED_KEYS = 1_000_000  # of the source bucket at once; they take about 200 MB
# A night believes the last full check of an event for at most so many days.
MAX_DAYS_BETWEEN_CHECKS = 28
MAX_ITERATIONS = 100
MAX_ITERATION_WAIT_SECONDS = 3600

# Copies at the edge that live longer than this are invalidated when their document changes.
MAX_STALE_SECONDS = 360
# CloudFront takes 3,000 paths at a time and charges for each above 1,000 a month. More paths of one
# run become one path for the whole site: nearly all other documents live for a minute anyway.
MAX_INVALIDATED_PATHS = 100
# The longest delay of an SQS message, and the longest time of a function. Within it ends every
# write that begins before the last MAX_WRITE_SECONDS of it.
LATE_INVALIDATION_SECONDS, MAX_WRITE_SECONDS = 900, 300

# Published documents.
MAX_TOMBSTONE_DAYS = 3650
# The texts of a feed: up to the first size for its newest entries, up to the second for the others.
# Short texts are always there.
MAX_NEWEST_TEXTS_FEED_BYTES, MAX_FEED_BYTES = 1_000_000, 500_000
ALWAYS_FULL_TEXT_BYTES = 8 * 1024
MAX_SITEMAP_URLS = 50_000
# Each with an image, these stay below MAX_SITEMAP_BYTES, whatever the addresses.
MAX_URLSET_EVENTS = 10_000
MAX_SITEMAP_URL_BYTES = 2048
MAX_SITEMAP_BYTES = 50 * 1024 * 1024
# The search: what the ledger has of a day in one item, and the site of a month in one document,
# where that is more than one event; and the filters of all documents of a month.
MAX_SEARCH_PART_BYTES, MAX_SEARCH_FILTERS_BYTES = 64_000, 150_000
MAX_SEARCH_PARTS = 4096
