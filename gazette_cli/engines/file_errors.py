"""Says in our words why a file or a folder cannot be read or written, and what to do."""

import errno
from collections.abc import Mapping

_REASONS: Mapping[int, str] = {
    errno.ENOENT: "does not exist; correct the path",
    errno.EISDIR: "is a folder; name a file",
    errno.ENOTDIR: "lies below a file, not a folder; correct the path",
    errno.EEXIST: "is a file; name a folder",
    errno.EACCES: "may not be read or written by this user; change its permissions",
    errno.EPERM: "may not be changed by this user; change its permissions",
    errno.EROFS: "lies on a disk that cannot be written; name another place",
    errno.ENOSPC: "does not fit on the disk; free some space",
    errno.EDQUOT: "does not fit on the disk; free some space",
    errno.ENAMETOOLONG: "has a name that is too long; shorten it",
    errno.EMFILE: "is one file too many at once; raise the limit of open files",
    errno.ELOOP: "is a link that leads to itself; correct the path",
}
_ANY = "cannot be read or written; look at its disk"


def file_problem(error: OSError) -> str:
    """Return which file is meant, what is wrong with it, and what to do."""
    name = error.filename
    shown = name.decode(errors="replace") if isinstance(name, bytes) else name
    return f"{shown or 'a file'}: {file_reason(error)}"


def file_reason(error: OSError) -> str:
    """Return what is wrong with a file, and what to do."""
    return _REASONS.get(error.errno or 0, _ANY)
