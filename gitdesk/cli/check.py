"""`gitdesk check`: the desk against its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.domain.violation import Violation

_COLUMNS = tuple(
    Column(name) for name in ("path", "line", "column", "code", "severity", "message", "hint", "fingerprint")
)


@spec.command("check")
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--staged", is_flag=True, help="Judge what is staged for the next commit instead of the whole desk.")
def command(context: Context, staged: bool) -> int:
    """Check every file of the desk: its format, its values and gitdesk.yaml.

    Ends with 1 when there is an error, 0 when there are only warnings or nothing.
    """
    from gitdesk.desk.uncommitted import CONFIG_CHANGED, config_differs, conflict_words, conflicts

    desk = context.desk
    code = report(context, desk.check(staged=staged))
    if paths := conflicts(desk):
        context.out.note(
            f"{conflict_words(paths)}; this was about {'the index' if staged else 'the last commit'}"
        )
        return 1
    if not staged and config_differs(desk):
        context.out.note(CONFIG_CHANGED)
    return code


def report(context: Context, violations: Iterable[Violation], *, quiet: bool = False) -> int:
    """Writes violations and their count; returns 1 when one of them is an error. `quiet` says nothing of nothing."""
    counts = {"error": 0, "warn": 0}

    def counted() -> Iterator[dict[str, Any]]:
        for violation in violations:
            counts[violation.severity] = counts.get(violation.severity, 0) + 1
            yield plain(violation)

    context.out.items("violations", counted(), _COLUMNS, text=_lines)
    if any(counts.values()):
        context.out.note(f"{_count(counts['error'], 'error')}, {_count(counts['warn'], 'warning')}")
    elif not quiet:
        context.out.note("nothing is wrong")
    return 1 if counts["error"] else 0


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plain(violation: Violation) -> dict[str, Any]:
    """Returns a violation as the `violations` output has it."""
    return {
        "code": violation.code,
        "severity": violation.severity,
        "message": violation.message,
        "path": violation.path,
        "line": violation.line,
        "column": violation.column,
        "hint": violation.hint,
        "fingerprint": violation.fingerprint,
    }


def _lines(items: Any, page: Any) -> Iterator[str]:
    from gitdesk.render.text import safe

    for item in items:
        place = ":".join(str(item[part]) for part in ("path", "line", "column") if item[part] is not None)
        severity = page.paint("error" if item["severity"] == "error" else "warn", item["severity"])
        yield f"{safe(place)}: {item['code']} {severity} {safe(item['message'])}"
        if item["hint"]:
            yield f"    {page.paint('hint', 'hint:')} {safe(item['hint'])}"
