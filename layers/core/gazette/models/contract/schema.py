"""The JSON Schema of the input contract, generated from the model."""

import json
from functools import lru_cache

from gazette.models.contract.document import EventDocument


@lru_cache(maxsize=1)  # each home page publishes it
def contract_schema(address: str) -> bytes:
    """Return the schema of an event document; ``address`` is where it is published."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        **EventDocument.model_json_schema(),
    }
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
