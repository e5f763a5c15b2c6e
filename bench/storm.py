"""Clones that all change one desk and share every change at once, through a server that judges each push.

python bench/storm.py [--clones 8] [--changes 50] [--seed 1] [--daemon] [--with kill,cut,slow,full,refuse]

Exits 1 when anything is lost, doubled or unequal in the end. With --daemon the server is reached over a network, where
clones cannot wait for one another. What may go on meanwhile:
kill    clients are killed (SIGKILL) at random moments
cut     what serves a push is killed
slow    the server takes its time
full    the server has no room now and then
refuse  the server refuses now and then
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clockwork import GITDESK
from verdict import Row, conclude, tell

CLONES, CHANGES, TICKETS = 8, 50, 12
ATTEMPTS = 2.0  # pushes for one commit, at most
DISTURBANCES = ("kill", "cut", "slow", "full", "refuse")
_MARK = re.compile(rb"mark-\d+-\d+-\d+")


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a storm came to: commits that were shared, pushes that were sent, and what is wrong in the end."""

    commits: int = 0
    attempts: int = 0
    kept: int = 0  # commits on branches of the outbox
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def environ(home: Path) -> dict[str, str]:
    """Returns the environment of everybody in a storm: the clock on the wall, and no settings of this machine's."""
    kept = {name: os.environ[name] for name in ("TMPDIR", "PYTHONPATH", "LANG") if name in os.environ}
    path = f"{Path(GITDESK).parent}{os.pathsep}{os.environ['PATH']}"
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Agent 0\n\temail = agent0@desk.example\n[init]\n\tdefaultBranch = main\n"
        "[core]\n\tfsync = none\n[gc]\n\tauto = 0\n"
    )
    return {**kept, "PATH": path, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC"}


def run(
    words: tuple[str, ...], folder: Path, surroundings: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Runs a program in a folder and returns what came of it."""
    return subprocess.run(
        words, cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


def must(words: tuple[str, ...], folder: Path, surroundings: dict[str, str]) -> bytes:
    """Runs a program that has to succeed and returns its output."""
    done = run(words, folder, surroundings)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


class Storm:
    """One storm in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        clones: int,
        changes: int,
        seed: int,
        daemon: bool = False,
        disturbed: tuple[str, ...] = (),
    ):
        self.folder, self.clones, self.changes, self.seed = folder, clones, changes, seed
        self.disturbed = disturbed
        self._daemon: subprocess.Popen[bytes] | None = None
        self._by_network = daemon
        self.environ = environ(folder)
        self.server = folder / "server.git"
        self._over = threading.Event()

    def rage(self) -> Outcome:
        """Lets it rage, waits for the end, and returns what it came to."""
        self._prepare()
        if self._by_network:
            self._serve()
        told = Outcome()
        started = time.monotonic()
        disturber = threading.Thread(target=self._disturb)
        disturber.start()
        crowd = [self._start(number) for number in range(self.clones)]
        try:
            for number, process in enumerate(crowd):
                output, _ = process.communicate()
                if process.returncode:
                    told.wrong.append(f"clone {number} ended with {process.returncode}")
                    continue
                found = json.loads(output)
                told.attempts += found["attempts"]
                told.wrong += found["wrong"]
        finally:
            self._over.set()
            disturber.join()
        self._calm()
        told.attempts += self._settle(told)
        told.seconds = time.monotonic() - started
        self._examine(told)
        if self._daemon is not None:
            os.killpg(self._daemon.pid, signal.SIGTERM)
            self._daemon.wait()
        return told

    def _serve(self) -> None:
        """Serves by `git daemon` on a free port of this machine, and lets every clone go there."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = (
            "git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={self.folder}",
            "--export-all", "--enable=receive-pack",
        )  # fmt: skip
        self._daemon = subprocess.Popen(
            words, env=self.environ, start_new_session=True, stderr=subprocess.DEVNULL
        )
        url = f"git://127.0.0.1:{port}/server.git"
        for number in range(self.clones):
            must(("git", "remote", "set-url", "origin", url), self._clone(number), self.environ)
        while run(("git", "ls-remote", "-q", url), self.folder, self.environ).returncode:
            time.sleep(0.05)

    def _prepare(self) -> None:
        first = self.folder / "first"
        first.mkdir()
        must((GITDESK, "init", "--prefix", "ST", "--name", "storm"), first, self.environ)
        text = (first / "gitdesk.yaml").read_text()
        at = text.index("  agents:\n") + len("  agents:\n")
        more = "".join(
            f"    - {{id: agent{n}x, name: Agent {n}, addresses: [agent{n}@desk.example]}}\n"
            for n in range(1, self.clones)
        )
        (first / "gitdesk.yaml").write_text(text[:at] + more + text[at:])
        must(("git", "commit", "-qam", "desk: agents"), first, self.environ)
        for number in range(TICKETS):
            must((GITDESK, "new", "-q", f"ticket {number}", "-m", "x"), first, self.environ)
        must(("git", "clone", "-q", "--bare", str(first), str(self.server)), self.folder, self.environ)
        must((GITDESK, "hooks", "install", "--server"), self.server, self.environ)
        for number in range(self.clones):
            clone = self._clone(number)
            must(("git", "clone", "-q", str(self.server), str(clone)), self.folder, self.environ)
            for key, value in (("name", f"Agent {number}"), ("email", f"agent{number}@desk.example")):
                must(("git", "config", f"user.{key}", value), clone, self.environ)

    def _clone(self, number: int) -> Path:
        return self.folder / f"clone{number}"

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        words = (
            sys.executable, __file__, "--one", str(self._clone(number)), str(number), str(self.changes),
            str(self.seed), str(int("kill" in self.disturbed)),
        )  # fmt: skip
        return subprocess.Popen(words, env=self.environ, stdout=subprocess.PIPE)

    # The weather

    def _disturb(self) -> None:
        chance = random.Random(self.seed)
        if "slow" in self.disturbed:
            self._hook("sleep 0.3")
        while not self._over.wait(chance.uniform(0.2, 1.0)):
            if "cut" in self.disturbed:
                self._cut(chance)
            if "refuse" in self.disturbed:
                self._hook("exit 1" if chance.random() < 0.3 else "")
            if "full" in self.disturbed:
                full = "1" if chance.random() < 0.3 else "0"
                must(("git", "config", "receive.maxInputSize", full), self.server, self.environ)

    def _hook(self, line: str) -> None:
        """Puts a line in front of the server's hook that judges."""
        path = self.server / "hooks" / "pre-receive"
        kept = self.server / "pre-receive.kept"
        if not kept.exists():
            shutil.copy2(path, kept)
        first, _, rest = kept.read_text().partition("\n")
        passing = path.with_name("passing")
        passing.write_text(f"{first}\n{line}\n{rest}")
        passing.chmod(0o755)
        passing.rename(path)

    def _cut(self, chance: random.Random) -> None:
        """Kills what serves a push to our server, and nothing else."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"receive-pack" in words and os.fsencode(str(self.server)) in words and chance.random() < 0.5:
                try:
                    os.kill(int(entry.name), signal.SIGKILL)
                except ProcessLookupError:
                    continue

    def _calm(self) -> None:
        if (self.server / "pre-receive.kept").exists():
            self._hook("")
        must(("git", "config", "receive.maxInputSize", "0"), self.server, self.environ)
        for lock in self.server.rglob("*.lock"):
            lock.unlink()  # of a server's program that was killed

    # The end

    def _settle(self, told: Outcome) -> int:
        """Syncs everybody twice: then all have all."""
        attempts = 0
        for _ in range(2):
            for number in range(self.clones):
                done = run((GITDESK, "sync", "--json"), self._clone(number), self.environ)
                try:
                    (item,) = json.loads(done.stdout)["items"]
                except ValueError:
                    told.wrong.append(f"clone {number}: {done.stderr.decode('utf-8', 'replace')}")
                    continue
                attempts += item["attempts"]
                if item["state"] not in ("done", "held"):
                    told.wrong.append(f"clone {number} ends as {item['state']}: {item['reason']}")
        return attempts

    def _examine(self, told: Outcome) -> None:
        tip = must(("git", "rev-parse", "main"), self.server, self.environ)
        made: set[bytes] = set()
        kept: Counter[bytes] = Counter()
        for number in range(self.clones):
            clone = self._clone(number)
            if must(("git", "rev-parse", "HEAD"), clone, self.environ) != tip:
                told.wrong.append(f"clone {number} is not where the server is")
            if must(("git", "status", "--porcelain"), clone, self.environ):
                told.wrong.append(f"clone {number} has changes in its work tree")
            if (clone / ".git" / "gitdesk" / "journal").exists():
                told.wrong.append(f"clone {number} has left a journal")
            made.update(_MARK.findall((clone / ".git" / "made").read_bytes()))
            kept.update(self._in_outbox(clone, told))
        for place in (self.server, *map(self._clone, range(self.clones))):
            said = run(("git", "fsck", "--strict", "--no-dangling"), place, self.environ)
            if said.returncode or said.stdout or b"error" in said.stderr:
                told.wrong.append(f"{place.name}: {(said.stdout + said.stderr).decode('utf-8', 'replace')}")
        if run((GITDESK, "check", "--history"), self._clone(0), self.environ).returncode:
            told.wrong.append("the history breaks rules of the desk")
        there = Counter(_MARK.findall(self._everything()))
        told.wrong += [f"{mark.decode()} is lost" for mark in made if not there[mark] and not kept[mark]]
        told.wrong += [
            f"{mark.decode()} is there {count} times" for mark, count in there.items() if count > 1
        ]
        log = must(("git", "log", "--format=%H", "main"), self.server, self.environ).split()
        told.commits = len(log) - TICKETS - 2
        told.kept = sum(kept.values())

    def _everything(self) -> bytes:
        """Returns all that tickets say on the server."""
        names = must(("git", "ls-tree", "-r", "main", "--", "tickets"), self.server, self.environ)
        ids = b"".join(line.split()[2] + b"\n" for line in names.splitlines())
        done = subprocess.run(
            ("git", "cat-file", "--batch"), cwd=self.server, env=self.environ, input=ids, capture_output=True,
            check=True,
        )  # fmt: skip
        return done.stdout

    def _in_outbox(self, clone: Path, told: Outcome) -> Iterator[bytes]:
        """Yields the marks of the changes that a clone has kept back."""
        names = must(
            ("git", "for-each-ref", "--format=%(refname)", "refs/heads/gitdesk/outbox/"), clone, self.environ
        )
        del told
        for name in names.split():
            shown = must(("git", "log", "-p", "-5", os.fsdecode(name)), clone, self.environ)
            yield from set(_MARK.findall(shown))


# One clone


def one(clone: Path, number: int, changes: int, seed: int, killing: bool) -> int:
    """Makes the changes of one clone, each shared at once; prints what it took as JSON."""
    chance = random.Random(seed * 1000 + number)
    surroundings = dict(os.environ)
    told: dict[str, object] = {}
    attempts, wrong = 0, []
    with (clone / ".git" / "made").open("ab") as made:
        for change in range(changes):
            mark = f"mark-{seed}-{number}-{change}"
            words = _change(chance, clone, mark)
            done = _run(words, clone, surroundings, chance if killing else None)
            if done is not None and done.returncode == 0 and mark in " ".join(words):
                made.write(f"{mark}\n".encode())
                made.flush()
            elif done is not None and done.returncode not in (0, 1):
                wrong.append(f"{' '.join(words)}: {done.stderr.decode('utf-8', 'replace')}")
            done = _run((GITDESK, "sync", "--json"), clone, surroundings, chance if killing else None)
            if done is None:
                continue
            try:
                (item,) = json.loads(done.stdout)["items"]
                attempts += item["attempts"]
            except ValueError:
                wrong.append(f"clone {number}: sync: {done.stderr.decode('utf-8', 'replace')}")
    told = {"attempts": attempts, "wrong": wrong}
    print(json.dumps(told))
    return 0


def _change(chance: random.Random, clone: Path, mark: str) -> tuple[str, ...]:
    if chance.random() < 0.2:
        return (GITDESK, "new", "-q", f"fresh {mark}", "-m", "")
    tickets = sorted(path.stem for path in (clone / "tickets").rglob("*.md"))
    ticket = chance.choice(tickets[:TICKETS])
    if chance.random() < 0.15:
        value = chance.choice(("low", "normal", "high", "urgent"))
        return (GITDESK, "set", ticket, f"priority={value}", "--reason", "x")
    return (GITDESK, "note", ticket, "-m", mark)


def _run(
    words: tuple[str, ...], clone: Path, surroundings: dict[str, str], chance: random.Random | None
) -> subprocess.CompletedProcess[bytes] | None:
    """Runs a call, or with `chance` perhaps kills it, and what it has started, at a random moment; then None."""
    if chance is None or chance.random() > 0.25:
        return run(words, clone, surroundings)
    process = subprocess.Popen(
        words, cwd=clone, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    with_all = chance.random() < 0.5
    try:
        process.wait(chance.uniform(0.0, 0.8))
    except subprocess.TimeoutExpired:
        (os.killpg if with_all else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
    return None


def rows(seed: int = 1) -> Iterator[Row]:
    """Yields attempts a commit, and what was lost, doubled or unequal in the end."""
    for daemon in (False, True):
        what = f"{CLONES} clones × {CHANGES} changes{', over a network' if daemon else ''}"
        tell(f"{what} …")
        told = storm(CLONES, CHANGES, seed, daemon=daemon)
        for text in told.wrong[:20]:
            tell(text)
        yield Row(what=f"{what}: lost, doubled or unequal", size=TICKETS, budget=0, unit="",
                  measured=len(told.wrong), seconds=told.seconds, mark="together")  # fmt: skip
        yield Row(what=f"{what}: attempts a commit", size=TICKETS, budget=ATTEMPTS, unit="",
                  measured=told.attempts / max(1, told.commits), seconds=told.seconds, mark="together")  # fmt: skip


def storm(
    clones: int, changes: int, seed: int, *, daemon: bool = False, disturbed: tuple[str, ...] = ()
) -> Outcome:
    """Returns what a storm in a passing folder came to."""
    folder = Path(tempfile.mkdtemp(prefix="gitdesk-storm-"))
    try:
        made = Storm(folder, clones=clones, changes=changes, seed=seed, daemon=daemon, disturbed=disturbed)
        return made.rage()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Lets a storm rage, or is one of its clones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clones", type=int, default=CLONES)
    parser.add_argument("--changes", type=int, default=CHANGES)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1000))
    parser.add_argument("--with", dest="disturbed", default="", metavar="WORDS")
    parser.add_argument("--daemon", action="store_true", help="over a network")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        clone, number, changes, seed, killing = args.one
        return one(Path(clone), int(number), int(changes), int(seed), killing == "1")
    disturbed = tuple(filter(None, args.disturbed.split(",")))
    if unknown := set(disturbed) - set(DISTURBANCES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    tell(f"seed {args.seed}, {args.clones} clones × {args.changes} changes {' '.join(disturbed)}".rstrip())
    told = storm(args.clones, args.changes, args.seed, daemon=args.daemon, disturbed=disturbed)
    for text in told.wrong:
        print(text)
    each = told.attempts / max(1, told.commits)
    print(
        f"{told.commits} commits shared, {told.kept} kept back, {told.attempts} pushes ({each:.2f} a commit), "
        f"{told.seconds:.0f} s, {len(told.wrong)} wrong"
    )
    return int(bool(told.wrong))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        raise SystemExit(conclude(list(rows())))
    raise SystemExit(main())
