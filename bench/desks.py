"""Makes the desks the benchmarks run on, by `git fast-import`: the same bytes for the same size, every time.

A ticket has 20 header fields, three messages and six commits; 50 agents; dates over two years. A desk is kept
under bench/desks/ until VERSION changes.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import vocabulary as words

VERSION = 2
HOME = Path(__file__).resolve().parent / "desks"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
START = datetime(2024, 11, 1, 8, tzinfo=UTC)
SPAN = timedelta(days=730)
STEPS = 6
NOW = START + SPAN + timedelta(days=30)

ENVIRON = {
    "PATH": os.environ["PATH"],
    "HOME": str(HOME),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Bench Runner",
    "GIT_AUTHOR_EMAIL": "agent00@desk.example",
    "GIT_COMMITTER_NAME": "Bench Runner",
    "GIT_COMMITTER_EMAIL": "agent00@desk.example",
    "LC_ALL": "C.UTF-8",
    "TZ": "Europe/Zagreb",
}


@dataclass(slots=True)
class Case:
    """One ticket on its way: what its file says now, and when what happens next."""

    id: str
    path: str
    head: str
    fields: str
    description: str
    requester: str
    times: list[int]
    rng: random.Random
    status: str = "new"
    priority: str = "normal"
    type: str = "question"
    group: str = ""
    assignee: str = ""
    tags: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Returns the file in the layout a fresh ticket has."""
        tags = "".join(f"\n  - {tag}" for tag in self.tags)
        changing = (
            f"status: {self.status}", f"priority: {self.priority}", f"type: {self.type}",
            _key("group", self.group), _key("assignee", self.assignee), f"tags:{tags}", self.fields,
        )  # fmt: skip
        header = "\n\n".join((self.head, *changing))
        return "\n\n".join((f"---\n{header}\n---", self.description, *self.messages)) + "\n"


def _key(name: str, value: str) -> str:
    return f"{name}: {value}" if value else f"{name}:"


def agent(number: int) -> tuple[str, str]:
    """Returns id and `Name <address>` of one of the fifty agents."""
    name = f"{words.FIRST_NAMES[number % 20]} {words.LAST_NAMES[number * 7 % 20]}"
    return f"agent{number:02}", f"{name} <agent{number:02}@desk.example>"


def config() -> str:
    """Returns the gitdesk.yaml of a benchmark desk."""
    lines = ["desk:", "  name: Benchmark", "  prefix: GD", "  timezone: Europe/Zagreb", "  language: en", ""]
    lines += ["workflow:", "  statuses:"]
    for name, category in STATUSES.items():
        lines += [f"    - name: {name}", f"      category: {category}"]
    lines += ["", "priorities: [low, normal, high, urgent]", ""]
    for key, names in (("types", words.TYPES), ("groups", words.GROUPS)):
        lines += [f"{key}:", *(f"  - name: {name}" for name in names), ""]
    lines += ["fields:", *(f"  - {{name: {name}, type: text}}" for name in words.FIELDS), ""]
    lines += ["tags:", "  list:", *(f"    - name: {name}" for name in words.TAGS), ""]
    lines += ["people:", "  agents:"]
    for number in range(50):
        key, author = agent(number)
        name, _, address = author.partition(" <")
        lines += [f"    - id: {key}", f"      name: {name}", f"      addresses: [{address[:-1]}]"]
        lines += [f"      groups: [{words.GROUPS[number % 5]}]"]
    lines += ["", *PROMISES]
    return "\n".join(lines) + "\n"


PROMISES = """\
calendars:
  office:
    timezone: Europe/Zagreb
    hours: {mon-thu: ["08:00-12:00", "13:00-17:00"], fri: ["08:00-14:00"]}
    holidays: {dates: [{every: "01-01"}, {every: "05-01"}, {every: "12-25"}, {every: "12-26"}]}
  round-the-clock: {always: true}
sla:
  policies:
    - id: urgent
      when: "priority:urgent"
      calendar: round-the-clock
      targets:
        urgent: {first_response: 1h, next_response: 2h, resolution: 24h}
    - id: everybody
      calendar: office
      targets:
        high: {first_response: 4h, next_response: 8h, resolution: 3bd}
        normal: {first_response: 1bd, next_response: 2bd, resolution: 5bd}
        low: {first_response: 2bd, resolution: 10bd}
""".splitlines()
STATUSES = {
    "new": "new", "open": "open", "waiting": "waiting", "on-hold": "external",
    "snoozed": "snoozed", "resolved": "resolved", "closed": "closed", "spam": "cancelled",
}  # fmt: skip


