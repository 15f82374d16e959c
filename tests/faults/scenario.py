"""The scenario in which every call fails once: the life of an event and of its image."""

from gazette.models.contract.identity import event_key
from tests.faults.stages import Operation
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import document_of, hours

EVENT, OTHER, IMAGE = event_key("a"), event_key("b"), "images/a.png"
WITH_IMAGE = {"image": {"key": IMAGE, "alt": "A river"}}
CORRECTION = {"revision": {"kind": "correction", "note": "Not at six."}}


def written(hour: int, **fields: object) -> Operation:
    return Operation(
        EVENT, hours(hour), document_of(**{"topics": ["Foxes"], **WITH_IMAGE, **fields})
    )


PUBLICATION = written(0, body="At six.")
FIRST_IMAGE = Operation(IMAGE, hours(1), PNG)
CORRECTED = written(2, body="At seven.", **CORRECTION)
RENAMED = written(3, title="River opens late")
MOVED = written(4, title="River opens late", topics=["Bears"], category="Nature")
RETRACTION = Operation(EVENT, hours(6), None)
AGAIN = written(7, title="River opens late", topics=["Bears"])
IMAGE_DELETED = Operation(IMAGE, hours(8), None)

WHOLE_LIFE = (
    PUBLICATION,
    FIRST_IMAGE,
    CORRECTED,
    RENAMED,
    MOVED,
    RETRACTION,
    AGAIN,
    IMAGE_DELETED,
)

# The same changes in fewer versions, for fewer requests.
SHORT_LIFE = (
    FIRST_IMAGE,
    PUBLICATION,
    written(2, title="River opens late", topics=["Bears"], body="At seven.", **CORRECTION),
    RETRACTION,
    written(7, title="River opens late", topics=[]),
)
