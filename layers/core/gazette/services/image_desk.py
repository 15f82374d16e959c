"""The image desk: a picture of the source bucket appears on the site, byte by byte."""

from dataclasses import dataclass

from gazette.models import keys, paths
from gazette.models.edition import Edition
from gazette.models.entry import ImageHead
from gazette.models.keys import Partition
from gazette.models.publication import document
from gazette.ports import Ledger, SourceArchive


@dataclass(frozen=True, slots=True)
class ImageDesk:
    """Composes what an ``IMAGE`` partition publishes."""

    ledger: Ledger
    source: SourceArchive

    def paths(self, partition: Partition) -> tuple[str, ...]:
        return (paths.image_path(partition.name),)

    def compose(self, partition: Partition) -> Edition:
        record = self.ledger.get(keys.image_place(partition.name))
        path = paths.image_path(partition.name)
        if record is None:
            return Edition()
        if record.gone:
            return Edition(removals=(path,))
        head = ImageHead.model_validate_json(record.payload)
        return Edition(
            (document(path, self.source.read(head.key, head.version_id), head.media_type),)
        )
