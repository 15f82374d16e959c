"""Reads the rows of a history file as acts.

There are two kinds of rows: those of a history, with `at`, and revisions of a corpus, with `id` and
`revision_time`. A file may hold both.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

from pydantic import (
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from gazette.models.contract.identity import event_key
from gazette_cli.engines.acts import Act, Change, Pause, Removal
from gazette_cli.engines.headers import KNOWN, is_known
