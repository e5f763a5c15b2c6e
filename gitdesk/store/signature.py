"""Signatures of commits: which carry one, whether it is good, and whose it is; only for commits that are shown."""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.store.git import Repo

GOOD, BAD, UNKNOWN, NONE = "good", "bad", "unknown", "none"

_FORMAT = "--format=%H%x00%G?%x00%GS%x00%GK%x00%GF"
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


class SignatureStatus(Value):
    """`status` is good, bad, unknown or none; `signer` and `key` as Git names them, "" when it cannot.

    `reason` says why a signature is not simply good, `hint` what would let this clone judge it.
    """

    status: str
    signer: str = ""
    key: str = ""
    reason: str = ""
    hint: str = ""


UNSIGNED = SignatureStatus(status=NONE)


def verify(repo: Repo, commits: Iterable[str]) -> dict[str, SignatureStatus]:
    """Returns the status of each commit; one call of Git for those that carry a signature, none without any.

    What cannot be judged here (no program, no list of keys, no such key) is unknown, with the reason, never an error.
    """
    kinds: dict[str, str] = {}
    for commit, content in repo.blobs(dict.fromkeys(commits)):
        kinds[commit] = _kind(content)
    signed = {commit: kind for commit, kind in kinds.items() if kind}
    found = dict.fromkeys(kinds, UNSIGNED)
    if not signed:
        return found
    done = repo.call(
        "--no-replace-objects",
        "log",
        "--no-walk=unsorted",
        "--stdin",
        "--no-color",
        "--no-mailmap",
        _FORMAT,
        input="".join(f"{commit}\n" for commit in signed).encode("ascii"),
    )
    said = done.error.decode("utf-8", "replace")
    for commit, kind in signed.items():
        found[commit] = _unknown(kind, said)
    for line in done.output.decode("utf-8", "replace").split("\n"):
        parts = line.split("\0")
        if len(parts) == 5 and parts[0] in signed and parts[1] in _VERDICTS:
            found[parts[0]] = _judged(signed[parts[0]], said, *parts[1:])
    return found


def _kind(content: bytes) -> str:
    """Returns how a commit is signed: "ssh", "openpgp", "x509", "" when it is not."""
    header = content.partition(b"\n\n")[0]
    place = header.find(b"\ngpgsig")
    if place < 0:
        return ""
    text = header[place:]
    if b"BEGIN SSH SIGNATURE" in text:
        return "ssh"
    return "x509" if b"BEGIN SIGNED MESSAGE" in text else "openpgp"


def _judged(kind: str, said: str, letter: str, signer: str, key: str, fingerprint: str) -> SignatureStatus:
    status, reason = _VERDICTS[letter]
    if "cannot run" in said and not key:
        return _unknown(kind, said)  # Git calls a signature bad when the program that checks it is missing
    return SignatureStatus(
        status=status,
        signer=signer,
        key=fingerprint or key,
        reason=reason,
        hint=_hint(kind) if status == UNKNOWN else "",
    )


def _unknown(kind: str, said: str) -> SignatureStatus:
    """Returns the status of a signature Git could not judge at all."""
    if kind == "ssh" and "allowedSignersFile" in said:
        reason = "this clone has no list of allowed signers"
    elif "cannot run" in said or "No such file" in said:
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
