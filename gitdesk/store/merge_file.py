"""Three versions of a ticket file made into one: by field where all can be read, by Git's own text merge where not."""

from __future__ import annotations

import os
import re
from collections import Counter

from gitdesk.domain import format as grammar
from gitdesk.domain import merge as merging
from gitdesk.domain.change import is_document
from gitdesk.errors import Refused, Unreadable
from gitdesk.store import amend, amend_body, codec, passing, process
from gitdesk.store.scan import Entry, Group, Token
from gitdesk.store.sheet import Sheet, Splice
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.domain.document import Document
    from gitdesk.domain.merge import Conflict, Merged

MARKER_SIZE = 7
STATUS_OF_CONFLICT = 8  # of `gitdesk merge-driver`; with 1 a Python ends that could not even begin
_MOST_CONFLICTS = 127  # which `git merge-file` counts up to; more is an error
_LABELS = ("ours", "base", "theirs")
# Both sides of a conflict, with or without the base between them.
_PARTED = re.compile(
    rb"^<{7,} [^\n]*\n(.*?)(?:^\|{7,}[^\n]*\n.*?)?^={7,}\r?\n(.*?)^>{7,} [^\n]*\n", re.MULTILINE | re.DOTALL
)
_COMMENT = re.compile(r"(?:^|[ \t])#.*$", re.MULTILINE)


class MergedFile(Value):
    """The file that came out; with `is_conflict` it has markers in it, and `conflicts` tells of which fields."""

    data: bytes
    is_conflict: bool = False
    conflicts: tuple[Conflict, ...] = ()


def merge(
    path: str, base: bytes, ours: bytes, theirs: bytes, environ: Mapping[str, str], *, size: int = MARKER_SIZE
) -> MergedFile:
    """Returns the merge of two versions of a file; an empty base is one that was not there.

    A file that is no ticket, or one that cannot be read whole, gets what Git's text merge makes of it.
    """
    if ours == theirs or theirs == base:
        return MergedFile(data=ours)
    if ours == base:
        return MergedFile(data=theirs)
    text = text_merge(base, ours, theirs, environ, size=size)
    if not is_document(path):
        return text
    mine, other = _whole(ours, path), _whole(theirs, path)
    old = _base(base, path) if base.strip() else None
    if mine is None or other is None or (old is None and base.strip()):
        return text
    return _by_field(old, mine, other, text, environ, size)


def text_merge(
    base: bytes, ours: bytes, theirs: bytes, environ: Mapping[str, str], *, size: int = MARKER_SIZE
) -> MergedFile:
    """Returns what Git's own three-way merge of the lines makes of a file."""
    with passing.folder() as folder:
        names = [os.path.join(folder, name) for name in ("ours", "base", "theirs")]
        for name, data in zip(names, (ours, base, theirs), strict=True):
            with open(name, "wb") as file:
                file.write(data)
        labels = [word for label in _LABELS for word in ("-L", label)]
        words = ["git", "merge-file", "-p", f"--marker-size={size}", *labels, *names]
        done = process.run(words, environ)
    if not 0 <= done.status <= _MOST_CONFLICTS:
        said = done.error.decode("utf-8", "replace").replace(f"{folder}{os.sep}", "").strip().splitlines()
        raise Unreadable("Git cannot merge this file as text", hint=said[-1] if said else None)
    return MergedFile(data=done.output, is_conflict=done.status > 0)


def _whole(data: bytes, path: str) -> Document | None:
    """Returns a version that can be read and has nothing in it that a ticket cannot hold, else None."""
    found = codec.parse(data, path)
    return found if found.ticket is not None and not found.problems else None


def _base(data: bytes, path: str) -> Document | None:
    """Returns a base, of two that Git found in conflict with each other what they agree on; None if not to be read."""
    if b"<<<<<<<" not in data:
        return _whole(data, path)
    one, two = (_whole(_PARTED.sub(rb"\%d" % side, data), path) for side in (1, 2))
    if one is None or two is None or one.ticket is None or two.ticket is None:
        return None
    return replace(one, ticket=merging.agreed(one.ticket, two.ticket))