def case(number: int, count: int) -> Case:
    """Returns ticket `number` of `count` as it is before its first commit."""
    rng = random.Random(f"gitdesk bench {VERSION} {number}")
    code = "".join(rng.choices(ALPHABET, k=8))
    created = START + SPAN * number / count
    gaps = [rng.randrange(60, 3 * 86400) for _ in range(STEPS - 1)]
    times = [int(created.timestamp())]
    for gap in gaps:
        times.append(times[-1] + gap)
    requester = f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"
    address = f"client{rng.randrange(4000)}@{rng.choice(words.ORGANISATIONS)}.example"
    head = "\n".join((
        f"id: GD-{code}", f"title: {rng.choice(words.TITLES)}", f"requester: {requester} <{address}>",
        f"channel: {rng.choice(words.CHANNELS)}", f"created: {_stamp(times[0])}",
    ))  # fmt: skip
    own = "\n".join(f"  {name}: {rng.choice(values)}" for name, values in words.FIELDS.items())
    return Case(
        id=f"GD-{code}",
        path=f"tickets/{code[:2]}/GD-{code}.md",
        head=head,
        fields=f"fields:\n{own}",
        description=_prose(rng, 4),
        requester=f"{requester} <{address}>",
        times=times,
        rng=rng,
    )


def _prose(rng: random.Random, most: int) -> str:
    return "\n\n".join(" ".join(rng.choices(words.SENTENCES, k=3)) for _ in range(rng.randint(1, most)))


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def advance(one: Case, step: int) -> tuple[str, str]:
    """Does step 0…5 of a ticket's life; returns who did it and the subject of its commit."""
    rng, at = one.rng, _stamp(one.times[step])
    who, author = agent(rng.randrange(50))
    match step:
        case 0:
            return author, f"{one.id}: new"
        case 1:
            one.group, one.assignee = rng.choice(words.GROUPS), who
            one.priority, one.type = rng.choice(words.PRIORITIES), rng.choice(words.TYPES)
            return author, f"{one.id}: assignee → {who}"
        case 2:
            one.status = "waiting"
            one.messages.append(f"### {at} · reply · {author}\n\n{_prose(rng, 2)}")
            return author, f"{one.id}: reply, status new → waiting"
        case 3:
            one.status = "open"
            one.messages.append(f"### {at} · customer · {one.requester}\n\n{_prose(rng, 2)}")
            return author, f"{one.id}: customer message, status waiting → open"
        case 4:
            one.tags = sorted(rng.sample(words.TAGS, 2))
            return author, f"{one.id}: tag +{' +'.join(one.tags)}"
    one.status = rng.choices(list(STATUSES), weights=(1, 6, 4, 2, 1, 40, 45, 1))[0]
    if one.status in ("new", "snoozed"):
        one.status = "open"
    one.messages.append(f"### {at} · reply · {author}\n\n{_prose(rng, 2)}")
    return author, f"{one.id}: reply, status open → {one.status}"


def history(count: int) -> Iterator[tuple[int, Case, int]]:
    """Yields (seconds, ticket, step) of all tickets in the order of time; only live ones are held in memory."""
    waiting: list[tuple[int, int, int]] = []
    live: dict[int, Case] = {}
    for number in range(count + 1):
        fresh = case(number, count) if number < count else None
        until = fresh.times[0] if fresh else 1 << 62
        while waiting and waiting[0][0] <= until:
            at, which, step = heapq.heappop(waiting)
            one = live[which]
            yield at, one, step
            if step + 1 < STEPS:
                heapq.heappush(waiting, (one.times[step + 1], which, step + 1))
            else:
                del live[which]
        if fresh:
            live[number] = fresh
            heapq.heappush(waiting, (until, number, 0))


