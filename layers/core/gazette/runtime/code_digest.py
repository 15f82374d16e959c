"""Names what the documents follow from besides the ledger: the code, its libraries, the site.

Nobody has to remember to raise a number: a change of any of them gives another name.
"""

import hashlib
from importlib.metadata import distributions
from pathlib import Path

import gazette
from gazette.models.site import Site

_PACKAGE = Path(gazette.__file__).parent


def release_of(site: Site, package: Path = _PACKAGE) -> str:
    """Return a digest of the code of the package, the versions of libraries, and the settings."""
    digest = hashlib.sha256(repr(site).encode())
    for name, version in sorted({(one.name, one.version) for one in distributions()}):
        digest.update(f"{name}=={version}\n".encode())
    for file in sorted(package.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(package)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
