"""The events of the page that the design began with, retold: one in three revisions, five related.

Its first title carries the topic before a colon, its second says more, its third is the current.
"""

import json
from datetime import UTC, datetime

from gazette_cli.engines.acts import Change
from tests.golden.changes import GIF

RELATIONS, MINISTER, OFFICE = (
    "Mexico\N{EN DASH}United States relations",
    "Luis Videgaray Caso",
    "Foreign Minister",
)
CONSULATES = "events/2017/03/consulates.json"
SHORT = "Mexico opens legal aid centres in its fifty consulates in the United States"
LONG = (
    f"{SHORT} for migrants who fear deportation. The foreign minister says that his country"
    " abides by the law, and that the times show how much a reform is needed"
)
FIRST: dict[str, object] = {
    "title": f"{RELATIONS}: {SHORT}",
    "date": "2017-03-04",
    "topics": [RELATIONS, MINISTER, OFFICE],
    "body": "Fifty centres, one in each consulate, are to bring migrants and lawyers together.",
    "sources": [{"title": "The Consular Post", "url": "https://post.example/2017/03/consulates"}],
    "image": {
        "key": "images/2017/03/centres.gif",
        "alt": "A queue before a consulate",
        "credit": "A. Ruiz",
    },
    "published": "2017-09-01T00:00:00Z",
}
REVISIONS = [
    ("2018-02-06T13:49:30", FIRST),
    ("2018-02-06T13:52:10", FIRST | {"title": SHORT}),
    (
        "2018-02-06T14:05:00",
        FIRST
        | {
            "title": LONG,
            "body": "Fifty centres, one in each consulate, are to bring migrants and lawyers"
            " together. They cost fifty million dollars.",
        },
    ),
]
RELATED = [
    (
        "2018/02/venezuela",
        "2018-02-02",
        "Videgaray, beside his colleagues from the north, rules out force over Venezuela",
        [MINISTER, RELATIONS],
    ),
    (
        "2017/02/deportation",
        "2017-02-22",
        "Videgaray rejects new rules on deportation",
        [OFFICE, MINISTER],
    ),
    (
        "2016/04/officials",
        "2016-04-05",
        "Mexico replaces two officials who look after relations with its neighbour",
        [OFFICE, RELATIONS],
    ),
    (
        "2016/09/resignation",
        "2016-09-07",
        "Videgaray resigns as minister of finance",
        [MINISTER],
    ),
    (
        "2016/08/meeting",
        "2016-08-31",
        "The candidate meets the president in Mexico City",
        [RELATIONS],
    ),
]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _related(identity: str, day: str, title: str, topics: list[str]) -> Change:
    document = {"title": title, "date": day, "topics": topics, "body": f"{title}."}
    body = json.dumps(document, ensure_ascii=False).encode()
    return Change(_moment(f"{day}T12:00:00"), f"events/{identity}.json", body)


SEED_CHANGES = [
    Change(_moment("2017-03-04T00:00:00"), "images/2017/03/centres.gif", GIF),
    *(_related(*event) for event in RELATED),
    *(
        Change(_moment(at), CONSULATES, json.dumps(document, ensure_ascii=False).encode())
        for at, document in REVISIONS
    ),
]
