"""Versions and delete markers of a listing of S3, in the order in which S3 lists them."""

import xml.etree.ElementTree as ET
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from gazette.models.object_version import ObjectVersion

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef

# A key and a version id name a version.
_Name: TypeAlias = tuple[str, str]


class ListedOrder:
    """Remembers the order of the last page of ListObjectVersions that a client has read.

    boto3 returns versions and delete markers as two lists. Only the XML has their common order.
    """

    def __init__(self, client: "S3Client") -> None:
        self._names: list[_Name] = []
        client.meta.events.register("after-call.s3.ListObjectVersions", self._keep_order)

    def versions(self, page: "ListObjectVersionsOutputTypeDef") -> list[tuple[str, ObjectVersion]]:
        """Return the key of each version and delete marker of the page, in the order of S3."""
        found = _by_name(page)
        return [(name[0], found[name]) for name in self._names if name in found]

    def _keep_order(self, http_response: "AWSResponse", **_: object) -> None:
        if http_response.status_code != HTTPStatus.OK:
            return  # botocore raises the error
        root = ET.fromstring(http_response.content)  # noqa: S314  # trusted: S3 wrote it
        self._names = [
            (_text(element, "Key"), _text(element, "VersionId"))
            for element in root
            if element.tag.endswith(("}Version", "}DeleteMarker"))
        ]


def newest_first(listed: list[ObjectVersion]) -> list[ObjectVersion]:
    """Return the versions of a key in their order; S3 lists the newest first.

    An emulator may list all delete markers behind all versions, but with milliseconds; a stable
    sort by time then restores the order.
    """
    markers = [version.is_delete_marker for version in listed]
    is_in_two_lists = any(markers) and not all(markers) and markers == sorted(markers)
    if not is_in_two_lists:
        return listed
    return sorted(listed, key=lambda version: version.last_modified, reverse=True)


def _text(element: ET.Element, name: str) -> str:
    return next(child.text or "" for child in element if child.tag.endswith("}" + name))


def _by_name(page: "ListObjectVersionsOutputTypeDef") -> dict[_Name, ObjectVersion]:
    live = {
        (item["Key"], item["VersionId"]): ObjectVersion(
            item["VersionId"], item["LastModified"], item["Size"], etag=item["ETag"].strip('"')
        )
        for item in page.get("Versions", [])
    }
    deleted = {
        (item["Key"], item["VersionId"]): ObjectVersion(
            item["VersionId"], item["LastModified"], 0, is_delete_marker=True
        )
        for item in page.get("DeleteMarkers", [])
    }
    return live | deleted