def _by_field(
    base: Document | None,
    ours: Document,
    theirs: Document,
    text: MergedFile,
    environ: Mapping[str, str],
    size: int,
) -> MergedFile:
    assert ours.ticket is not None
    assert theirs.ticket is not None

    def lines(*sides: str) -> tuple[str, bool]:
        # As it is written: between the markers of a conflict, what people wrote of markers stays escaped.
        old, mine, other = (f"{grammar.escape(side)}\n".encode() for side in sides)
        merged = text_merge(old, mine, other, environ, size=size)
        text = merged.data.decode().rstrip("\n")
        return (text, False) if merged.is_conflict else (grammar.unescape(text), True)

    before = base.ticket if base is not None else None
    found = merging.merge(before, ours.ticket, theirs.ticket, lines)
    wanted = amend.normal(found.ticket)
    if not found.conflicts and not text.is_conflict:
        merged = _whole(text.data, ours.path)
        if merged is not None and merged.ticket is not None and amend.normal(merged.ticket) == wanted:
            return text  # with what people wrote between the lines on either side
    settled = replace(found.ticket, description=ours.ticket.description) if _is_split(found) else found.ticket
    try:
        data = codec.amend(ours, settled)
    except Refused:
        data = b""
    if not data or _comments(theirs) - _comments(base) - _comments_in(data):
        # What cannot be written, or remarks of the other side's that would be lost without a word: for a person.
        return (
            text if text.is_conflict else MergedFile(data=_side_by_side(ours, theirs, size), is_conflict=True)
        )
    if not found.conflicts:
        return MergedFile(data=data)
    marked = _marked(Sheet(data.decode("utf-8"), ours.path), _sheet(theirs), found, size)
    return MergedFile(data=marked, is_conflict=True, conflicts=found.conflicts)


def _is_split(found: Merged) -> bool:
    return any(one.field == merging.DESCRIPTION for one in found.conflicts)


def _sheet(document: Document) -> Sheet:
    return Sheet(document.data.decode("utf-8"), document.path)


def _comments(document: Document | None) -> Counter[str]:
    return Counter() if document is None else _comments_in(document.data)


def _comments_in(data: bytes) -> Counter[str]:
    """Returns what looks like a remark in a header."""
    head, _, _ = data.decode("utf-8", "replace").replace("\r\n", "\n")[3:].partition("\n---")
    return Counter(found.strip() for found in _COMMENT.findall(head))


# ---- markers


def _marked(ours: Sheet, theirs: Sheet, found: Merged, size: int) -> bytes:
    """Returns our text with both sides of each conflict between markers, in its place."""
    splices: list[Splice] = []
    # Fields between brackets share their lines, which are marked once, with all that the other side has of them.
    places: dict[tuple[int, ...], dict[tuple[int, int], None]] = {}
    for one in found.conflicts:
        if one.field == merging.DESCRIPTION:
            splices += amend_body.described(ours, found.ticket.description)
            continue
        here, there = _places(ours, theirs, one.field)
        place = here if here[0] < here[1] else (*here, *there)  # what is not here can be taken one by one
        places.setdefault(place, {})[there] = None
    for (start, end, *_), others in places.items():
        other = "".join(theirs.text[begin:stop] for begin, stop in sorted(others))
        splices.append(Splice(start, end, _between(ours.text[start:end], other, size)))
    return ours.spliced(splices).encode("utf-8")


def _places(ours: Sheet, theirs: Sheet, field: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Returns where the lines of a field are on both sides: of a name under `fields` its own if both can have such."""
    name, _, inner = field.partition(".")
    inner = inner if all(_has_lines(side, name) for side in (ours, theirs)) else ""
    return _lines_of(ours, name, inner), _lines_of(theirs, name, inner)


def _has_lines(sheet: Sheet, name: str) -> bool:
    """Tells whether what is under a key stands, or would stand, on lines of its own."""
    entry = None if sheet.head.is_flow else sheet.find(name)
    value = entry.value if entry is not None else None
    return value.is_null if isinstance(value, Token) else value is not None and not value.is_flow


def _lines_of(sheet: Sheet, name: str, inner: str) -> tuple[int, int]:
    """Returns where the lines of a field begin and end; where it would go, twice, when there are none."""
    entry = sheet.find(name)
    if sheet.head.is_flow:
        return sheet.source.begin, sheet.source.stop
    if entry is None:
        return (sheet.source.stop,) * 2
    if inner:
        items = entry.value.items if isinstance(entry.value, Group) else ()
        found = next((one for one in items if isinstance(one, Entry) and one.key == inner), None)
        if found is None:
            return (sheet.next_line(entry.value.end),) * 2
        entry = found
    return sheet.line_start(entry.start), sheet.next_line(entry.value.end)


def _between(ours: str, theirs: str, size: int) -> str:
    return f"{'<' * size} ours\n{ours}{'=' * size}\n{theirs}{'>' * size} theirs\n"


def _side_by_side(ours: Document, theirs: Document, size: int) -> bytes:
    mine, other = (
        text if text.endswith("\n") else f"{text}\n"
        for text in (one.data.decode("utf-8") for one in (ours, theirs))
    )
    return _between(mine, other, size).encode("utf-8")
