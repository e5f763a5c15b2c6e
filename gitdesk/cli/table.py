"""The table of commands: every name, where its code is, and its line in the help; it imports none of them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# This module and main.py answer `--help`, `--version` and the completion of a command's name by themselves, so they
# import nothing: click alone costs four times a bare start of Python.


class Row:
    """One command: `target` is "package.module:name", `line` its help, `section` where the help lists it.

    A name of two words is a command under a noun; the noun itself is listed once, see `heads`.
    """

    __slots__ = ("aliases", "line", "name", "section", "target")

    def __init__(
        self, name: str, target: str, line: str, section: str = "", aliases: tuple[str, ...] = ()
    ) -> None:
        self.name, self.target, self.line, self.section, self.aliases = name, target, line, section, aliases


START = "start a desk"
EVERYDAY = "everyday work"
STATUS = "move a ticket on (short for move)"
APPROVING = "propose and approve"
LOOK = "look things up"
TIDY = "put things together"
SHARE = "work together"
CARE = "take care of the desk"
HIDDEN = "-"  # what Git calls and people do not

COMMANDS: tuple[Row, ...] = (
    Row("init", "gitdesk.cli.init:command", "Make a desk, here or in a folder", START),
    Row("doctor", "gitdesk.cli.doctor:command", "See whether everything is as it should be", START),
    Row("completion", "gitdesk.cli.completion:command", "Print the completion script for your shell", START),
    Row("new", "gitdesk.cli.new:command", "Create a ticket", EVERYDAY),
    Row("list", "gitdesk.cli.list:command", "List tickets", EVERYDAY, ("ls",)),
    Row("next", "gitdesk.cli.next:command", "Show the one ticket to take now", EVERYDAY),
    Row("show", "gitdesk.cli.show:command", "Show tickets with their thread", EVERYDAY),
    Row("reply", "gitdesk.cli.reply:command", "Answer the requester", EVERYDAY),
    Row("note", "gitdesk.cli.note:command", "Leave an internal note", EVERYDAY),
    Row("assign", "gitdesk.cli.assign:command", "Give tickets to an agent or a group", EVERYDAY),
    Row("move", "gitdesk.cli.move:command", "Change the status", EVERYDAY),
    Row("tag", "gitdesk.cli.tag:command", "Add and remove tags", EVERYDAY),
    Row("set", "gitdesk.cli.set:command", "Set priority, type, title or any field", EVERYDAY),
    Row("edit", "gitdesk.cli.edit:command", "Edit a whole ticket in your editor", EVERYDAY),
    Row("start", "gitdesk.cli.move:start", "Work on it", STATUS),
    Row("wait", "gitdesk.cli.move:wait", "Wait for the requester", STATUS),
    Row("hold", "gitdesk.cli.move:hold", "Wait for somebody else", STATUS),
    Row("snooze", "gitdesk.cli.move:snooze", "Put it aside until a date", STATUS),
    Row("resolve", "gitdesk.cli.move:resolve", "The answer is given", STATUS),
    Row("close", "gitdesk.cli.move:close", "Nothing is left to do", STATUS),
    Row("reopen", "gitdesk.cli.move:reopen", "There is something left to do after all", STATUS),
    Row("spam", "gitdesk.cli.move:spam", "It is no request", STATUS),
    Row("propose", "gitdesk.cli.propose:command", "Put a change where others approve it", APPROVING),
    Row("review", "gitdesk.cli.review:command", "Show what is proposed and what it needs", APPROVING),
    Row("approve", "gitdesk.cli.verdicts:approve", "Approve a proposal", APPROVING),
    Row("reject", "gitdesk.cli.verdicts:reject", "Reject a proposal", APPROVING),
    Row("land", "gitdesk.cli.land:command", "Bring an approved proposal into the desk", APPROVING),
    Row("search", "gitdesk.cli.search:command", "Search titles, descriptions and messages", LOOK),
    Row("log", "gitdesk.cli.log:command", "Tell who changed what, when and why", LOOK),
    Row("diff", "gitdesk.cli.diff:command", "Tell in words what differs between two commits", LOOK),
    Row("sql", "gitdesk.cli.sql:command", "Ask the index in SQL, read only", LOOK),
    Row("sla status", "gitdesk.cli.sla_status:command", "Show where clocks stand and what is due", LOOK),
    Row("sla explain", "gitdesk.cli.sla_explain:command", "Tell the story of a ticket's clocks", LOOK),
    Row(
        "sla policies", "gitdesk.cli.sla_policies:command", "Show which policy each ticket has, and why", LOOK
    ),
    Row("sla report", "gitdesk.cli.sla_report:command", "Report what was kept, missed, and is at risk", LOOK),
    Row(
        "report volume",
        "gitdesk.cli.report_volume:command",
        "Count what came in, went out, and is left",
        LOOK,
    ),
    Row(
        "report workload", "gitdesk.cli.report_workload:command", "Show who has how much, and did what", LOOK
    ),
    Row("report times", "gitdesk.cli.report_times:command", "Tell how long answers and solutions took", LOOK),
    Row("report tags", "gitdesk.cli.report_tags:command", "Count tickets by tag", LOOK),
    Row("report audit", "gitdesk.cli.report_audit:command", "Tell who did and approved what", LOOK),
    Row("calendar list", "gitdesk.cli.calendar_list:command", "List the calendars", LOOK),
    Row("calendar show", "gitdesk.cli.calendar_show:command", "Draw a month of a calendar", LOOK),
    Row(
        "calendar due",
        "gitdesk.cli.calendar_due:command",
        "Tell when so much working time will have passed",
        LOOK,
    ),
    Row(
        "calendar elapsed",
        "gitdesk.cli.calendar_elapsed:command",
        "Tell the working time between two moments",
        LOOK,
    ),
    Row(
        "calendar open", "gitdesk.cli.calendar_open:command", "Tell whether it is open, and until when", LOOK
    ),
    Row(
        "calendar intervals",
        "gitdesk.cli.calendar_intervals:command",
        "List the opening hours of some time",
        LOOK,
    ),
    Row(
        "calendar refresh",
        "gitdesk.cli.calendar_refresh:command",
        "Bring public holidays into the desk",
        LOOK,
    ),
    Row("link", "gitdesk.cli.link:command", "Relate a ticket to another", TIDY),
    Row("merge", "gitdesk.cli.merge:command", "Merge a ticket into another", TIDY),
    Row("unmerge", "gitdesk.cli.merge:unmerge", "Undo a merge", TIDY),
    Row("attach", "gitdesk.cli.attach:command", "Attach files", TIDY),
    Row("sync", "gitdesk.cli.sync:command", "Share your changes and take in the others'", SHARE),
    Row(
        "status", "gitdesk.cli.status:command", "Show where this clone stands, and what waits for you", SHARE
    ),
    Row("settle", "gitdesk.cli.settle:command", "Settle by field what a merge of Git's left open", SHARE),
    Row("check", "gitdesk.cli.check:command", "Check the desk against its rules", CARE),
    Row("codeowners", "gitdesk.cli.codeowners:command", "Make CODEOWNERS of the desk's roles", CARE),
    Row("rule", "gitdesk.cli.rule:command", "Explain a rule by its code", CARE),
    Row("hooks install", "gitdesk.cli.hooks:install", "Put hooks into a clone or a server", CARE),
    Row("hooks uninstall", "gitdesk.cli.hooks:uninstall", "Take them out, and put back what was there", CARE),
    Row("hooks status", "gitdesk.cli.hooks:status", "Tell whose each hook is", CARE),
    Row("import", "gitdesk.cli.import_:command", "Bring the history of another system in", CARE),
    Row("export", "gitdesk.cli.export:command", "Take tickets out, with all that ever happened", CARE),
    Row("hook", "gitdesk.cli.hook:command", "", HIDDEN),
    Row("merge-driver", "gitdesk.cli.merge_driver:command", "", HIDDEN),
)

# Nouns with commands of their own, and what the help says of them.
NOUNS = {
    "calendar": "Working hours: list, show, due, elapsed, open …",
    "hooks": "Hooks that judge commits and pushes: install, uninstall, status",
    "report": "Reports for a team lead: volume, workload, times …",
    "sla": "Service levels: status, report, explain, policies",
}

GLOBAL_OPTIONS = (
    ("-C DIR", "Work as if started in DIR"),
    ("--color WHEN", "auto, always or never"),
    ("--no-pager", "Never page long output"),
    ("--version", "Print the version"),
    ("-h, --help", "Print this, or the help of a command"),
)


def find(rows: Iterable[Row], name: str) -> Row | None:
    """Returns the row of a command by its name or an alias."""
    for row in rows:
        if name == row.name or name in row.aliases:
            return row
    return None


def called(rows: Iterable[Row], words: Sequence[str]) -> tuple[Row, Sequence[str]] | None:
    """Returns the row that the first word or the first two words name, and the words behind it."""
    rows = tuple(rows)
    for size in (1, 2):
        named = words[:size]
        row = find(rows, " ".join(named)) if len(named) == size and " " not in "".join(named) else None
        if row is not None:
            return row, words[size:]
    return None


def heads(rows: Iterable[Row]) -> list[Row]:
    """Returns what a first word can be: the visible commands of one word, and every noun once, without a target."""
    found: dict[str, Row] = {}
    for row in visible(rows):
        noun, _, verb = row.name.partition(" ")
        if not verb:
            found[noun] = row
        elif noun not in found:
            found[noun] = Row(noun, "", NOUNS.get(noun, f"See gitdesk {noun} --help"), row.section)
    return list(found.values())


def under(rows: Iterable[Row], noun: str) -> tuple[Row, ...]:
    """Returns the commands under a noun, named by their second word."""
    start = noun + " "
    return tuple(
        Row(
            row.name.removeprefix(start),
            row.target,
            row.line,
            HIDDEN if row.section == HIDDEN else "commands",
            tuple(alias.removeprefix(start) for alias in row.aliases),
        )
        for row in rows
        if row.name.startswith(start)
    )


def visible(rows: Iterable[Row]) -> list[Row]:
    """Returns the rows for people: all but what only Git calls."""
    return [row for row in rows if row.section != HIDDEN]


def by_section(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Returns the rows under their sections, in the order of the table."""
    sections: dict[str, list[Row]] = {}
    for row in heads(rows):
        sections.setdefault(row.section, []).append(row)
    return sections


def help_text(rows: tuple[Row, ...] = COMMANDS) -> str:
    """Returns what `gitdesk --help` prints."""
    size = 2 + max([len(row.name) for row in heads(rows)] + [len(names) for names, _ in GLOBAL_OPTIONS])
    lines = ["gitdesk: a help desk whose tickets are Markdown files in a Git repository", ""]
    lines += ["usage: gitdesk [OPTIONS] COMMAND [ARGS]…", ""]
    for section, members in by_section(rows).items():
        lines += [section, *(f"  {row.name:{size}}{row.line}" for row in members), ""]
    lines += ["options", *(f"  {names:{size}}{line}" for names, line in GLOBAL_OPTIONS), ""]
    lines += ["gitdesk COMMAND --help tells more about one."]
    return "\n".join(lines) + "\n"
