"""History in the index: whatever Git did, a refresh equals a rebuild, and the trail answers every question."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repository import GitRepository, RepoFactory

from gitdesk.domain.change import Commit, CommitRecord, FileVersion, Signature, events
from gitdesk.domain.document import Document
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId, timestamp
from gitdesk.index import history, history_query, history_rows, history_tables
from gitdesk.index.history_query import Entry
from gitdesk.index.history_versions import Version
from gitdesk.store import codec
from gitdesk.store.git import Repo
from gitdesk.store.history import History, MergeRecord, Record

AT = datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)
ONE, TWO = TicketId("GD-7K3QX4M2"), TicketId("GD-4F7K2M9T")
TICKET = Ticket(id=ONE, title="Cannot log in", created=AT, status="new", tags=("vip",))
REPLY = Message(
    at=AT + timedelta(hours=1), kind="reply", author="Marko Babić <marko@acme.example>", body="Hello"
)


made_repositories = 0


def connect() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


# ---- a history made up in memory


@dataclass
class World:
    """Commits with whole trees; told as Git would tell them."""

    trees: dict[str, dict[str, bytes]] = field(default_factory=dict)
    made: dict[str, Commit] = field(default_factory=dict)
    blobs_by_id: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    edge: str = ""

    def commit(
        self, parents: tuple[str, ...], tree: dict[str, bytes], seconds: int, message: str = "x"
    ) -> str:
        commit_id = f"{len(self.made) * 7919 % 9973:040x}"
        who = Signature(name="Iva Kralj", email="iva@acme.example", at=AT + timedelta(seconds=seconds))
        self.made[commit_id] = Commit(
            id=commit_id, parents=parents, author=who, committer=who, message=message
        )
        self.trees[commit_id] = tree
        return commit_id

    def reachable(self, tip: str) -> list[str]:
        found: dict[str, None] = {}
        waiting = [tip]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found[one] = None
                waiting.extend(self.made[one].parents)
        return list(found)

    def oid(self, data: bytes | None) -> str:
        if data is None:
            return ""
        oid = f"{hash(data) & (1 << 63) - 1:040x}"
        self.blobs_by_id[oid] = data
        return oid

    def changes(self, commit_id: str) -> tuple[FileVersion, ...]:
        tree = self.trees[commit_id]
        olds = [self.trees[parent] for parent in self.made[commit_id].parents] or [{}]
        paths = sorted({path for one in (tree, *olds) for path in one})
        versions = [
            FileVersion(
                path=path, old=tuple(self.oid(old.get(path)) for old in olds), new=self.oid(tree.get(path))
            )
            for path in paths
        ]
        return tuple(version for version in versions if version.new not in version.old)

    # what a HistorySource does

    def sides(self, commit_id: str) -> tuple[FileVersion, ...]:
        tree = self.trees[commit_id]
        olds = [self.trees[parent] for parent in self.made[commit_id].parents]
        versions = [
            FileVersion(
                path=path, old=tuple(self.oid(old.get(path)) for old in olds), new=self.oid(tree.get(path))
            )
            for path in sorted({path for one in (tree, *olds) for path in one})
        ]
        return tuple(version for version in versions if set(version.old) != {version.new})

    def commits(self, tip: str, known: str | None) -> Iterator[Record]:
        behind = set(self.reachable(known)) if known is not None else set()
        # Where clocks are wrong, Git lists some that are known as well.
        wanted = [one for one in self.reachable(tip) if one not in behind or int(one, 16) % 3 == 0]
        for one in sorted(wanted, key=lambda one: self.made[one].committer.at, reverse=True):
            commit, changes = self.made[one], self.changes(one)
            if len(commit.parents) > 1:
                yield MergeRecord(commit=commit, changes=changes, sides=self.sides(one))
            else:
                yield CommitRecord(commit=commit, changes=changes)

    def parents(self, commit_id: str) -> tuple[str, ...] | None:
        return None if commit_id in self.lost else self.made[commit_id].parents

    def has(self, commit_id: str) -> bool:
        return commit_id not in self.lost

    def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        waiting = list(oids)  # asks for everything first, as a source may
        self.asked += waiting
        for oid in waiting:
            yield oid, self.blobs_by_id[oid]

    def parse(self, data: bytes, path: str) -> Document:
        return codec.parse(data, path)

    def horizon(self) -> str:
        return self.edge


def dump(connection: sqlite3.Connection) -> list[object]:
    """Everything the tables say, without the numbers rows happen to have."""
    rows: list[object] = list(history_query.entries(connection))
    rows += connection.execute(
        "SELECT c.id, c.seq, e.file, e.ordinal, e.blob FROM events e JOIN commits c ON c.number = e.commit_number"
        " ORDER BY 1, 3, 4"
    )
    rows += connection.execute("SELECT id, seq, time FROM commits ORDER BY id")
    rows += connection.execute("SELECT * FROM updates")
    return rows


EDITS = (
    "status",
    "assign",
    "reply",
    "tag",
    "delete",
    "create",
    "break",
    "move",
    "attach",
    "revert",
    "config",
)


def edited(tree: dict[str, bytes], ticket_id: TicketId, edit: str, number: int) -> dict[str, bytes]:
    path, now = path_of(ticket_id), dict(tree)
    if edit == "attach":
        now[path[:-3] + "/a.txt"] = str(number).encode()
    elif edit == "config":
        now["gitdesk.yaml"] = str(number).encode()
    elif edit in ("create", "revert"):
        now[path] = codec.render(replace(TICKET, id=ticket_id, title=f"t{number if edit == 'create' else 0}"))
    elif edit == "break":
        now[path] = b"---\nbroken: [\n"
    elif edit == "delete":
        now.pop(path, None)
    elif edit == "move" and path in now:
        now[f"tickets/elsewhere/{ticket_id}.md"] = now.pop(path)
    elif path in now and (ticket := codec.parse(now[path], path).ticket) is not None:
        if edit == "status":
            ticket = replace(ticket, status=("open", "waiting", "closed")[number % 3])
        elif edit == "assign":
            ticket = replace(ticket, assignee=("", "marko", "iva")[number % 3])
        elif edit == "tag":
            ticket = replace(ticket, tags=("billing", "vip")[number % 2 :])
        else:
            more = replace(REPLY, body=f"reply {number}", at=AT + timedelta(hours=number))
            ticket = replace(ticket, messages=(*ticket.messages, more))
        now[path] = codec.render(ticket)
    return now


steps = st.lists(
    st.tuples(
        st.integers(0, 8),  # how far back the parent is
        st.none() | st.integers(0, 8),  # a second parent
        st.lists(st.tuples(st.sampled_from((ONE, TWO)), st.sampled_from(EDITS)), max_size=3),
        st.integers(0, 20),  # the committer's clock, skewed as it likes
    ),
    min_size=1,
    max_size=14,
)


def grown(
    given_steps: list[tuple[int, int | None, list[tuple[TicketId, str]], int]],
) -> tuple[World, list[str]]:
    world, made = World(), [""]
    world.trees[""] = {}
    for number, (back, second, edits, seconds) in enumerate(given_steps):
        first = made[max(0, len(made) - 1 - back)]
        other = made[max(0, len(made) - 1 - second)] if second is not None else first
        parents = tuple(dict.fromkeys(one for one in (first, other) if one))
        tree = {**world.trees[other], **world.trees[first]}
        for ticket_id, edit in edits:
            tree = edited(tree, ticket_id, edit, number)
        made.append(world.commit(parents, tree, seconds))
    return world, made[1:]


@settings(max_examples=60, deadline=None)
@given(steps, st.lists(st.integers(0, 13), min_size=1, max_size=5))
def test_a_refresh_equals_a_rebuild_whatever_git_did(
    given_steps: list[tuple[int, int | None, list[tuple[TicketId, str]], int]], stops: list[int]
) -> None:
    world, made = grown(given_steps)
    kept = connect()
    for stop in stops:
        tip = made[stop % len(made)]
        history.refresh(kept, world, tip)
        fresh = connect()
        history.refresh(fresh, world, tip)
        assert dump(kept) == dump(fresh)
        assert history.tip(kept) == tip


def test_a_merge_that_differs_from_no_side_is_told_like_any_other() -> None:
    steps_given = [
        (1, None, [], 0),
        (1, None, [(ONE, "move")], 0),
        (0, None, [], 0),
        (0, None, [(TWO, "move")], 0),
    ]
    world, made = grown([(0, None, [(ONE, "create"), (TWO, "create")], 0), *steps_given, (0, 4, [], 0)])
    connection = connect()
    history.refresh(connection, world, made[-1])
    assert len(dump(connection)) > 0


@settings(max_examples=80, deadline=None)
@given(steps)
def test_the_short_way_tells_what_parsing_every_version_tells(
    given_steps: list[tuple[int, int | None, list[tuple[TicketId, str]], int]],
) -> None:
    world, made = grown([(0, None, [(ONE, "create"), (TWO, "create")], 0), *given_steps])
    short, long = connect(), connect()
    history.refresh(short, world, made[-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Version, "before", lambda *_: None)
        history.refresh(long, world, made[-1])
    assert dump(short) == dump(long)


@settings(max_examples=40, deadline=None)
@given(steps, st.integers(1, 2))
def test_how_many_versions_are_held_changes_nothing_that_is_told(
    given_steps: list[tuple[int, int | None, list[tuple[TicketId, str]], int]], most: int
) -> None:
    world, made = grown(given_steps)
    many, few = connect(), connect()
    history.refresh(many, world, made[-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_rows, "_HELD", most - 1)
        history.refresh(few, world, made[-1])
    assert dump(many) == dump(few)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_without_merges_the_trail_leads_to_what_the_ticket_says(
    given_steps: list[tuple[int, int | None, list[tuple[TicketId, str]], int]],
) -> None:
    # Not with a second file of the same id, which a move and a new file at the old path would make.
    straight = [
        (0, None, [edit for edit in edits if edit[1] != "move"], seconds)
        for _, _, edits, seconds in given_steps
    ]
    world, made = grown([(0, None, [(ONE, "create")], 0), *straight])
    connection = connect()
    history.refresh(connection, world, made[-1])
    document = codec.parse(world.trees[made[-1]].get(path_of(ONE), b""), path_of(ONE))
    if document.ticket is None:
        return
    found = list(history_query.entries(connection, tickets=[ONE], field="status", newest_first=False))
    chain = ["new", *(one.event.after for one in found)]
    assert [one.event.before for one in found] == chain[:-1]
    assert chain[-1] == document.ticket.status


# How a merge may end: as one parent has everything, or file by file with one of them; then edits on top.
ENDS = ("first", "second", "mixed", "other way round")


@st.composite
def merging(draw: st.DrawFn, without: tuple[str, ...] = ()) -> tuple[World, list[str]]:
    """Makes a history in which branches go apart and merges end in anything."""
    world = World()
    both = {path_of(name): codec.render(replace(TICKET, id=name)) for name in (ONE, TWO)}
    made = [world.commit((), both, 0)]
    kinds = st.sampled_from([one for one in EDITS if one not in without])
    edits = st.lists(st.tuples(st.sampled_from((ONE, TWO)), kinds), max_size=3)
    for number in range(draw(st.integers(2, 14))):
        first = made[max(0, len(made) - 1 - draw(st.integers(0, 4)))]
        other = made[max(0, len(made) - 1 - draw(st.integers(0, 4)))] if draw(st.booleans()) else first
        parents = tuple(dict.fromkeys((first, other)))
        one, two = world.trees[first], world.trees[other]
        end = draw(st.sampled_from(ENDS))
        tree = dict(one if end in ("first", "mixed") else two)
        if end in ("mixed", "other way round"):
            for path in sorted(one.keys() | two.keys()):
                source = one if draw(st.booleans()) else two
                tree.pop(path, None)
                if path in source:
                    tree[path] = source[path]
        for ticket_id, edit in draw(edits):
            tree = edited(tree, ticket_id, edit, number)
        made.append(world.commit(parents, tree, draw(st.integers(0, 20))))
    return world, made


def replayed(found: Iterable[Entry]) -> tuple[dict[str, str], set[str], set[str]]:
    """Follows a ticket's trail from old to new; returns its plain values, its tags and what was said.

    What two branches did alike is told of both.
    """
    values = {name: getattr(TICKET, name) for name in ("title", "status", "assignee")}
    tags, said = set(TICKET.tags), set[str]()
    for one in found:
        event = one.event
        if event.kind in values:
            values[event.kind] = event.after
        elif event.kind == "tag":
            tags = tags - {event.before} | {event.after} - {""}
        elif event.kind in ("message", "message-removed", "message-changed"):
            said = said - {event.before} | {event.after} - {""}
    return values, tags, said


@settings(max_examples=60, deadline=None)
@given(merging(without=("move", "delete", "break")))
def test_whatever_merges_did_the_trail_leads_to_what_the_ticket_says(
    given_world: tuple[World, list[str]],
) -> None:
    world, made = given_world
    connection = connect()
    history.refresh(connection, world, made[-1])
    for ticket_id in (ONE, TWO):
        ticket = codec.parse(world.trees[made[-1]][path_of(ticket_id)], path_of(ticket_id)).ticket
        assert ticket is not None
        found = history_query.entries(connection, tickets=[ticket_id], newest_first=False)
        values, tags, said = replayed(found)
        assert values == {name: getattr(ticket, name) for name in values}
        assert tags == set(ticket.tags)
        assert said == {one.body for one in ticket.messages}


@settings(max_examples=60, deadline=None)
@given(merging(), st.lists(st.integers(0, 13), min_size=1, max_size=5))
def test_a_refresh_equals_a_rebuild_whatever_merges_did(
    given_world: tuple[World, list[str]], stops: list[int]
) -> None:
    world, made = given_world
    kept = connect()
    for stop in stops:
        tip = made[stop % len(made)]
        history.refresh(kept, world, tip)
        fresh = connect()
        history.refresh(fresh, world, tip)
        assert dump(kept) == dump(fresh)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_every_place_comes_after_the_places_of_its_parents(
    given_steps: list[tuple[int, int | None, list[tuple[TicketId, str]], int]],
) -> None:
    world, made = grown(given_steps)
    connection = connect()
    history.refresh(connection, world, made[-1])
    places = dict(connection.execute("SELECT id, seq FROM commits"))
    assert set(places) == set(world.reachable(made[-1]))
    for commit_id, place in places.items():
        assert place >= world.made[commit_id].committer.at.timestamp()
        assert all(places[parent] < place for parent in world.made[commit_id].parents)


def straight(*trees: dict[str, bytes]) -> tuple[World, list[str]]:
    world, made = World(), []
    for number, tree in enumerate(trees):
        made.append(world.commit(tuple(made[-1:]), tree, number))
    return world, made


def told(connection: sqlite3.Connection, *tickets: TicketId) -> list[str]:
    found = history_query.entries(connection, tickets=tickets or None, newest_first=False)
    return [one.phrase for one in found]


def one_file(ticket: Ticket) -> dict[str, bytes]:
    return {path_of(ticket.id): codec.render(ticket)}


def test_each_version_is_asked_for_once() -> None:
    tickets = [replace(TICKET, status=f"s{number}") for number in range(20)]
    world, made = straight(*(one_file(ticket) for ticket in tickets))
    history.refresh(connect(), world, made[-1])
    assert len(world.asked) == len(set(world.asked)) == 20


def test_a_path_that_is_let_go_and_held_again_within_one_commit_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The last commit lets go of ONE for TWO's sake, which stands before it, and then reads ONE itself.
    monkeypatch.setattr(history_rows, "_HELD", 1)
    other = {path_of(TWO): codec.render(replace(TICKET, id=TWO))}
    both = {**one_file(TICKET), **other}
    moved = {path_of(TWO): codec.render(replace(TICKET, id=TWO, status="open")),
             path_of(ONE): codec.render(replace(TICKET, status="open")), "tickets/zz/new.md": b"x"}  # fmt: skip
    world, made = straight(
        {**both, "tickets/00.md": b"y"}, moved, {**moved, **one_file(replace(TICKET, status="closed"))}
    )
    connection = connect()
    history.refresh(connection, world, made[-1])
    assert told(connection, ONE) == ['created "Cannot log in"', "status new → open", "status open → closed"]
    assert told(connection, TWO) == ['created "Cannot log in"', "status new → open"]


def test_a_ticket_is_followed_across_deletion_and_return() -> None:
    back = replace(TICKET, status="open")
    world, made = straight(one_file(TICKET), {}, one_file(back))
    connection = connect()
    history.refresh(connection, world, made[-1])
    assert told(connection, ONE) == [
        'created "Cannot log in"', 'deleted "Cannot log in"', "restored", "status new → open",
    ]  # fmt: skip


def test_what_changed_while_a_file_could_not_be_read_is_told_when_it_is_mended() -> None:
    broken = {path_of(ONE): b"---\nid: [\n"}
    world, made = straight(
        one_file(TICKET), broken, {**broken, "x": b""}, one_file(replace(TICKET, status="closed"))
    )
    connection = connect()
    history.refresh(connection, world, made[-1])
    assert told(connection, ONE)[0] == 'created "Cannot log in"'
    assert told(connection, ONE)[1].startswith("file cannot be read: ")
    assert told(connection, ONE)[2:] == ["file can be read again", "status new → closed"]


def test_a_merge_that_mixes_two_sides_decided_nothing_itself() -> None:
    world = World()
    root = world.commit((), one_file(TICKET), 0)
    left = world.commit((root,), one_file(replace(TICKET, status="open")), 1)
    right = world.commit((root,), one_file(replace(TICKET, assignee="marko")), 2)
    both = replace(TICKET, status="open", assignee="marko")
    merge = world.commit((left, right), one_file(both), 3)
    decided = world.commit((left, right), one_file(replace(both, priority="high")), 3)
    connection = connect()
    history.refresh(connection, world, merge)
    assert told(connection, ONE) == [
        'created "Cannot log in"',
        "status new → open",
        "assignee nobody → marko",
    ]
    history.refresh(connection, world, decided)
    assert told(connection, ONE)[-1] == "priority none → high"
    assert len(told(connection, ONE)) == 4


def test_a_shallow_history_says_where_it_begins() -> None:
    world, made = straight(one_file(TICKET), one_file(replace(TICKET, status="open")))
    first = made[0]
    world.made[first] = replace(world.made[first], shallow=True)
    connection = connect()
    history.refresh(connection, world, made[-1])
    assert told(connection, ONE) == ["known from here on", "status new → open"]
    entry = next(history_query.entries(connection, newest_first=False))
    assert entry.commit.shallow
    world.made[first] = replace(world.made[first], shallow=False)
    world.edge = "more"
    history.refresh(connection, world, made[-1])
    assert told(connection, ONE)[0] == 'created "Cannot log in"'


def test_a_tip_that_is_gone_is_no_obstacle() -> None:
    world, made = straight(one_file(TICKET), one_file(replace(TICKET, status="open")))
    connection = connect()
    history.refresh(connection, world, made[1])
    world.lost.add(made[1])
    assert history.refresh(connection, world, made[0]) is None
    assert told(connection) == ['created "Cannot log in"']


def test_a_refresh_names_the_tickets_it_touched() -> None:
    other = replace(TICKET, id=TWO)
    world, made = straight(one_file(TICKET), {**one_file(TICKET), **one_file(other)}, one_file(TICKET))
    connection = connect()
    assert history.refresh(connection, world, made[0]) is None
    assert history.refresh(connection, world, made[2]) == {TWO}
    assert history.refresh(connection, world, made[2]) == frozenset()
    assert history.refresh(connection, world, made[0]) == {TWO}


def test_a_failure_leaves_what_was_there() -> None:
    world, made = straight(one_file(TICKET), one_file(replace(TICKET, status="open")))
    connection = connect()
    history.refresh(connection, world, made[0])
    before = dump(connection)

    class Failing(World):
        def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
            next(iter(oids))
            raise OSError("pulled the plug")
            yield

    failing = Failing(trees=world.trees, made=world.made, blobs_by_id=world.blobs_by_id)
    with pytest.raises(OSError, match="plug"):
        history.refresh(connection, failing, made[1])
    assert dump(connection) == before
    assert not connection.in_transaction


def test_tables_of_another_version_are_made_anew() -> None:
    world, made = straight(one_file(TICKET))
    connection = connect()
    history.refresh(connection, world, made[0])
    before = dump(connection)
    history_tables.set_state(connection, version="0")
    connection.execute("DROP TABLE updates")
    history.refresh(connection, world, made[0])
    assert dump(connection) == before


def test_a_refresh_may_be_part_of_the_callers_transaction() -> None:
    world, made = straight(one_file(TICKET))
    connection = connect()
    connection.execute("BEGIN")
    history.refresh(connection, world, made[0])
    assert connection.in_transaction
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_long_texts_are_cut_and_values_are_not() -> None:
    long = replace(TICKET, description="x" * 5_000, messages=(replace(REPLY, body="y" * 5_000),))
    world, made = straight(one_file(TICKET), one_file(long))
    connection = connect()
    history.refresh(connection, world, made[1])
    description, message = (one.event for one in history_query.entries(connection, tickets=[ONE], limit=2))
    assert len(description.after) == len(message.after) == 400
    assert description.after.endswith("x…")


# ---- questions


@pytest.fixture
def asked() -> sqlite3.Connection:
    """Two tickets, three people, five commits an hour apart."""
    world = World()
    parent: tuple[str, ...] = ()
    people = [
        ("Iva Kralj", "iva@acme.example"),
        ("Marko Babić", "marko@acme.example"),
        ("ŽANA", "Zana@Acme.example"),
    ]
    first, second = TICKET, replace(TICKET, id=TWO, title="Printer")
    versions = [
        (first, None, "created\n\nthe reason\n\nGitdesk-Via: email\nApproved-by: A\nApproved-by: B"),
        (first, second, "x"),
        (replace(first, status="open", assignee="marko"), second, "On-behalf-of: not in the first paragraph"),
        (
            replace(first, status="open", assignee="marko", messages=(REPLY,)),
            second,
            "x\n\nOn-behalf-of: Ana",
        ),
        (replace(first, status="open", fields=(("region", "eu"),), messages=(REPLY,)), second, "x"),
    ]
    for number, (one, two, message) in enumerate(versions):
        tree = {**one_file(one), **(one_file(two) if two else {})}
        commit = world.commit(parent, tree, number * 3600, message)
        name, email = people[number % 3]
        who = replace(world.made[commit].author, name=name, email=email)
        world.made[commit] = replace(world.made[commit], author=who)
        parent = (commit,)
    connection = connect()
    history.refresh(connection, world, parent[0])
    return connection


def phrases(found: Iterable[Entry]) -> list[str]:
    return [one.phrase for one in found]


def test_the_trail_comes_newest_first_with_the_events_of_a_commit_in_their_order(
    asked: sqlite3.Connection,
) -> None:
    expected = [
        "assignee marko → nobody", "region none → eu", "reply by Marko Babić", "status new → open",
        "assignee nobody → marko", 'created "Printer"', 'created "Cannot log in"',
    ]  # fmt: skip
    assert phrases(history_query.entries(asked)) == expected
    assert phrases(history_query.entries(asked, limit=2)) == expected[:2]
    oldest = phrases(history_query.entries(asked, newest_first=False))
    assert oldest[:2] == ['created "Cannot log in"', 'created "Printer"']


def test_the_trail_of_some_tickets(asked: sqlite3.Connection) -> None:
    assert phrases(history_query.entries(asked, tickets=[TWO])) == ['created "Printer"']
    assert phrases(history_query.entries(asked, tickets=[])) == []
    assert len(list(history_query.entries(asked, tickets=[ONE, TWO]))) == 7


def test_the_trail_of_a_time(asked: sqlite3.Connection) -> None:
    hour = AT + timedelta(hours=1)
    assert phrases(history_query.entries(asked, since=hour, until=hour + timedelta(seconds=1))) == [
        'created "Printer"'
    ]
    assert phrases(history_query.entries(asked, until=AT)) == []
    assert len(phrases(history_query.entries(asked, since=AT))) == 7
    assert phrases(history_query.entries(asked, since=datetime(1, 1, 2, tzinfo=UTC), limit=1)) != []


@pytest.mark.parametrize("who", ["žana", "zana@acme.EXAMPLE", "ŽANA <Zana@Acme.example>"])
def test_the_trail_of_a_person_by_name_or_address(asked: sqlite3.Connection, who: str) -> None:
    found = list(history_query.entries(asked, actors=[who, "somebody@else"]))
    assert phrases(found) == ["status new → open", "assignee nobody → marko"]
    assert {one.commit.author_email for one in found} == {"Zana@Acme.example"}
    assert list(history_query.entries(asked, actors=["nobody"])) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("status", ["status new → open"]),
        ("region", ["region none → eu"]),
        ("fields.region", ["region none → eu"]),
        ("field.region", ["region none → eu"]),
        ("reply", ["reply by Marko Babić"]),
        ("message", ["reply by Marko Babić"]),
        ("messages", ["reply by Marko Babić"]),
        ("created", ['created "Printer"', 'created "Cannot log in"']),
        ("tags", []),
        ("nonsense", []),
    ],
)
def test_the_trail_of_a_field(asked: sqlite3.Connection, name: str, said: list[str]) -> None:
    assert phrases(history_query.entries(asked, field=name)) == said


def test_the_trail_of_a_kind(asked: sqlite3.Connection) -> None:
    assert phrases(history_query.entries(asked, kind="assignee", tickets=[ONE])) == [
        "assignee marko → nobody", "assignee nobody → marko",
    ]  # fmt: skip


def test_an_entry_says_who_why_and_via_what(asked: sqlite3.Connection) -> None:
    found = list(history_query.entries(asked, newest_first=False))
    commit = found[0].commit
    assert (commit.subject, commit.reason, commit.via, commit.approved_by) == (
        "created",
        "the reason",
        "email",
        "A, B",
    )
    assert (commit.at, commit.authored_at) == (AT, AT)
    assert (commit.author_name, commit.committer_name) == ("Iva Kralj", "Iva Kralj")
    reply = next(one for one in found if one.event.kind == "message")
    assert reply.event.message == REPLY
    assert reply.commit.on_behalf_of == "Ana"
    assert found[2].commit.on_behalf_of == ""


def test_when_each_ticket_last_changed(asked: sqlite3.Connection) -> None:
    assert history_query.updated_at(asked) == {ONE: AT + timedelta(hours=4), TWO: AT + timedelta(hours=1)}
    assert history_query.updated_at(asked, [TWO]) == {TWO: AT + timedelta(hours=1)}


def test_sql_can_read_the_trail(asked: sqlite3.Connection) -> None:
    row = asked.execute("SELECT time, author, before, after FROM trail WHERE kind = 'status'").fetchone()
    assert row == (timestamp(AT + timedelta(hours=2)), "ŽANA", "new", "open")


# ---- real Git


def refresh(desk: GitRepository, connection: sqlite3.Connection) -> None:
    with Repo.discover(str(desk.path), os.environ) as repo:
        history.refresh(connection, History(repo, codec.parse), desk.tip())


def test_the_history_of_a_real_repository(repo: RepoFactory) -> None:
    desk = repo()
    path = path_of(ONE)
    text = codec.render(TICKET)
    desk.commit({path: text}, GIT_COMMITTER_DATE="2026-11-22T10:00:00+0100")
    desk.git("checkout", "-qb", "side")
    desk.commit({path: codec.render(replace(TICKET, assignee="marko"))})
    desk.git("checkout", "-q", "main")
    desk.commit({path: text.replace(b"status: new", b"status: open")}, "by hand")
    desk.git("merge", "-q", "--no-edit", "side")
    desk.commit({path: None})
    desk.git("revert", "--no-edit", "HEAD")
    connection = connect()
    refresh(desk, connection)
    said = told(connection, ONE)
    assert sorted(said[1:3]) == ["assignee nobody → marko", "status new → open"]
    assert [said[0], *said[3:]] == ['created "Cannot log in"', 'deleted "Cannot log in"', "restored"]
    first = next(history_query.entries(connection, newest_first=False))
    assert first.commit.at.isoformat() == "2026-11-22T10:00:00+01:00"


def sides(desk: GitRepository) -> None:
    """Makes a ticket whose status, tags and thread a branch changes while main takes it up."""
    path = path_of(ONE)
    desk.commit({path: codec.render(TICKET)})
    desk.git("checkout", "-qb", "side")
    theirs = replace(TICKET, status="waiting", tags=("login", "vip"), messages=(REPLY,))
    desk.commit({path: codec.render(theirs), path_of(TWO): codec.render(replace(TICKET, id=TWO))})
    desk.git("checkout", "-q", "main")


def test_a_merge_that_keeps_nothing_of_the_other_side_takes_its_changes_back(repo: RepoFactory) -> None:
    desk = repo()
    sides(desk)
    desk.commit({path_of(ONE): codec.render(replace(TICKET, assignee="marko"))})
    desk.git("merge", "-q", "--no-edit", "-s", "ours", "side")
    connection = connect()
    refresh(desk, connection)
    told_at_merge = [
        one.phrase
        for one in history_query.entries(connection, tickets=[ONE], newest_first=False)
        if one.commit.merge
    ]
    assert told_at_merge == ["status waiting → new", "tag -login", "reply by Marko Babić removed"]
    assert told(connection, TWO) == ['created "Cannot log in"', 'deleted "Cannot log in"']


def test_a_merge_tells_which_side_a_person_kept(repo: RepoFactory) -> None:
    desk = repo()
    sides(desk)
    ours = replace(TICKET, status="open", assignee="marko")
    desk.commit({path_of(ONE): codec.render(ours)})
    desk.git("merge", "-q", "--no-commit", "side", check=False)
    both = replace(ours, tags=("login", "vip"), messages=(REPLY,))
    desk.commit({path_of(ONE): codec.render(both)}, "merge")
    connection = connect()
    refresh(desk, connection)
    newest = next(history_query.entries(connection, tickets=[ONE]))
    assert newest.commit.merge
    assert (newest.phrase, len([one for one in told(connection, ONE) if "status" in one])) == (
        "status waiting → open", 3,
    )  # fmt: skip


@pytest.mark.parametrize("fast_forward", ["--no-ff", "--ff"])
def test_a_merge_that_keeps_everything_tells_nothing(repo: RepoFactory, fast_forward: str) -> None:
    desk = repo()
    sides(desk)
    if fast_forward == "--ff":
        desk.commit({path_of(ONE): codec.render(replace(TICKET, assignee="marko"))})
    desk.git("merge", "-q", "--no-edit", fast_forward, "side")
    connection = connect()
    refresh(desk, connection)
    assert not [one.phrase for one in history_query.entries(connection) if one.commit.merge]


def test_a_config_and_an_attachment_a_merge_dropped_are_told(repo: RepoFactory) -> None:
    desk = repo()
    attached = f"{path_of(ONE)[:-3]}/a.txt"
    desk.commit({path_of(ONE): codec.render(TICKET), "gitdesk.yaml": "1\n"})
    desk.git("checkout", "-qb", "side")
    desk.commit({"gitdesk.yaml": "2\n", attached: "a"})
    desk.git("checkout", "-q", "main")
    desk.git("merge", "-q", "--no-edit", "-s", "ours", "side")
    connection = connect()
    refresh(desk, connection)
    found = [one.event for one in history_query.entries(connection) if one.commit.merge]
    assert sorted((one.kind, one.field, bool(one.after)) for one in found) == [
        ("attachment", "a.txt", False), ("config", "gitdesk.yaml", True),
    ]  # fmt: skip


def test_a_real_repository_after_rebase_reset_and_gc(repo: RepoFactory) -> None:
    desk = repo()
    path = path_of(ONE)
    kept = connect()

    def check() -> list[str]:
        refresh(desk, kept)
        fresh = connect()
        refresh(desk, fresh)
        assert dump(kept) == dump(fresh)
        return told(kept)

    for number, status in enumerate(("new", "open", "waiting", "closed")):
        desk.commit({path: codec.render(replace(TICKET, status=status)), "n": str(number)}, status)
        check()
    desk.git("reset", "-q", "--hard", "HEAD~2")
    assert check() == ['created "Cannot log in"', "status new → open"]
    desk.commit({path_of(TWO): codec.render(replace(TICKET, id=TWO))}, "other")
    desk.git("reflog", "expire", "--expire=now", "--all")
    desk.git("gc", "-q", "--prune=now")
    assert len(check()) == 3
    desk.git("commit", "-q", "--amend", "-m", "amended")
    desk.git("reflog", "expire", "--expire=now", "--all")
    desk.git("gc", "-q", "--prune=now")
    assert len(check()) == 3


# Runs of commits, each on some earlier one, by a clock of its own that may stand still or go backwards.
runs = st.lists(
    st.tuples(
        st.integers(0, 30), st.none() | st.integers(0, 30), st.integers(1, 9), st.sampled_from((10, 500, 1000, 2000)),
        st.sampled_from((-1, 0, 1)),
    ),
    min_size=2,
    max_size=5,
)  # fmt: skip


def imported(desk: GitRepository, given_runs: list[tuple[int, int | None, int, int, int]]) -> list[str]:
    """Makes the commits of some runs; returns their ids."""
    stream: list[str] = ["reset refs/heads/made\n"]
    count = 0
    for back, second, length, start, pace in given_runs:
        for step in range(length):
            count += 1
            now = start + pace * step
            ticket = replace(TICKET, id=(ONE, TWO)[count % 2], title=f"{count}")
            text, message = codec.render(ticket).decode(), f"commit {count}"
            stream += [
                f"commit refs/heads/made\nmark :{count}\n",
                f"committer Iva Kralj <iva@acme.example> {now} +0000\n",
            ]
            stream += [f"data {len(message)}\n{message}\n"]
            first = count - 1 if step else max(0, count - 1 - back)
            if first:
                stream.append(f"from :{first}\n")
                if not step and second is not None and 0 < count - 1 - second != first:
                    stream.append(f"merge :{count - 1 - second}\n")
            stream.append(f"M 100644 inline {path_of(ticket.id)}\ndata {len(text.encode())}\n{text}\n")
    marks = desk.path / "marks"
    desk.git("fast-import", "--quiet", "--force", f"--export-marks={marks}", input="".join(stream))
    return [
        line.split()[1]
        for line in sorted(marks.read_text().splitlines(), key=lambda line: int(line[1:].split()[0]))
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs, st.lists(st.integers(0, 44), min_size=2, max_size=4))
def test_clocks_that_are_wrong_hide_no_commit_and_keep_none(
    repo: RepoFactory, given_runs: list[tuple[int, int | None, int, int, int]], stops: list[int]
) -> None:
    global made_repositories
    made_repositories += 1
    desk = repo(f"skewed{made_repositories}")
    made = imported(desk, given_runs)
    kept = connect()
    for stop in stops:
        tip = made[stop % len(made)]
        fresh = connect()
        with Repo.discover(str(desk.path), os.environ) as known:
            history.refresh(kept, History(known, codec.parse), tip)
            history.refresh(fresh, History(known, codec.parse), tip)
        assert dump(kept) == dump(fresh)
        listed = desk.git("rev-list", tip).split()
        assert sorted(one for (one,) in kept.execute("SELECT id FROM commits")) == sorted(listed)


@pytest.mark.parametrize("other", ["rebase", "reset"])
def test_a_clock_that_went_back_years_and_a_rebase_or_reset_leave_the_history_whole(
    repo: RepoFactory, other: str
) -> None:
    desk = repo()
    made = imported(
        desk,
        [
            (0, None, 4, 2_000_000_000, 0),
            (0, None, 8, 1_000, 1),
            (8, None, 1, 5_000, 1),
            (1, None, 2, 6000, 1),
        ],
    )
    tips = {"rebase": (made[12], made[14]), "reset": (made[11], made[12])}[other]
    kept, fresh = connect(), connect()
    with Repo.discover(str(desk.path), os.environ) as known:
        for tip in tips:
            history.refresh(kept, History(known, codec.parse), tip)
        history.refresh(fresh, History(known, codec.parse), tips[-1])
    assert dump(kept) == dump(fresh)


def test_two_processes_may_refresh_one_file(repo: RepoFactory, tmp_path: Path) -> None:
    desk = repo()
    desk.commit({path_of(ONE): codec.render(TICKET)})
    first, second = (sqlite3.connect(tmp_path / "index.sqlite", isolation_level=None) for _ in range(2))
    refresh(desk, first)
    refresh(desk, second)
    desk.commit({path_of(ONE): codec.render(replace(TICKET, status="open"))})
    refresh(desk, second)
    refresh(desk, first)
    assert dump(first) == dump(second)
    assert len(told(first)) == 2
    first.close()
    second.close()


def test_events_of_the_index_are_those_of_the_domain(repo: RepoFactory) -> None:
    before = replace(
        TICKET, fields=(("region", "eu"), ("tier", "gold")), description="old", messages=(REPLY,)
    )
    after = replace(
        TICKET, title="T", requester="Ana <a@x>", status="open", tags=("billing",), fields=(("region", "hr"),),
        messages=(replace(REPLY, body="changed"), replace(REPLY, kind="note")),
    )  # fmt: skip
    world, made = straight(one_file(before), one_file(after))
    connection = connect()
    history.refresh(connection, world, made[1])
    found = [one.event for one in history_query.entries(connection, newest_first=False)][2:]
    expected = events(before, after)
    assert [replace(one, message=None) for one in found] == [replace(one, message=None) for one in expected]
