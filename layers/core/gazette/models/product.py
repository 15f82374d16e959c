"""The numbers of the product: how many of what a reader is shown, and for how long."""

from datetime import timedelta

# A feed to subscribe to has at least so many entries. It goes on to the next cut, some thirty
# entries further on average and 64 at most (`gazette.projections.feeds.segments`).
FEED_ENTRIES = 50
# An interval of a time line without a boundary is cut after so many entries.
SEGMENT_ENTRIES = 64
# The newest entries of a feed have their full text in a larger feed, and some of them in any.
NEWEST_IN_FULL, NEWEST_ALWAYS_IN_FULL = 20, 5
TOMBSTONE_DAYS = 30
# How long RSS asks a reader to wait between two polls. A hub announces what is new.
MINUTES_BETWEEN_POLLS, MINUTES_BETWEEN_POLLS_WITH_HUB = 15, 60
# The newest withdrawals stand in a feed to subscribe to; the feeds of corrections have the others.
TOMBSTONES_SHOWN = 50

# An entry of a feed shows the newest corrections of its event; its page shows all.
CORRECTIONS_IN_FEEDS = 5

# Related events are the nearest neighbours of an event, on either side, on the time lines of its
# first topics.
RELATED_EVENTS_SHOWN = 5
RELATED_BY_TOPICS = 3
RELATED_NEIGHBOURS_EACH_SIDE = 2
RELATED_TOPICS_SHOWN = 8

# The page of an event shows the newest revisions. Its history has all, cut into parts by number.
REVISIONS_SHOWN = 20
REVISIONS_A_HISTORY_PART = 100

SUMMARY_CHARACTERS = 300
# Of a longer unchanged text in a difference only the part next to a change is shown.
UNCHANGED_CHARACTERS_SHOWN = 300
# The part of a long unchanged run that a feed shows next to a change.
CONTEXT_CHARACTERS_SHOWN = 100
HEADLINE_CHARACTERS = 110  # Google's limit

# A list shows its first events with their summaries, and of the others the headlines.
LIST_EVENTS_IN_FULL, HOME_EVENTS_IN_FULL = 20, 18
# The lead story of the home page is the first of so many events that has an image.
LEAD_CANDIDATES = 30
EVENTS_UNDER_LEAD = 4
CORRECTIONS_ON_HOME, TOPICS_ON_HOME = 5, 12
CORRECTION_CHARACTERS_ON_HOME = 200
# The index of topics names its largest topics, if they have so many events.
TOPICS_NAMED_IN_INDEX, EVENTS_OF_A_LARGE_TOPIC = 30, 8

# The index of a day has at least so many events, and its older pages have about as many.
DAY_EVENTS = 100

LARGEST_TOPICS_SHOWN = 100
TOPICS_PER_PAGE = 500

NEWS_SITEMAP_ARTICLES = 1_000
# Older events are no news, for the news sitemap and for hubs (SPEC S4).
NEWS_AGE = timedelta(days=2)
# Hubs get no ping for older changes: a ledger that is filled again streams events of any age.
HUB_PING_AGE = timedelta(hours=1)
# Two versions of a key that were stored within this time may be published together.
SAME_NEWS = timedelta(seconds=2)

# An event that was due longer ago is found by the nightly reconciliation.
RELEASE_LOOKS_BACK = timedelta(days=2)
# The hourly expiry catches up on failed runs of this period. A tombstone that expired earlier stays
# until its feed changes.
EXPIRY_LOOKS_BACK = timedelta(days=3)

# What a page of 42rem shows on a small screen, and on a large one with a dense raster.
THUMBNAIL_WIDTHS_PIXELS = (320, 960)
THUMBNAIL_QUALITY = 80
# What services show of a shared address, width and height.
CARD_PIXELS = (1200, 630)
