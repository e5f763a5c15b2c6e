"""Keys that people sign commits with: the fingerprint of what `signing_keys` holds, however it is written."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from functools import lru_cache

SSH = "SHA256:"  # how `ssh-keygen -l` writes a fingerprint
_DIGEST = 43  # characters of one behind that
_OPENPGP = (40, 64)  # hexadecimal digits of a fingerprint, by the version of the key
_HEX = frozenset("0123456789ABCDEF")
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


@lru_cache(maxsize=4096)
def fingerprint(text: str) -> str:
    """Returns the fingerprint of an SSH public key, an SSH fingerprint or an OpenPGP one, "" for anything else."""
    words = text.split()
    if not words:
        return ""
    if words[0].startswith(SSH):
        digest = words[0].removeprefix(SSH).rstrip("=")
        return SSH + digest if len(digest) == _DIGEST and _SAFE.issuperset(digest) else ""
    if len(words) > 1 and (blob := _blob(words[1])) and name_in(blob) == words[0]:
        return of_blob(blob)
    digits = "".join(words).upper().removeprefix("0X")
    return digits if len(digits) in _OPENPGP and _HEX.issuperset(digits) else ""


def of_blob(blob: bytes) -> str:
    """Returns the fingerprint of an SSH public key as it is in a signature."""
    from hashlib import sha256

    return SSH + b64encode(sha256(blob).digest()).decode("ascii").rstrip("=")


def name_in(blob: bytes) -> str:
    """Returns the kind of an SSH public key, `ssh-ed25519`; "" for bytes that are none."""
    name = blob[4 : 4 + int.from_bytes(blob[:4], "big")]
    plain = name.replace(b"-", b"").replace(b"@", b"").replace(b".", b"")
    return name.decode("ascii") if 0 < len(name) < min(64, len(blob) - 4) and plain.isalnum() else ""


def _blob(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        return b""
