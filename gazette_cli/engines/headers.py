"""Headers of an upload: which ones a history may name, and the arguments of boto3 for them."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, TypedDict

METADATA = "x-amz-meta-"


class UploadArguments(TypedDict, total=False):
    """Arguments of `put_object`."""

    CacheControl: str
    ContentDisposition: str
    ContentEncoding: str
    ContentLanguage: str
    ContentType: str
    Metadata: Mapping[str, str]


_Argument: TypeAlias = Literal[
    "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType"
]
KNOWN: Mapping[str, _Argument] = {
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "content-type": "ContentType",
}


def is_known(header: str) -> bool:
    """Return whether S3 keeps a header with an object."""
    return header.lower() in KNOWN or header.lower().startswith(METADATA)


def upload_arguments(headers: Mapping[str, str]) -> UploadArguments:
    """Return headers as arguments of `put_object`."""
    arguments = UploadArguments()
    metadata: dict[str, str] = {}
    for name, value in headers.items():
        if name.lower().startswith(METADATA):
            metadata[name.lower().removeprefix(METADATA)] = value
        else:
            arguments[KNOWN[name.lower()]] = value
    if metadata:
        arguments["Metadata"] = metadata
    return arguments
