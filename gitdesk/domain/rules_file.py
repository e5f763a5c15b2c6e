"""The F family: what can be wrong with the file of a ticket, each with an example that fails and the same mended.

F040 and up to F049 are about what values mean on a desk and live in `rules_values`.
"""

from __future__ import annotations

from gitdesk.domain import format as grammar
from gitdesk.domain.violation import WARN, Rule, Violation

REGULAR, LINK, SUBMODULE = "100644", "120000", "160000"

RULES = (
    Rule(
        code="F001",
        name="not-utf-8",
        summary="the file is not UTF-8",
        why="the same bytes would be other letters on another machine",
        fails="title: Caf<E9>  (saved as Latin-1)",
        passes="title: Café  (saved as UTF-8)",
    ),
    Rule(
        code="F002",
        name="nul-byte",
        summary="the file contains a NUL byte",
        why="Git takes it for binary and shows no difference, and many programs stop reading there",
        fails="title: Printer<00>",
        passes="title: Printer",
    ),
    Rule(
        code="F003",
        name="file-size",
        summary="the file is larger than 20 MB",
        why="every version of it is kept for ever; long logs are attachments",
        fails="a log of 30 MB pasted into a message",
        passes="the log attached, its decisive lines in the message",
    ),
    Rule(
        code="F004",
        name="no-header",
        summary="the file does not begin with a line ---",
        why="without a header nobody knows which ticket this is",
        fails="id: GD-7K3QX4M2\ntitle: Printer on fire",
        passes="---\nid: GD-7K3QX4M2\ntitle: Printer on fire\ncreated: 2026-11-22T09:14:03Z\nstatus: new\n---",
    ),
    Rule(
        code="F005",
        name="open-header",
        summary="the header has no line --- at its end",
        why="nobody can tell the header from the description",
        fails="---\nid: GD-7K3QX4M2\n\nIt burns.",
        passes=(
            "---\nid: GD-7K3QX4M2\ntitle: Printer on fire\ncreated: 2026-11-22T09:14:03Z\nstatus: new\n---\n\n"
            "It burns."
        ),
    ),
    Rule(
        code="F006",
        name="header-size",
        summary="the header has more than 64 KiB",
        why="a header is read every time the ticket is listed",
        fails="a description of 100 KiB under a key of the header",
        passes="the description below the header",
    ),
    Rule(
        code="F007",
        name="conflict-marker",
        summary="a merge conflict is not settled",
        why="both sides stand in the file and neither counts",
        fails="<<<<<<< HEAD\nstatus: open\n=======\nstatus: closed\n>>>>>>> topic",
        passes="status: open",
    ),
    Rule(
        code="F008",
        name="header-shape",
        summary="the header is not made of keys and values",
        why="a value needs a name",
        fails="---\n- GD-7K3QX4M2\n- Printer on fire\n---",
        passes="---\nid: GD-7K3QX4M2\ntitle: Printer on fire\ncreated: 2026-11-22T09:14:03Z\nstatus: new\n---",
    ),
    Rule(
        code="F010",
        name="yaml-syntax",
        summary="the YAML cannot be understood",
        why="what one program guesses another guesses otherwise",
        fails="title: Printer: on fire",
        passes='title: "Printer: on fire"',
    ),
    Rule(
        code="F011",
        name="duplicate-key",
        summary="a key stands twice",
        why="some programs take the first and some the last",
        fails="status: open\nstatus: closed",
        passes="status: closed",
    ),
    Rule(
        code="F012",
        name="yaml-alias",
        summary="an anchor, an alias or a merge key is used",
        why="a few lines of them unfold into gigabytes, and an edit in one place changes another",
        fails="group: &g support\nassignee: *g",
        passes="group: support\nassignee: support",
    ),
    Rule(
        code="F013",
        name="yaml-tag",
        summary="a YAML tag is used",
        why="tags make programs build objects; a ticket holds texts",
        fails="title: !!str 42",
        passes='title: "42"',
    ),
    Rule(
        code="F014",
        name="yaml-depth",
        summary="values are nested too deep",
        why="no ticket needs it, and programs run out of stack",
        fails="fields: {a: [[[[[[[[[[[[[[[[[[[[[[deep]]]]]]]]]]]]]]]]]]]]]]}",
        passes="fields: {a: [flat]}",
    ),
    Rule(
        code="F015",
        name="yaml-tab",
        summary="a tab stands where YAML programs disagree about it",
        why="some take it for indentation, some refuse it",
        fails="tags:\n\t- login",
        passes="tags:\n  - login",
    ),
    Rule(
        code="F016",
        name="yaml-documents",
        summary="a second YAML document begins inside the first",
        why="only one of them would be read",
        fails="a line --- inside gitdesk.yaml",
        passes="one document",
    ),
    Rule(
        code="F017",
        name="yaml-key",
        summary="a key is not one text beside its colon",
        why="lists, mappings and nulls as keys exist in YAML and nowhere else",
        fails="? [a, b]\n: value",
        passes="tags: [a, b]",
    ),
    Rule(
        code="F018",
        name="yaml-character",
        summary="a character stands in the header that YAML does not allow",
        why="control characters steer terminals, and separators that only some programs see split lines",
        fails="title: Printer<1B>[31m on fire",
        passes="title: Printer on fire",
    ),
    Rule(
        code="F020",
        name="unknown-key",
        summary="the header has a key nobody reads",
        why="a typo must not pass silently; what a desk adds of its own goes under fields",
        fails="assigne: marko",
        passes="assignee: marko",
    ),
    Rule(
        code="F021",
        name="missing-key",
        summary="id, title, created or status is missing or empty",
        why="no ticket can be listed, found or judged without them",
        fails="title:",
        passes="title: Printer on fire",
    ),
    Rule(
        code="F022",
        name="value-shape",
        summary="a value is a list or a mapping where a text must be, or the other way round",
        why="nobody could say which of them counts",
        fails="assignee: [marko, iva]",
        passes="assignee: marko",
    ),
    Rule(
        code="F023",
        name="not-a-time",
        summary="a time cannot be read, or has no zone",
        why="clocks, order and history all hang on it",
        fails="snoozed_until: next Tuesday",
        passes="snoozed_until: 2026-12-01T08:00:00Z",
    ),
    Rule(
        code="F024",
        name="time-form",
        summary="a time is not written in UTC to the second",
        why="one form for all can be compared and searched as text",
        severity=WARN,
        fails="snoozed_until: 2026-12-01T09:00:00+01:00",
        passes="snoozed_until: 2026-12-01T08:00:00Z",
    ),
    Rule(
        code="F025",
        name="malformed-id",
        summary="the id is not a prefix and eight characters of Crockford base32",
        why="ids are read aloud and typed: I, L, O and U are left out on purpose",
        fails="id: GD-7k3",
        passes="id: GD-7K3QX4M2",
    ),
    Rule(
        code="F026",
        name="wrong-path",
        summary="the id and the path of the file do not belong together",
        why="every command finds a ticket by its id alone",
        fails="id: GD-4F7K2M9T  (in tickets/7K/GD-7K3QX4M2.md)",
        passes="id: GD-7K3QX4M2",
    ),
    Rule(
        code="F027",
        name="control-character",
        summary="a value has a control character, a line break or a direction override",
        why="it could rewrite what stands on a terminal, or make a text read as another",
        fails='title: "Printer\\e[2J on fire"',
        passes="title: Printer on fire",
    ),
    Rule(
        code="F028",
        name="title-length",
        summary="the title has more than 500 characters",
        why="a title is read in a list; the rest belongs into the description",
        fails="a title of 600 characters",
        passes="title: Printer on fire",
    ),
    Rule(
        code="F029",
        name="malformed-link",
        summary="a link is not a kind and a full id",
        why="a link that names no ticket leads nowhere",
        fails="links:\n  - duplicates 4F7K",
        passes="links:\n  - duplicates GD-4F7K2M9T",
    ),
    Rule(
        code="F030",
        name="list-item",
        summary="a list has an empty item, or the same one twice",
        why="it is counted once and read twice",
        severity=WARN,
        fails="tags: [login, login]",
        passes="tags: [login]",
    ),
    Rule(
        code="F031",
        name="near-message",
        summary="a line reads almost like the start of a message",
        why="a mistyped start swallows a reply; a copied one could pass for a colleague's words",
        severity=WARN,
        fails="### 2026-11-22 10:15 · reply · Marko <marko@acme.example>",
        passes="### 2026-11-22T10:15:00Z · reply · Marko <marko@acme.example>",
    ),
    Rule(
        code="F032",
        name="message-author",
        summary="the author of a message has a control character in the name",
        why="it could make one person look like another",
        fails="### 2026-11-22T10:15:00Z · reply · Ma<202E>okr <marko@acme.example>",
        passes="### 2026-11-22T10:15:00Z · reply · Marko <marko@acme.example>",
    ),
    Rule(
        code="F050",
        name="not-a-plain-file",
        summary="something below tickets/ is a link, an executable or a submodule",
        why="a cloned desk is data: nothing in it may lead outside of it or run",
        fails="tickets/7K/GD-7K3QX4M2/log.txt is a link to /etc/passwd",
        passes="tickets/7K/GD-7K3QX4M2/log.txt is a file",
    ),
    Rule(
        code="F051",
        name="attachment-name",
        summary="the name of an attachment is not portable",
        why="a clone on another system could not check it out",
        fails="tickets/7K/GD-7K3QX4M2/CON",
        passes="tickets/7K/GD-7K3QX4M2/con_report.txt",
    ),
    Rule(
        code="F052",
        name="attachment-size",
        summary="an attachment is larger than the desk allows",
        why="every clone carries every version of it for ever",
        fails="tickets/7K/GD-7K3QX4M2/video.mp4 of 900 MB",
        passes="a link to the video in the message",
    ),
    Rule(
        code="F053",
        name="stray-file",
        summary="a file below tickets/ is neither a ticket nor an attachment of one",
        why="nobody will ever see it",
        fails="tickets/GD-7K3QX4M2.md",
        passes="tickets/7K/GD-7K3QX4M2.md",
    ),
    Rule(
        code="F054",
        name="odd-tree",
        summary="a folder of a commit has a name twice, out of order or with a slash in it",
        why="what is checked out, what is shown and what is judged could be three different files",
        fails="tickets/7K/ with two entries GD-7K3QX4M2.md, as only a forged tree has them",
        passes="tickets/7K/ with one entry GD-7K3QX4M2.md",
    ),
)


