"""Makes a bucket on moto keep, list and serve versions as S3 does.

moto drops older versions when versioning is suspended or one of them is deleted by its id, makes no
delete marker for an unknown key, and lists delete markers apart from versions. For each listing it
copies the whole bucket. It has no clock to set, and the site shows the time of a version.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from lxml import etree
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends
from moto.s3.responses import S3Response

from gazette.delivery.local_source import NULL_VERSION, SourceEvent

_LISTED = frozenset({"Version", "DeleteMarker"})


class _ForbiddenError(S3ClientError):
    """S3 answers 403 with an error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code, "S3 does not serve this version")


class SourceClock:
    """The time of the next act, which tests set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC).replace(tzinfo=None)


class MotoVersions:
    """The versions of one bucket. The clients of moto reach it; what no client does is below.

    ``on_event`` is called for each notification that S3 would send.
    """

    def __init__(
        self, bucket: str, clock: SourceClock, on_event: Callable[[SourceEvent], None]
    ) -> None:
        self._backend: Any = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        self._bucket = self._backend.get_bucket(bucket)
        self._clock = clock
        self.on_event = on_event
        # The error codes of what S3 refuses to serve.
        self.denied: dict[tuple[str, str], str] = {}
        _install(self._backend)[bucket] = self

    @property
    def status(self) -> str:
        return str(self._bucket.versioning_status)

    @status.setter
    def status(self, status: str) -> None:
        self._bucket.versioning_status = status

    def deny(self, key: str, version_id: str, code: str = "AccessDenied") -> None:
        """From now on refuse to serve a version, with this error code; it is still listed."""
        self.denied[key, version_id] = code

    def expire(self, key: str) -> str | None:
        """Add the delete marker of a lifecycle rule, dated 00:00, if S3 serves the object.

        Return its id.
        """
        if not isinstance((self._stored(key) or [None])[-1], FakeKey):
            return None
        marker = self._marker(key)
        marker.last_modified = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        self._set(key, [*self._stored(key), marker])
        self._notify("LifecycleExpiration:DeleteMarkerCreated", key, marker.version_id)
        return str(marker.version_id)

    def expire_version(self, key: str, version_id: str) -> None:
        """Delete a version or a delete marker for good, as a lifecycle rule does."""
        if self._drop(key, version_id):
            self._notify("LifecycleExpiration:Delete", key, version_id)

    def put(self, make: Callable[[], Any], key: str) -> Any:  # noqa: ANN401  # moto's
        """Let moto make a version; keep the others, which moto would drop."""
        before = self._stored(key)
        dict.pop(self._bucket.keys, key, None)  # past moto's own method, which closes what it pops
        made = make()
        made.last_modified = self._clock()
        self._set(key, before)
        if made.version_id == NULL_VERSION:
            self._drop(key, NULL_VERSION)
        self._insert(key, made)
        self._notify("ObjectCreated:Put", key, made.version_id)
        return made

    def delete(self, key: str, version_id: str | None) -> tuple[bool, dict[str, str]]:
        """Add a delete marker, or delete what has an id for good."""
        if version_id is None:
            marker = self._marker(key)
            self._insert(key, marker)
            self._notify("ObjectRemoved:DeleteMarkerCreated", key, marker.version_id)
            return True, {"version-id": marker.version_id, "delete-marker": "true"}
        if self._drop(key, version_id):
            self._notify("ObjectRemoved:Delete", key, version_id)
        return True, {"version-id": version_id}

    def check(self, key: str, version_id: str | None) -> None:
        """Refuse to serve what is denied.

        Raises:
            S3ClientError: S3 would answer 403.
        """
        stored = self._stored(key)
        name = (key, version_id or (stored[-1].version_id if stored else ""))
        if name in self.denied:
            raise _ForbiddenError(self.denied[name])

    def page(
        self, prefix: str, key_marker: str | None, version_id_marker: str | None, max_keys: int
    ) -> tuple[list[Any], list[str], list[Any], str | None, str | None]:
        """Return versions, prefixes, delete markers, and where to go on, as moto's listing does."""
        found: list[Any] = []
        for key in sorted(key for key in self._bucket.keys if key.startswith(prefix)):
            if key < (key_marker or "") or (key == key_marker and not version_id_marker):
                continue
            versions = self._stored(key)[::-1]
            for version in versions:
                version.is_latest = version is versions[0]
            ids = [version.version_id for version in versions]
            found += versions[ids.index(version_id_marker) + 1 :] if key == key_marker else versions
        items = found[:max_keys]
        more = (items[-1].name, items[-1].version_id) if len(found) > len(items) else (None, None)
        live = [version for version in items if isinstance(version, FakeKey)]
        return live, [], [version for version in items if version not in live], *more

    def in_one_order(self, listing: str) -> str:
        """Put versions and delete markers of a listing into their common order, newest first."""
        root = etree.fromstring(listing.encode())
        items = [item for item in root if etree.QName(item).localname in _LISTED]
        ranks: dict[tuple[str | None, str | None], int] = {}
        for key in {item.findtext("{*}Key") for item in items}:
            for rank, version in enumerate(reversed(self._stored(str(key)))):
                ranks[key, version.version_id] = rank
        for item in sorted(items, key=lambda item: _position(item, ranks)):
            root.append(item)  # lxml moves it to the end
        return etree.tostring(root, encoding="unicode")

    def _stored(self, key: str) -> list[Any]:
        return list(self._bucket.keys.getlist(key, []))

    def _set(self, key: str, versions: list[Any]) -> None:
        # Past moto's own methods, which close what is replaced; moto closes all at its reset.
        if versions:
            dict.__setitem__(self._bucket.keys, key, versions)
        else:
            dict.pop(self._bucket.keys, key, None)

    def _insert(self, key: str, made: Any) -> None:  # noqa: ANN401  # moto's
        """Put a version behind those that are dated later: S3 dates an upload by its start."""
        versions = self._stored(key)
        position = len(versions)
        while position and versions[position - 1].last_modified > made.last_modified:
            position -= 1
        self._set(key, [*versions[:position], made, *versions[position:]])

    def _marker(self, key: str) -> Any:  # noqa: ANN401  # moto's
        """Make a delete marker; it replaces the null version while versioning is suspended."""
        marker = FakeDeleteMarker(SimpleNamespace(name=key))  # type: ignore[arg-type]  # all it asks for
        marker.last_modified = self._clock()
        if self.status == "Suspended":
            self._drop(key, NULL_VERSION)
            marker._version_id = NULL_VERSION
        return marker

    def _drop(self, key: str, version_id: str) -> bool:
        before = self._stored(key)
        left = [version for version in before if version.version_id != version_id]
        self.denied.pop((key, version_id), None)
        self._set(key, left)
        return len(left) < len(before)

    def _notify(self, name: str, key: str, version_id: str) -> None:
        self.on_event(SourceEvent(name, key, version_id))


