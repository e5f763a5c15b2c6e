"""A Violation: one thing a rule found wrong, where, and what to do about it."""

from __future__ import annotations

from gitdesk.value import Value

ERROR, WARN, OFF = "error", "warn", "off"


class Violation(Value):
    """`path:line:col CODE severity message`; lines and columns count from 1, None where there is no such spot."""

    code: str
    message: str
    path: str
    line: int | None = None
    column: int | None = None
    severity: str = ERROR
    hint: str | None = None
    subject: str = ""  # what the fingerprint hangs on: a key, a value; never a line number
    commit: str = ""  # that brought it in, where commits are judged one by one
    excerpt: str = ""  # the offending line, for those who show it

    @property
    def fingerprint(self) -> str:
        """Returns a 16-digit hash that does not move with line numbers."""
        from hashlib import sha256

        text = "\0".join((self.code, self.path, self.subject or self.message))
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        return f"{place}: {self.code} {self.severity} {self.message}"


class Rule(Value):
    """What a code means: one row in the table of its family."""

    code: str
    name: str
    summary: str
    why: str
    severity: str = ERROR
    fails: str = ""  # an example that fails
    passes: str = ""  # the same, mended