def check_file(path: str, mode: str, size: int, attachment_limit: int) -> tuple[Violation, ...]:
    """Returns what is wrong with a file below tickets/ by its path, its Git mode and its size in bytes."""
    if mode != REGULAR:
        what = {LINK: "a link", SUBMODULE: "a submodule"}.get(mode, "an executable file")
        hint = (
            f'git update-index --chmod=-x "{path}"'
            if what.startswith("an exec")
            else "put a plain file there"
        )
        return (_violation("F050", f"{what}, not a plain file", path, hint),)
    if grammar.id_of(path) is not None:
        if size > grammar.MAX_FILE:
            return (_violation("F003", f"the file has more than {grammar.MAX_FILE:,} bytes", path, None),)
        return ()
    folder, _, name = path.rpartition("/")
    if grammar.id_of(f"{folder}.md") is None:
        return (_violation("F053", "neither a ticket nor an attachment of one", path, "move or remove it"),)
    found = []
    if not grammar.is_safe_name(name):
        found.append(_violation("F051", f'"{grammar.shown(name)}" is not a portable name', path, "rename it"))
    if size > attachment_limit:
        message = f"the attachment has {size:,} bytes, {attachment_limit:,} are allowed"
        found.append(_violation("F052", message, path, None))
    return tuple(found)


def _violation(code: str, message: str, path: str, hint: str | None) -> Violation:
    return Violation(code=code, message=message, path=path, hint=hint, subject=code)
