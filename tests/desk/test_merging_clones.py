"""Clones that go their own ways and merge each other, again and again, by Git itself with the driver."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from gitdesk.domain.edit import Assign, Move, Say, Set, Tag
from gitdesk.domain.ticket import Message, Ticket
from gitdesk.store import codec
from gitdesk.value import replace

from .conftest import Place
from .test_merge_driver import BASE, PATH, Sides

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
BRANCHES = ("one", "two", "three")
CONFLICT = re.compile(r"^<<<<<<< [^\n]*\n(.*?)^=======\n(.*?)^>>>>>>> [^\n]*\n", re.MULTILINE | re.DOTALL)


class Clones(Sides):
    """A desk on whose branches one ticket goes several ways; what has been said on each is written down beside it."""

    def ticket(self) -> Ticket:  # type: ignore[override]
        document = codec.parse((self.path / PATH).read_bytes(), PATH)
        assert document.problems == (), self.text()
        assert document.ticket is not None
        return document.ticket

    def work(self, random: Random, number: int) -> Message:
        """Commits a message that nobody else writes and something else, as commands would."""
        message = Message(
            at=START + timedelta(minutes=random.randrange(60)),
            kind=random.choice(("note", "reply")),
            author="Iva <iva@acme.example>",
            body=f"number {number}\n\n=======",
        )
        other = random.choice(
            (
                Assign(assignee=random.choice(("iva", "marko", ""))),
                Move(status=random.choice(("open", "waiting", "resolved"))),
                Move(status=random.choice(("open", "waiting", "resolved"))),
                Tag(add=(random.choice("abc"),), remove=(random.choice("abc"),)),
                Set(fields=((random.choice(("region", "floor")), random.choice(("", "eu", "us"))),)),
            )
        )
        said = Say(message=message).apply(self.ticket())
        said = replace(said, priority=random.choice(("low", "high", "urgent")))
        data = codec.amend(codec.parse((self.path / PATH).read_bytes(), PATH), other.apply(said))
        self.commit(data.decode(), f"work {number}")
        return said.messages[-1]

    def merge(self, other: str, random: Random) -> bool:
        """Merges a branch, and takes one side of each conflict there is; returns whether there was one."""
        done = self.run("git", "-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-edit", other)
        if done.returncode == 0:
            return False
        assert done.returncode == 1, done.stderr
        text = self.text()
        assert "<<<<<<<" in text
        for line in self.messages_of("HEAD") | self.messages_of(other):
            assert f"\n{line}\n" in text
        side = random.choice((1, 2))
        self.commit(CONFLICT.sub(lambda found: found[side], text), f"merge {other}")
        return True

    def blob(self, name: str) -> bytes:
        return f"{self.git('show', f'{name}:{PATH}')}\n".encode()

    def messages_of(self, name: str) -> set[str]:
        """Returns the line of each message that no other has."""
        return set(re.findall("number .*", self.blob(name).decode()))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_whatever_way_they_go_every_message_is_there_once_and_all_come_to_the_same(
    place: Place, seed: int
) -> None:
    clones = Clones.of(place)
    random = Random(seed)
    clones.commit(BASE, "base")
    said: dict[str, set[Message]] = {}
    for branch in BRANCHES:
        clones.git("branch", branch)
        said[branch] = set()
    conflicts = 0
    for number in range(24):
        branch = random.choice(BRANCHES)
        clones.git("switch", "-q", branch)
        if random.random() < 0.7:
            said[branch].add(clones.work(random, number))
        else:
            other = random.choice([one for one in BRANCHES if one != branch])
            conflicts += clones.merge(other, random)
            said[branch] |= said[other]
        assert Counter(clones.ticket().messages) == Counter(said[branch])
    assert conflicts
    everything = set().union(*said.values())
    clones.git("switch", "-q", "one")
    for other in BRANCHES[1:]:
        clones.merge(other, random)
    for branch in BRANCHES[1:]:
        clones.git("switch", "-q", branch)
        clones.git("merge", "-q", "--ff-only", "one")
    assert Counter(clones.ticket().messages) == Counter(everything)
    assert clones.run("git", "fsck", "--no-dangling", "--strict").returncode == 0
    assert clones.git("status", "--porcelain") == ""
    assert Path(clones.path / PATH).read_bytes().count(b"number") == len(everything)
