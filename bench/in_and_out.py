"""Measures import and export: a whole desk out, and its history into an empty one, event by event."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

from clockwork import GITDESK, Ran, environ, interleave, run, task
from desks import HOME, STEPS, bare, config, git
from verdict import Row, conclude, tell

EVENTS_A_SECOND = 2_500
TICKETS_A_SECOND = 5_000
_FEW = 7  # runs of an export; an import changes its desk and is timed once


def rows(size: int) -> Iterator[Row]:
    """Yields events a second of an import, tickets a second of an export with a warm index, and peaks of memory."""
    tell(f"import and export, {size:,} tickets …")
    work = HOME / "in-and-out"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        yield from _rows(size, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _rows(size: int, work: Path) -> Iterator[Row]:
    source, target, file = work / "source.git", work / "target.git", work / "desk.jsonl"
    git(work, "clone", "--quiet", "--bare", "--local", str(bare(size)), str(source))
    run((GITDESK, "log", "--limit", "1"), environ(source))  # the index, with its history
    export = task("export of everything", source, "export", "jsonl", "-o", str(file))
    export.before = lambda _: file.unlink(missing_ok=True)
    interleave([export], _FEW)
    out = Ran(seconds=export.seconds, memory=export.memory)
    yield _speed(export.name, size, size, TICKETS_A_SECOND, "tickets/s", out)
    yield _peak("… its peak of memory", size, out)
    empty_desk(target)
    into = run((GITDESK, "import", "jsonl", str(file)), environ(target))
    events = size * STEPS
    yield _speed("import, events to commits", size, events, EVENTS_A_SECOND, "events/s", into)
    yield _peak("… its peak of memory", size, into)
    floor = run(("sh", "-c", GIT_COPY, str(source), str(work / "copy.git")), environ())
    yield Row(
        what="… against git fast-export | git fast-import of the same", size=size, budget=None, unit="G",
        measured=into.seconds / floor.seconds, seconds=floor.seconds, mark="import",
    )  # fmt: skip
    again = run((GITDESK, "import", "jsonl", str(file)), environ(target))
    yield _speed("import of the same once more", size, events, None, "events/s", again)


# What Git itself takes for the same history, contents known already.
GIT_COPY = (
    'git init --quiet --bare "$1" && '
    'git -C "$0" fast-export --reencode=yes HEAD | git -C "$1" -c core.compression=1 fast-import --quiet'
)


def empty_desk(folder: Path) -> None:
    """Makes a desk without tickets, with the configuration of the others."""
    maker = folder.with_name("maker")
    maker.mkdir()
    git(maker, "init", "--quiet", "--initial-branch", "main")
    (maker / "gitdesk.yaml").write_text(config(), encoding="utf-8")
    git(maker, "add", "gitdesk.yaml")
    git(maker, "commit", "--quiet", "--message", "desk: begin")
    git(maker, "clone", "--quiet", "--bare", "--local", str(maker), str(folder))


def _speed(what: str, size: int, done: int, budget: float | None, unit: str, ran: Ran) -> Row:
    return Row(
        what=what, size=size, budget=budget, unit=unit, measured=done / ran.seconds, seconds=ran.seconds,
        mark="import", more_is_better=True,
    )  # fmt: skip


def _peak(what: str, size: int, ran: Ran) -> Row:
    return Row(
        what=what, size=size, budget=None, unit="MB", measured=ran.memory / 1e6, seconds=0, mark="import"
    )


def main() -> int:
    """Measures the sizes given; returns 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000])
    return conclude([row for size in parser.parse_args().sizes for row in rows(size)])


if __name__ == "__main__":
    raise SystemExit(main())