def stream(count: int) -> Iterator[bytes]:
    """Yields the commands for `git fast-import`."""
    begin = int(START.timestamp()) - 3600
    author = agent(0)[1]
    files = {"gitdesk.yaml": config(), ".gitattributes": "tickets/**/*.md merge=gitdesk diff=gitdesk\n"}
    yield _commit(begin, author, "desk: begin", files)
    for at, one, step in history(count):
        author, subject = advance(one, step)
        yield _commit(at, author, subject, {one.path: one.text()})


def _commit(at: int, author: str, subject: str, files: dict[str, str]) -> bytes:
    message = subject.encode()
    parts = [
        f"commit refs/heads/main\nauthor {author} {at} +0000\ncommitter {author} {at} +0000\n".encode(),
        b"data %d\n%s\n" % (len(message), message),
    ]
    for path, text in files.items():
        data = text.encode()
        parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    return b"".join(parts)


def git(folder: Path, *args: str) -> bytes:
    """Runs Git in a folder, sealed from the user's configuration; returns what it printed."""
    return subprocess.run(
        ["git", "-C", str(folder), *args], check=True, env=ENVIRON, stdout=subprocess.PIPE
    ).stdout


def desk(count: int) -> Path:
    """Returns a desk of that many tickets with its work tree checked out, made now if it was not before."""
    folder = HOME / f"v{VERSION}-{count}"
    if folder.exists():
        _settle(folder)
        return folder
    building = HOME / f"v{VERSION}-{count}.building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    started = time.monotonic()
    print(f"making a desk of {count:,} tickets and {count * STEPS:,} commits …", file=sys.stderr, flush=True)
    git(building, "init", "--quiet", "--initial-branch", "main")
    command = ["git", "-C", str(building), "-c", "core.compression=1", "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=ENVIRON) as importer:
        assert importer.stdin is not None
        for chunk in stream(count):
            importer.stdin.write(chunk)
        importer.stdin.close()
        if importer.wait():
            raise SystemExit("fast-import failed")
    git(building, "reset", "--quiet", "--hard")
    building.rename(folder)
    print(f"… in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return folder


def _settle(folder: Path) -> None:
    """Commits gitdesk.yaml anew where this program writes it otherwise than when the desk was made."""
    path = folder / "gitdesk.yaml"
    if path.read_text(encoding="utf-8") != config():
        path.write_text(config(), encoding="utf-8")
        git(folder, "commit", "--quiet", "--message", "desk: settings", "--", "gitdesk.yaml")


def bare(count: int) -> Path:
    """Returns the same desk as a bare repository (its objects are hard links)."""
    folder = HOME / f"v{VERSION}-{count}.git"
    if not folder.exists():
        source = desk(count)
        git(source, "clone", "--quiet", "--bare", "--local", str(source), str(folder))
    return folder


def copy(count: int, name: str) -> Path:
    """Returns a fresh throw-away copy of a desk, for what writes; an older one of that name goes first."""
    folder = HOME / name
    shutil.rmtree(folder, ignore_errors=True)
    git(desk(count), "clone", "--quiet", "--local", str(desk(count)), str(folder))
    return folder


def commit_onto(folder: Path, size: int, numbers: range) -> None:
    """Adds one commit a number to a desk's branch, each a new message on another ticket, past its work tree."""
    tip = git(folder, "rev-parse", "HEAD").decode().strip()
    parts = []
    for number in numbers:
        one = case(number * 37 % size, size)
        for step in range(STEPS):
            advance(one, step)
        one.messages.append(
            f"### {_stamp(one.times[-1])} · note · {agent(1)[1]}\n\nNote {number} on {tip[:9]}."
        )
        parts.append(_commit(int(NOW.timestamp()), agent(1)[1], f"{one.id}: note", {one.path: one.text()}))
    parts[0] = parts[0].replace(b"\nM 100644", b"\nfrom %s\nM 100644" % tip.encode(), 1)
    command = ["git", "-C", str(folder), "fast-import", "--quiet"]
    subprocess.run(command, input=b"".join(parts), env=ENVIRON, check=True)


def main() -> None:
    """Makes the desks of the sizes given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=int)
    for size in parser.parse_args().sizes:
        print(desk(size))


if __name__ == "__main__":
    main()
