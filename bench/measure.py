"""Measures the budgets of docs/performance.md and prints them as one table.

python bench/measure.py [--sizes 1000,10000] [--runs 15] [--only WORD]; exits 1 when a budget is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import checking
import first_index
import hooking
import in_and_out
import peers
import service_levels
import sharing
import storm
import working_time
import writers
from clockwork import CPU_ONLY, GITDESK, RUNS, Task, bare_python, environ, interleave, run, task
from desks import STEPS, bare, case, commit_onto, copy, desk, git
from verdict import Row, conclude, tell

Measured = dict[tuple[str, int], float]  # what a row cost in seconds, for rows that compare sizes


class Bench:
    """One run of the benchmarks at some sizes."""

    def __init__(self, sizes: list[int], runs: int) -> None:
        self.sizes, self.runs = sizes, runs
        self.seen: Measured = {}

    def rows(self) -> Iterator[Row]:
        """Yields every row, in the order of docs/performance.md."""
        yield from self.start()
        yield from working_time.rows(self.runs)
        for size in self.sizes:
            yield from self.reading(size)
        for size in self.sizes:
            yield from service_levels.rows(size, self.runs)
        for size in self.sizes:
            yield from checking.rows(size, self.runs)
        for size in self.sizes:
            yield from hooking.rows(size, self.runs)
        for size in self.sizes:
            yield from sharing.rows(size, self.runs)
        for size in self.sizes:
            yield from self.changing(size)
        for size in self.sizes:
            yield from self.indexing(size)
        for size in self.sizes:
            yield from in_and_out.rows(size)
        if 10_000 in self.sizes:
            yield from writers.rows(10_000)
            yield from storm.rows()
        for size in self.sizes:
            yield from peers.rows(size, self.runs)

    def start(self) -> Iterator[Row]:
        """Measures what needs no desk."""
        names = {"_GITDESK_COMPLETE": "bash_complete", "COMP_WORDS": "gitdesk sea", "COMP_CWORD": "1"}
        tasks = [
            task("--version", None, "--version"),
            task("--help", None, "--help"),
            task("completion of a command name", None, **names),
        ]
        tell("start-up …")
        unit = self._against_python(tasks)
        for one in tasks:
            yield self._row(one, 0, 4.5, "P", unit)

    def reading(self, size: int) -> Iterator[Row]:
        """Measures show, list, search, log and completion on a warm index."""
        folder = desk(size)
        ids = [case(number, size).id for number in range(0, size, size // 50)]
        words = {
            "_GITDESK_COMPLETE": "bash_complete",
            "COMP_WORDS": f"gitdesk show {ids[0][:5]}",
            "COMP_CWORD": "2",
        }
        surroundings = environ(folder)
        tasks = {
            "completion": task("completion of an id", folder, **words),
            "show": _each("show ID", "show", ids, surroundings),
            "list": task("list, 50 rows, table", folder, "list", "--limit", "50"),
            "json": task("list, 50 rows, --json", folder, "list", "--limit", "50", "--json"),
            "search": task("search, 20 hits", folder, "search", "σοφος", "--limit", "20"),
            "log": _each("log ID", "log", ids, surroundings),
        }
        grep = Task(
            name="rg -l over the work tree",
            command=lambda _: (
                "rg",
                "--files-with-matches",
                "--ignore-case",
                "σοφός",
                str(folder / "tickets"),
            ),
            environ=surroundings,
        )
        tell(f"reading, {size:,} tickets …")
        run((GITDESK, "log", ids[0]), surroundings)  # the history is indexed when it is first asked for
        with_grep = [grep] if shutil.which("rg") else []
        unit = self._against_python([*tasks.values(), *with_grep])
        yield self._row(tasks["completion"], size, 6 if size >= 100_000 else None, "P", unit)
        yield from self._sized(tasks["show"], size, 7, unit)
        yield from self._sized(tasks["list"], size, 9, unit)
        yield self._row(tasks["json"], size, 7, "P", unit)
        yield self._row(tasks["search"], size, 10 if size >= 100_000 else 8, "P", unit)
        if with_grep:
            yield self._row(tasks["search"], size, 1 if size >= 100_000 else None, "rg", grep.seconds)
        yield self._row(tasks["log"], size, 8, "P", unit)
        yield from self._everything(size, folder)

    def _everything(self, size: int, folder: Path) -> Iterator[Row]:
        few = task(
            "list --limit 1 --format jsonl", folder, "list", "--all", "--limit", "1", "--format", "jsonl"
        )
        every = task("list --all --format jsonl", folder, "list", "--all", "--format", "jsonl")
        interleave([few, every], runs=5)
        yield Row(
            what=every.name, size=size, budget=40 if size >= 100_000 else None, unit="µs a row",
            measured=(every.seconds - few.seconds) / size * 1e6, seconds=every.seconds,
        )  # fmt: skip
        grown = (every.memory - few.memory) / 1e6
        yield Row(
            what="… its memory over that of one row",
            size=size,
            budget=20,
            unit="MB",
            measured=grown,
            seconds=0,
        )

    def changing(self, size: int) -> Iterator[Row]:
        """Measures a change with a work tree, in a bare desk and beside code, and a bulk change."""
        tell(f"changing, {size:,} tickets …")
        folder, by_git = copy(size, "writing"), copy(size, "writing-with-git")
        naked = self._bare_copy(size)
        try:
            yield from self._single(size, folder, by_git, naked)
            yield from self._bulk(size, folder)
        finally:
            for made in (folder, by_git, naked):
                shutil.rmtree(made, ignore_errors=True)

    def _single(self, size: int, folder: Path, by_git: Path, naked: Path) -> Iterator[Row]:
        ids = [case(number, size).id for number in range(0, size, size // 40)]
        path = by_git / case(3, size).path

        def touch(number: int) -> None:
            text = path.read_text(encoding="utf-8")
            path.write_text(f"{text}\nanother line {number}\n", encoding="utf-8")

        plain = Task(
            name="git add FILE && git commit",
            command=lambda number: (
                "sh", "-c", 'cd "$0" && git add -- "$1" && git commit --quiet --no-verify --message "$2"',
                str(by_git), str(path), f"change {number}",
            ),
            environ=environ(),
            before=touch,
        )  # fmt: skip
        tasks = [*_changes(folder, ids), *(_renamed(one, "bare") for one in _changes(naked, ids)[:1])]
        run((GITDESK, "list"), environ(folder))
        run((GITDESK, "list"), environ(naked))
        unit = self._against_python([*tasks, plain])
        for one in tasks[:-1]:
            if size < 10_000:
                yield self._row(one, size, 8, "P", unit)
            else:
                yield self._row(one, size, 1, "G", plain.seconds)
        yield self._row(tasks[-1], size, 10 if size >= 100_000 else None, "P", unit)

    @staticmethod
    def _bare_copy(size: int) -> Path:
        folder = bare(size).with_name("writing.git")
        shutil.rmtree(folder, ignore_errors=True)
        git(folder.parent, "clone", "--quiet", "--bare", "--local", str(bare(size)), str(folder))
        return folder

    @staticmethod
    def _bulk(size: int, folder: Path) -> Iterator[Row]:
        count = min(1000, size)
        names = environ(folder)
        ids = [case(number, size).id for number in range(count)]
        taken = run((GITDESK, "tag", *ids, "+training", "--yes"), names, (0,))
        yield Row(
            what=f"tag +training on {count:,} tickets, one commit", size=size, budget=3, unit="s",
            measured=taken.seconds, seconds=taken.seconds,
        )  # fmt: skip

    def indexing(self, size: int) -> Iterator[Row]:
        """Measures the first index and what a refresh adds to a listing."""
        yield from first_index.rows(size)
        tell(f"refreshing, {size:,} tickets …")
        folder = self._bare_copy(size)
        try:
            warm = task("list", folder, "list", "--limit", "1")
            stale = task("refresh after 1 commit", folder, "list", "--limit", "1")
            stale.before = lambda number: commit_onto(folder, size, range(number, number + 1))
            run((GITDESK, "log", case(0, size).id), environ(folder))
            unit = self._against_python([warm, stale])
            # warm follows stale of the round before: its index is fresh
            added = stale.seconds - warm.seconds
            yield Row(what=stale.name, size=size, budget=1, unit="P", measured=added / unit, seconds=added)
            count = min(1000, size)
            commit_onto(folder, size, range(count))
            taken = run((GITDESK, "list", "--limit", "1"), environ(folder)).seconds - warm.seconds
            yield Row(
                what=f"refresh after {count:,} commits",
                size=size,
                budget=1,
                unit="s",
                measured=taken,
                seconds=taken,
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # Rows out of tasks

    def _against_python(self, tasks: list[Task]) -> float:
        unit = bare_python()
        interleave([unit, *tasks], self.runs)
        return unit.seconds

    def _row(self, one: Task, size: int, budget: float | None, unit: str, per: float) -> Row:
        self.seen[one.name, size] = one.seconds
        return Row(
            what=one.name,
            size=size,
            budget=budget,
            unit=unit,
            measured=one.seconds / per,
            seconds=one.seconds,
        )

    def _sized(self, one: Task, size: int, budget: float, unit: float) -> Iterator[Row]:
        """Yields a row against Python, and at 100,000 one against the same at 1,000."""
        yield self._row(one, size, budget if size <= 10_000 else None, "P", unit)
        small = self.seen.get((one.name, 1000))
        if size >= 100_000 and small:
            yield self._row(one, size, 1.3, "× 1,000", small)


def _each(name: str, verb: str, ids: list[str], surroundings: dict[str, str]) -> Task:
    return Task(
        name=name, command=lambda number: (GITDESK, verb, ids[number % len(ids)]), environ=surroundings
    )


def _changes(folder: Path, ids: list[str]) -> list[Task]:
    """Returns assign, set and reply, each run on another ticket with another value."""
    surroundings = environ(folder)

    def command(make: Callable[[str, int], tuple[str, ...]]) -> Callable[[int], tuple[str, ...]]:
        return lambda number: (GITDESK, *make(ids[number % len(ids)], number))

    verbs: dict[str, Callable[[str, int], tuple[str, ...]]] = {
        "assign ID": lambda ticket, number: ("assign", ticket, f"agent{(number * 7 + 1) % 50:02}"),
        "set ID field": lambda ticket, number: ("set", ticket, f"fields.site=pier {number}"),
        "reply ID": lambda ticket, number: ("reply", ticket, "-m", f"Answer {number}."),
    }
    return [
        Task(name=name, command=command(make), environ=surroundings, codes=(0,))
        for name, make in verbs.items()
    ]


def _renamed(one: Task, where: str) -> Task:
    one.name = f"{one.name}, {where}"
    return one


def main() -> int:
    """Measures and prints; returns 1 when a budget is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000", help="tickets, with commas")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs after the warm-up")
    parser.add_argument("--only", choices=("start", "reading", "changing", "indexing"), help="one part")
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    for size in sizes:
        desk(size)
    bench = Bench(sizes, args.runs)
    if args.only == "start":
        rows = list(bench.start())
    elif args.only:
        rows = [row for size in sizes for row in getattr(bench, args.only)(size)]
    else:
        rows = list(bench.rows())
    code = conclude(rows)
    if os.getloadavg()[0] > (os.cpu_count() or 1) + 1 and not CPU_ONLY:
        print("\nthis machine is busy, the figures are too high; GITDESK_BENCH_CPU=1 counts processor time")
    missed = sum(row.verdict == "MISSED" for row in rows)
    print(f"\n{len(rows)} rows, {missed} missed; {STEPS} commits a ticket; Python {sys.version.split()[0]}")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
