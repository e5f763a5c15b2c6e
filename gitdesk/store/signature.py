"""Signatures of commits: which carry one, whether it is good, and whose it is; only for commits that are shown."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error
from contextlib import contextmanager

from gitdesk.domain.signing_key import name_in, of_blob
from gitdesk.store import passing, process, signing_programs
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitdesk.store.git import Repo

GOOD, BAD, UNKNOWN, NONE = "good", "bad", "unknown", "none"

_FORMAT = "--format=%H%x00%G?%x00%GS%x00%GK%x00%GF%x00%GP"
_PIECE = 50  # commits whose signatures one process looks at; several work at once
# Git's letters: what they mean here, and the reason where "good" or "unknown" alone would leave a question.
_VERDICTS = {
    "G": (GOOD, ""),
    "B": (BAD, "the signature does not fit the commit"),
    "U": (UNKNOWN, "the signature fits, but this clone does not know or trust the key"),
    "X": (UNKNOWN, "the signature has expired"),
    "Y": (GOOD, "the key has expired since"),
    "R": (BAD, "the key was revoked"),
    "E": (UNKNOWN, "the key is not known here"),
}
_FITS = ("G", "U", "Y")  # whether the key is known, trusted or expired is another question
_PLAIN = ("--no-color", "--no-mailmap", _FORMAT)
_NO_PROGRAM = ("cannot run", "cannot exec")  # in the words of older and newer versions of Git
_SSH_MAGIC = b"SSHSIG\x00\x00\x00\x01"


class SignatureStatus(Value):
    """`status` is good, bad, unknown or none; `signer` and `key` as Git names them, "" when it cannot.

    `reason` says why a signature is not simply good, `hint` what would let this clone judge it. `keys` are the
    fingerprints of the key and of the one it belongs to, of a signature that fits the commit, whosever it is.
    """

    status: str
    signer: str = ""
    key: str = ""
    reason: str = ""
    hint: str = ""
    keys: tuple[str, ...] = ()


UNSIGNED = SignatureStatus(status=NONE)


def verify(
    repo: Repo, commits: Iterable[str], keys: Iterable[str] | None = None
) -> dict[str, SignatureStatus]:
    """Returns the status of each commit; one call of Git for fifty that carry a signature, none without any.

    What cannot be judged here (no program, no list of keys, no such key) is unknown, with the reason, never an error.
    With `keys`, fingerprints, these are the SSH keys that are known, and not those of a file that Git's settings name.
    """
    given = frozenset(keys) if keys is not None else None
    kinds: dict[str, str] = {}
    known: dict[str, bytes] = {}  # SSH keys by fingerprint
    for commit, content in repo.blobs(dict.fromkeys(commits)):
        block = _block(content)
        kinds[commit] = _kind(block)
        if given and kinds[commit] == "ssh" and of_blob(key := _key_in(block)) in given:
            known[of_blob(key)] = key
    signed = [commit for commit, kind in kinds.items() if kind]
    found = dict.fromkeys(kinds, UNSIGNED)
    if not signed:
        return found
    with _list_of_signers(known if given is not None else None) as options:
        for commits_asked, done in _asked(repo, options, signed):
            said = done.error.decode("utf-8", "replace")
            for commit in commits_asked:
                found[commit] = _unknown(kinds[commit], said)
            for line in done.output.decode("utf-8", "replace").split("\n"):
                parts = line.split("\0")
                if len(parts) == 6 and parts[0] in kinds and parts[1] in _VERDICTS:
                    found[parts[0]] = _judged(kinds[parts[0]], said, *parts[1:])
    if repo.config("gpg.ssh.revocationFile"):  # of a revoked key Git says no more than of a bad signature
        doubt = f"{_VERDICTS['B'][1]}, or its key is revoked here"
        found |= {
            commit: replace(one, reason=doubt)
            for commit, one in found.items()
            if one.status == BAD and kinds[commit] == "ssh"
        }
    return found


def _asked(
    repo: Repo, options: Sequence[str], commits: Sequence[str]
) -> Iterator[tuple[Sequence[str], process.Finished]]:
    """Yields what Git says of commits, in pieces; as many processes as there are cores work on them at once."""
    trusted = signing_programs.trusted(repo)
    words = repo.words(*trusted, *options, "--no-replace-objects", "log", "--no-walk=unsorted", *_PLAIN)
    pieces = [commits[at : at + _PIECE] for at in range(0, len(commits), _PIECE)]
    at_once = max(1, os.cpu_count() or 1)
    for first in range(0, len(pieces), at_once):
        batch = pieces[first : first + at_once]
        started = [process.start([*words, *piece, "--"], repo.environment()) for piece in batch]
        for piece, running in zip(batch, started, strict=True):
            yield piece, running.finish()


@contextmanager
def _list_of_signers(keys: Mapping[str, bytes] | None) -> Iterator[tuple[str, ...]]:
    """Yields the options of Git that make these keys the allowed ones, none where its own settings are to count."""
    if keys is None:
        yield ()
        return
    with passing.folder() as folder:
        path = os.path.join(folder, "signers")
        with open(path, "w", encoding="ascii") as file:
            for blob in keys.values():
                file.write(f'desk namespaces="git" {name_in(blob)} {b64encode(blob).decode("ascii")}\n')
        yield ("-c", f"gpg.ssh.allowedSignersFile={path}")


def _block(content: bytes) -> bytes:
    """Returns the header of a commit from its signature on, b"" for none."""
    header = content.partition(b"\n\n")[0]
    place = header.find(b"\ngpgsig")
    return header[place:] if place >= 0 else b""


def _key_in(block: bytes) -> bytes:
    """Returns the public key that an SSH signature says it was made with; b"" for one that is none."""
    text = block.partition(b"BEGIN SSH SIGNATURE-----")[2].partition(b"-----END")[0]
    try:
        data = b64decode(b"".join(text.split()), validate=True)
    except (Error, ValueError):
        return b""
    if not data.startswith(_SSH_MAGIC):
        return b""
    size = int.from_bytes(data[10:14], "big")
    key = data[14 : 14 + size]
    return key if len(key) == size and name_in(key) else b""


def _kind(text: bytes) -> str:
    """Returns how a commit is signed: "ssh", "openpgp", "x509", "" when it is not."""
    if not text:
        return ""
    if b"BEGIN SSH SIGNATURE" in text:
        return "ssh"
    return "x509" if b"BEGIN SIGNED MESSAGE" in text else "openpgp"


def _judged(
    kind: str, said: str, letter: str, signer: str, key: str, fingerprint: str, primary: str
) -> SignatureStatus:
    status, reason = _VERDICTS[letter]
    if not key and any(words in said for words in _NO_PROGRAM):
        return _unknown(kind, said)  # Git calls a signature bad when the program that checks it is missing
    return SignatureStatus(
        status=status,
        signer=signer,
        key=fingerprint or key,
        reason=reason,
        hint=_hint(kind) if status == UNKNOWN else "",
        keys=tuple(filter(None, dict.fromkeys((fingerprint, primary)))) if letter in _FITS else (),
    )


def _unknown(kind: str, said: str) -> SignatureStatus:
    """Returns the status of a signature Git could not judge at all."""
    if kind == "ssh" and "allowedSignersFile" in said:
        reason = "this clone has no list of allowed signers"
    elif any(words in said for words in (*_NO_PROGRAM, "No such file")):
        reason = f"the program that checks {'SSH' if kind == 'ssh' else 'OpenPGP'} signatures is missing"
    else:
        reason = "the signature cannot be checked here"
    return SignatureStatus(status=UNKNOWN, reason=reason, hint=_hint(kind))


def _hint(kind: str) -> str:
    if kind == "ssh":
        return "git config gpg.ssh.allowedSignersFile names the file with the keys of the team"
    if kind == "x509":
        return "gpgsm must know the signer's certificate"
    return "gpg must be installed and know the signer's key: gpg --import"
