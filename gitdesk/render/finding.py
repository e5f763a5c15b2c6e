"""A Finding: what is wrong in which line of a file, in the neutral form that every CI format is written from."""

from __future__ import annotations

from gitdesk.value import Value

ERROR, WARN, NOTE = "error", "warn", "note"


class Finding(Value):
    """`path:line:column severity message`; lines and columns count from 1, None where there is no such spot.

    `fingerprint` is the same for the same trouble in every run, wherever its line has moved to. `title` is a short
    heading, `details` are named facts for formats that have a place for them.
    """

    code: str
    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    severity: str = ERROR
    fingerprint: str = ""
    title: str = ""
    hint: str | None = None
    details: tuple[tuple[str, str | int | None], ...] = ()


class Kind(Value):
    """What the code of a finding means."""

    code: str
    name: str
    summary: str
    help: str = ""
    severity: str = ERROR


class Case(Value):
    """One thing that was tested: it passed, failed (`failure`), could not be judged (`error`) or was left out."""

    name: str
    group: str = ""
    seconds: int | None = None
    failure: str = ""
    failure_kind: str = ""
    details: str = ""  # of a failure: what stands below its message
    error: str = ""
    skipped: str = ""
    output: str = ""
    path: str = ""


class Suite(Value):
    """Cases of one kind under a name."""

    name: str
    cases: tuple[Case, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


def fingerprint(*parts: str | int) -> str:
    """Returns 32 hexadecimal digits that stand for the parts, the same on every machine and in every run."""
    from hashlib import sha256

    text = "\0".join(map(str, parts))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
