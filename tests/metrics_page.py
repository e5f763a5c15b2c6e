"""Writes docs/metrics.md out of the table of numbers; a test compares the two."""

from __future__ import annotations

import sys
from pathlib import Path

from gitdesk.reports.metrics import REPORTS, Metric, of_report

PAGE = Path(__file__).resolve().parent.parent / "docs" / "metrics.md"
ABOUT = {
    "volume": "what came in, what went out, what is left",
    "workload": "who has how much against what they can take, and who did how much",
    "times": "how long answers and solutions took, and who waited for whom",
    "tags": "what tickets are about",
    "audit": "who did what, and who approved what",
}
HEAD = """\
# Every number of the reports

<!-- Written by tests/metrics_page.py out of the table of numbers; changes by hand are overwritten. -->

What `gitdesk report` counts: what each number is, of which population, by which clock, what is kept out of it, and
what it is read from. `gitdesk report NAME --explain` prints the same for one report, `gitdesk report NAME --explain
NUMBER` for one number; pages end with it. How reports are asked for is in [reports.md](reports.md#for-a-team-lead);
the numbers of `sla report` are [there](reports.md#what-the-rows-come-to) too.

Of all numbers holds:

- **As of.** A report is about the desk as of a moment (`--as-of`, else now): the same commit and arguments give the
  same answer on any machine. What is dated later does not count yet.
- **Which tickets.** All that the query selects as of that moment, done ones too. Imported tickets count as if they
  had always been here: their history has the times it had at its source. Only `audit` leaves out what an import
  replays, and counts it beside.
- **When something counts.** A change of the header at the committer's time of its commit, or of the merge that
  brought it in; a message at its own time; where clocks disagree with history, history wins. It is the order that
  [service levels](service-levels.md#when-something-counts) go by.
- **Days** are those of the desk's zone, or of `--timezone`. A day on which the clocks change is an hour longer or
  shorter. Pieces of time in which nothing happened are there, with zeros.
- **Names** (agent, group, type, tag, customer, channel) are those that the ticket has at the as-of time, so that the
  rows of a breakdown add up to the whole. Only a ticket with several tags counts more than once. The exceptions are
  said: who had it then, who wrote it.
- **Statuses** mean what `gitdesk.yaml` said when the ticket entered them.
- **People and programs.** What an account marked `robot` or an automatic message says is no answer, and what programs
  send in a customer's name asks nothing.
- **Shares** are rounded down, so that 100 % means all; medians of nothing are empty and not zero.
- A ticket that cannot be read is in no number; it is named, and the exit code is 5.
"""


def page() -> str:
    """Returns what docs/metrics.md has to be."""
    parts = [HEAD]
    for report in REPORTS:
        parts.append(f"## {report}\n\n`gitdesk report {report}`: {ABOUT[report]}.\n")
        parts += [entry(one, report) for one in of_report(report)]
    return "\n".join(parts)


def entry(one: Metric, report: str) -> str:
    """Returns what the page says of one number; of one that stands above, where."""
    if one.reports[0] != report:
        return f"### {report}: {one.title}\n\n`{one.name}`, as in [{one.reports[0]}](#{anchor(one)}).\n"
    rows = (
        ("definition", one.definition),
        ("population", one.population),
        ("clock", one.clock),
        ("kept out", one.left_out),
        ("source", one.source),
    )
    told = "".join(f"| {name} | {text} |\n" for name, text in rows)
    return f"### {one.title}\n\n| `{one.name}` | |\n| --- | --- |\n{told}"


def anchor(one: Metric) -> str:
    """Returns where a number stands on the page."""
    kept = (letter for letter in one.title.lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).replace(" ", "-")


if __name__ == "__main__":
    if "--update" not in sys.argv:
        sys.exit("python tests/metrics_page.py --update")
    PAGE.write_text(page(), encoding="utf-8")