def _position(
    item: Any,  # noqa: ANN401  # lxml has no types
    ranks: Mapping[tuple[str | None, str | None], int],
) -> tuple[str, int]:
    key = item.findtext("{*}Key")
    return key, ranks[key, item.findtext("{*}VersionId")]


def _install(backend: Any) -> dict[str, MotoVersions]:  # noqa: ANN401  # moto's
    """Have calls for the buckets in the returned dictionary go to their versions.

    moto forgets it at its reset.
    """
    if "gazette_versions" in backend.__dict__:
        found: dict[str, MotoVersions] = backend.gazette_versions
        return found
    buckets: dict[str, MotoVersions] = {}
    backend.gazette_versions = buckets
    _route_writes(backend, buckets)
    _route_reads(backend, buckets)
    return buckets


def _route_writes(backend: Any, buckets: Mapping[str, MotoVersions]) -> None:  # noqa: ANN401  # moto's
    put, delete = backend.put_object, backend.delete_object

    def put_object(bucket: str, key: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # moto's
        if bucket not in buckets:
            return put(bucket, key, *args, **kwargs)
        kwargs["disable_notification"] = True
        return buckets[bucket].put(lambda: put(bucket, key, *args, **kwargs), key)

    def delete_object(bucket: str, key: str, version_id: str | None = None, **kwargs: Any) -> Any:  # noqa: ANN401  # moto's
        if bucket not in buckets:
            return delete(bucket, key, version_id=version_id, **kwargs)
        return buckets[bucket].delete(key, version_id)

    backend.put_object, backend.delete_object = put_object, delete_object


def _route_reads(backend: Any, buckets: Mapping[str, MotoVersions]) -> None:  # noqa: ANN401  # moto's
    get, listing = backend.get_object, backend.list_object_versions

    def get_object(
        bucket: str, key: str, version_id: str | None = None, *args: object, **kwargs: object
    ) -> Any:  # noqa: ANN401  # moto's
        if bucket in buckets:
            buckets[bucket].check(key, version_id)
        return get(bucket, key, version_id, *args, **kwargs)

    def list_object_versions(bucket: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # moto's
        if bucket not in buckets:
            return listing(bucket, *args, **kwargs)
        return buckets[bucket].page(
            kwargs["prefix"], kwargs["key_marker"], kwargs["version_id_marker"], kwargs["max_keys"]
        )

    backend.get_object, backend.list_object_versions = get_object, list_object_versions


_list_as_moto = S3Response.list_object_versions


def _list_in_one_order(response: S3Response) -> tuple[int, dict[str, Any], str | bytes]:
    status, headers, body = _list_as_moto(response)
    versions = response.backend.__dict__.get("gazette_versions", {}).get(response.bucket_name)
    return status, headers, versions.in_one_order(body) if versions else body


# For the whole process, but other buckets than ours are listed as before.
setattr(S3Response, "list_object_versions", _list_in_one_order)  # noqa: B010  # mypy: no method
