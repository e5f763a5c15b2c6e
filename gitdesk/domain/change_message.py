"""The text of a commit: subject, reason and trailers, rendered so that no reason can pass for a trailer."""

from __future__ import annotations

from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

VIA, AUTOMATION, APPROVED, BEHALF = "Gitdesk-Via", "Gitdesk-Automation", "Approved-by", "On-behalf-of"

_TRAILER = pattern(r"([A-Za-z0-9][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)")
# Lines Git or its tools give a meaning: trailers, comments, the divider of a mailed patch.
_MEANINGFUL = r"(?:[A-Za-z0-9][A-Za-z0-9-]*[ \t]*:|#|---|\(cherry picked from commit )"
_TO_INDENT = pattern(rf"(?m)^(?= *{_MEANINGFUL})")
_INDENTED = pattern(rf"(?m)^ (?= *{_MEANINGFUL})")
# What Git itself writes below a subject, with any sign for comments: it is nobody's reason.
_REMARKS = pattern(r"(?m)^\(cherry picked from commit [0-9a-f]+\)$|^(?:\S )?Conflicts:(?:\n\S?\t[^\n]*)+$")
_REASON = "reason"  # `Reason: …` looks like a trailer, and is what people write who are asked for a reason
_CONTROL = pattern("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def render_message(subject: str, reason: str = "", trailers: Sequence[tuple[str, str]] = ()) -> str:
    """Returns a commit message; lines of the reason that mean more than text to Git are indented."""
    parts = [one_line(subject) or "change"]
    body = clean_reason(reason)
    if body:
        parts.append(_TO_INDENT.sub(" ", body))
    lines = [f"{key}: {line}" for key, value in trailers if value and (line := one_line(value))]
    if lines:
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def parse_message(text: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Returns subject, body and trailers of anybody's commit message."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    head, _, rest = text.strip("\n").partition("\n\n")
    subject = head if "\n" not in head else " ".join(line.strip() for line in head.split("\n"))
    rest = rest.strip("\n")
    if not rest:
        return subject.strip(), "", ()
    if "onflicts:" in rest or "(cherry picked" in rest:
        rest = _REMARKS.sub("", rest).strip("\n")
    before, gap, last = rest.rpartition("\n\n")
    trailers = _parse_trailers(last)
    body = (before if gap else "") if trailers else rest
    reason = _INDENTED.sub("", body.strip("\n"))
    if trailers and not reason:
        reason = next((value for key, value in trailers if key.casefold() == _REASON), "")
    return subject.strip(), reason, trailers


def clean_reason(reason: str) -> str:
    """Returns a reason as it is kept: LF, nothing blank at either end or at line ends, controls visible."""
    if not reason:
        return ""
    text = reason.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "\n".join(line.rstrip() for line in _CONTROL.sub("\ufffd", text).split("\n")).strip("\n")


def one_line(text: str) -> str:
    """Returns a text on one line, without control characters and blanks around it."""
    if text.isprintable() and "  " not in text:  # of all blanks only the plain one is printable
        return text.strip(" ")
    text = text.replace("\n", " ")
    return " ".join((text if text.isprintable() else _CONTROL.sub(" ", text)).split())


def _parse_trailers(paragraph: str) -> tuple[tuple[str, str], ...]:
    """Returns the trailers of a paragraph if each line is one, continues one or is Git's own remark."""
    found: list[tuple[str, str]] = []
    for line in paragraph.split("\n"):
        trailer = _TRAILER.fullmatch(line)
        if trailer:
            found.append((trailer[1], trailer[2].strip()))
        elif found and line[:1] in " \t" and line.strip():
            key, value = found[-1]
            found[-1] = (key, f"{value} {line.strip()}")
        elif not line.startswith("(cherry picked from commit "):
            return ()
    return tuple(found)
