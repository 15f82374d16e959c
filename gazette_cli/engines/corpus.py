"""Reads a revision of a corpus, a row with `id` and `revision_time`, as a change."""

import json
from collections.abc import Mapping

from gazette.models.contract.identity import event_key
from gazette.models.problems.messages import quoted
from gazette_cli.engines.acts import Change
from gazette_cli.engines.fields import RowError, read_time

# Site codes of Wikipedia that are not the BCP 47 tag of their language.
_LANGUAGES = {
    "als": "gsw",
    "bat-smg": "sgs",
    "be-x-old": "be-tarask",
    "fiu-vro": "vro",
    "roa-rup": "rup",
    "simple": "en",
    "zh-classical": "lzh",
    "zh-min-nan": "nan",
    "zh-yue": "yue",
}
_COPIED_FIELDS = (
    *("title", "date", "category", "topics", "summary", "body", "sources", "image"),
    *("published", "byline", "revision"),
)

_GIVE_ID = "give the revision the id of its event, such as river-opens"


def read_revision(row: Mapping[str, object]) -> Change:
    """Read a revision, or the deletion of a retracted event.

    Raises:
        RowError: it lacks an id or a time.
    """
    if not row.get("id"):
        raise RowError("id", "is missing", _GIVE_ID)
    if not isinstance(row["id"], str | int) or isinstance(row["id"], bool):
        raise RowError("id", f"{quoted(row['id'])} is no text", _GIVE_ID)
    at = read_time(row, "revision_time", is_utc=True)
    key = event_key(str(row["id"]))
    if row.get("status") == "retracted":
        return Change(at, key, None)
    document = {name: row[name] for name in _COPIED_FIELDS if row.get(name) is not None}
    if row.get("lang"):
        document["language"] = _LANGUAGES.get(str(row["lang"]), row["lang"])
    document["modified"] = row["revision_time"]
    return Change(at, key, encode_document(document))


def encode_document(document: Mapping[str, object]) -> bytes:
    """Write a document as its publisher does; it may be no valid Unicode."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
