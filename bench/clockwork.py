"""Times whole processes as a user feels them: medians of interleaved runs, and the peak of their memory."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desks import ENVIRON, NOW

RUNS = 15
CPU_ONLY = (
    "GITDESK_BENCH_CPU" in os.environ
)  # on a machine that others keep busy: processor time of the whole process
GITDESK = str(Path(sys.executable).with_name("gitdesk"))
BARE_PYTHON = (sys.executable, "-c", "pass")


def environ(folder: Path | None = None, **more: str) -> dict[str, str]:
    """Returns the environment of a measured process, in a desk if one is given."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{ENVIRON['PATH']}"
    where = {"GITDESK_DIR": str(folder)} if folder else {}
    return {**ENVIRON, "PATH": path, "GITDESK_NOW": NOW.isoformat(), "GITDESK_PAGER": "cat", **where, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run: seconds and the peak of resident memory in bytes."""

    seconds: float
    memory: int


@dataclass(slots=True, kw_only=True)
class Task:
    """A process to time. `command` may depend on the number of the run; `before` prepares one, untimed."""

    name: str
    command: Callable[[int], Sequence[str]]
    environ: Mapping[str, str]
    before: Callable[[int], object] | None = None
    codes: tuple[int, ...] = (0,)
    ran: list[Ran] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Returns the median, the warm-up left out."""
        return statistics.median(run.seconds for run in self.ran[1:] or self.ran)

    @property
    def memory(self) -> int:
        """Returns the highest peak in bytes."""
        return max(run.memory for run in self.ran)


def task(name: str, folder: Path | None, *words: str, codes: tuple[int, ...] = (0,), **more: str) -> Task:
    """Returns a task that runs gitdesk with the same words each time."""
    return Task(name=name, command=lambda _: (GITDESK, *words), environ=environ(folder, **more), codes=codes)


def run(command: Sequence[str], surroundings: Mapping[str, str], codes: tuple[int, ...] = (0,)) -> Ran:
    """Runs a process to its end with its output thrown away; any other exit code than those given ends the bench."""
    silent = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    started = time.perf_counter()
    pid = os.posix_spawnp(command[0], list(command), dict(surroundings), file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    seconds = usage.ru_utime + usage.ru_stime if CPU_ONLY else time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in codes:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return Ran(seconds=seconds, memory=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def interleave(tasks: Sequence[Task], runs: int = RUNS) -> None:
    """Runs every task in turn, a warm-up round first, so that what else the machine does falls on all of them."""
    for number in range(runs + 1):
        for one in tasks:
            if one.before:
                one.before(number)
            one.ran.append(run(one.command(number), one.environ, one.codes))


def bare_python() -> Task:
    """Returns P: what an interpreter costs that does nothing."""
    return Task(name="P", command=lambda _: BARE_PYTHON, environ=environ())
