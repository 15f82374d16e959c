"""Why S3 refuses to serve a version, and what the publisher can do."""

from gazette.ports import UnreadableVersionError

_UPLOAD_AGAIN = "upload it again with the encryption of the bucket"
_REMOVED = "it was removed before it was read; upload it again if it is to be published"
_ADVICE = {
    "AccessDenied": "it is encrypted with a key that Gazette may not use, or a policy denies "
    f"reading it; {_UPLOAD_AGAIN}",
    "InvalidObjectState": "it is in an archive storage class; restore it, or upload it as STANDARD",
    "InvalidRequest": f"it is encrypted with a key of the uploader (SSE-C); {_UPLOAD_AGAIN}",
    "MethodNotAllowed": "it is a delete marker",
    "NoSuchKey": _REMOVED,
    "NoSuchVersion": _REMOVED,
}


def unreadable(code: str) -> UnreadableVersionError | None:
    """Return the error for an error code of GetObject, or None if a retry can help."""
    if code.startswith("KMS."):
        return UnreadableVersionError(f"{code}: its key cannot be used; {_UPLOAD_AGAIN}")
    advice = _ADVICE.get(code)
    return UnreadableVersionError(f"{code}: {advice}") if advice else None
