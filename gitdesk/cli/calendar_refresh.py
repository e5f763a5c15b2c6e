"""`gitdesk calendar refresh`: the public holidays of the countries that calendars name."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Writing, format_options, write_options
from gitdesk.cli.spec import Whole, option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.desk.refreshing import Refresh, Refreshed

_COLUMNS = tuple(
    Column(name)
    for name in (
        "country",
        "path",
        "first",
        "last",
        "subdivisions",
        "dates",
        "added",
        "removed",
        "changed",
        "commit",
    )
)


@spec.command("calendar refresh")
@format_options("table", "json", "jsonl", "csv", "markdown")
@write_options
@option("--to", "last", type=Whole(1), metavar="YEAR", help="The last year; without it three years ahead.")
@option(
    "--from",
    "first",
    type=Whole(1),
    metavar="YEAR",
    help="The first year; without it two years back, or that of the oldest ticket.",
)
def command(context: Context, first: int | None, last: int | None, writing: Writing) -> None:
    """Bring the public holidays of the countries that calendars name into the desk, as data, in one commit.

    Needs the library holidays (pip install 'gitdesk[calendars]'); nothing else does. Years that are there and not
    asked for stay, and so do dates under `added:` in calendars/XX.yaml. Nothing is committed when nothing changes.

    \b
      gitdesk calendar refresh
      gitdesk calendar refresh --from 2015 --to 2030 --dry-run
    """
    from gitdesk.desk.refreshing import refresh

    found = refresh(context.desk, first, last, writing.why(context), dry_run=writing.dry_run)
    context.made, context.shared = found.commit, found.commit is not None
    out = context.out
    if out.format != "table":
        out.items("holidays", [_plain(one, found) for one in found.countries], _COLUMNS)
        return
    for one in found.countries:
        if writing.dry_run:
            _diff(context, one)
        else:
            out.text(f"{one.path}: {_words(one)}\n")
    if writing.dry_run:
        out.note("dry run: nothing was written")


def _words(one: Refreshed) -> str:
    years = f"{one.after.years[0]} to {one.after.years[1]}"
    if not one.changed:
        return f"as it was, {years}"
    item = _plain(one, None)
    parts = [f"{len(item[key])} {key}" for key in ("added", "removed") if item[key]]
    return f"{years}, {', '.join(parts) or 'no other dates'}"


def _plain(one: Refreshed, found: Refresh | None) -> dict[str, Any]:
    old, new = (_named(each) for each in (one.before, one.after))
    return {
        "country": one.after.country,
        "path": one.path,
        "first": one.after.years[0],
        "last": one.after.years[1],
        "subdivisions": list(one.after.subdivisions),
        "dates": len(new),
        "added": [text for text in new if text not in old],
        "removed": [text for text in old if text not in new],
        "changed": one.changed,
        "commit": found.commit if found is not None and one.changed else None,
    }


def _named(holidays: Any) -> dict[str, None]:
    """Returns every date of a country and its parts with its name, in order."""
    if holidays is None:
        return {}
    found = [f"{text} {name}" for text, name in holidays.dates.items()]
    found += [
        f"{text} {name} ({part})"
        for part, dates in holidays.subdivisions.items()
        for text, name in dates.items()
        if holidays.dates.get(text) != name
    ]
    return dict.fromkeys(sorted(found))


def _diff(context: Context, one: Refreshed) -> None:
    from gitdesk.render.text import safe

    style = {"+": "added", "-": "removed", "@": "hunk"}
    for line in one.diff.splitlines():
        context.out.line(context.out.paint(style.get(line[:1], ""), safe(line)) if line else "")
    if not one.changed:
        context.out.note(f"{one.path}: as it was")
