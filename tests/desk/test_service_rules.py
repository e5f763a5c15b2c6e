"""The rules of promises are the same wherever a change is judged: at the keyboard, staged, in a range, at a push."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))

from branches import ANA, IVA, MARKO, ONE, START, THREE, TWO, H, History, said, silent, stamp, text_of
from workflows import WORKFLOW

from gitdesk.desk import judging, judging_commits, knowledge, pushes
from gitdesk.desk.accounting import context_now
from gitdesk.desk.clock_index import with_clocks
from gitdesk.desk.door import Desk
from gitdesk.desk.knowledge import informed
from gitdesk.desk.plan import Why
from gitdesk.domain import rules
from gitdesk.domain.change import Change, CommitRecord
from gitdesk.domain.violation import Violation
from gitdesk.store import codec
from gitdesk.store import history as git_history
from gitdesk.store.git import Repo

CONFIG = (
    f"""desk: {{name: Acme, prefix: AC}}
{WORKFLOW}"""
    + """\
fields: [FIELDS]
people:
  - {id: iva, name: Iva Kralj, addresses: [iva@acme.example]}
  - {id: marko, name: Marko Babić, addresses: [marko@acme.example], capacity: 1}
  - {id: bot, name: Bot, addresses: [bot@acme.example], robot: true}
sla:
  policies:
    - id: incidents
      when: "type:incident"
      reopen: new_cycle
      targets: {high: {first_response: 1h, resolution: 2h}, normal: {resolution: 6h}}
    - id: others
      reopen_window: 20h
      targets:
        high: {first_response: 1h, next_response: 2h, resolution: 4h}
        normal: {first_response: 2h, next_response: 4h, resolution: 8h}
        low: {resolution: 40h}
rules: {limits: {parked_percent: 10}}
"""
)
DECLARED = "{name: breach_reason, type: text}"
KINDS = ["status"] * 5 + ["say"] * 3 + ["priority", "type", "assignee", "merge", "late", "unsay"]
BOT = "Bot <bot@acme.example>"


def config(fields: str = "") -> bytes:
    """Returns the gitdesk.yaml."""
    return CONFIG.replace("FIELDS", fields).encode()


def service(found: Iterable[Violation]) -> list[str]:
    """Returns what the rules of promises and of capacity say, in the same words everywhere."""
    return sorted(
        f"{one.code} {one.severity} {one.message}"
        for one in found
        if one.code[0] == "S" or one.subject == "capacity"
    )


def record_of(made: History, commit: str) -> CommitRecord:
    """Returns a commit and what it changed."""
    with Repo.discover(str(made.path), os.environ) as repo:
        (record,) = git_history.commits(repo, commit, since_commits=(f"{commit}^",))
    assert isinstance(record, CommitRecord)
    return record


def before_it(made: History, record: CommitRecord) -> dict[str, str]:
    """Puts the desk back to what it was before a commit; returns the surroundings of who is about to make it."""
    made.git("update-ref", "refs/heads/main", record.commit.parents[0])
    author, now = record.commit.author, stamp(int(record.commit.committer.at.timestamp()))
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", now))
    }
    return {**os.environ, **who, "GITDESK_NOW": now}


def at_the_keyboard(made: History, commit: str, *, known: bool = True) -> list[str]:
    """Returns what a command would be told that makes the change of a commit; `known` is its reason."""
    record = record_of(made, commit)
    environ = before_it(made, record)
    with Desk.open(str(made.path), environ, silent) as desk:
        changes = []
        for version in record.changes:
            old, new = (
                codec.parse(desk.repo.blob(oid), version.path) if oid else None
                for oid in (version.old[0], version.new)
            )
            changes.append(Change(path=version.path, before=old, after=new))
        why = Why(reason=record.commit.body) if known else None
        context = context_now(desk.repo, environ, desk.now, desk.tip, desk.config, why)
        assert context is not None
        context = informed(desk, context, changes, desk.config, desk.tip)
        return service(one for change in changes for one in rules.check(change, desk.config, context))


def staged(made: History, commit: str) -> list[str]:
    """Returns what the pre-commit hook would say of a commit that is not made yet."""
    environ = before_it(made, record_of(made, commit))
    made.git("read-tree", commit)
    with Desk.open(str(made.path), environ, silent) as desk:
        return service(judging.staged(desk))


def at_a_push(made: History, old: str, new: str) -> list[str]:
    """Returns what a server without an index would say of a push, the first twenty."""
    server = made.path.with_name("server.git")
    subprocess.run(["git", "clone", "-q", "--bare", str(made.path), str(server)], check=True)
    lines = [f"{old} {new} refs/heads/main"]
    now = datetime.fromtimestamp(START + 900 * H, UTC)
    (verdict,) = pushes.incoming(str(server), dict(os.environ), silent, lines, now=now)
    return service(verdict.shown)


def by_commit(found: Iterable[Violation]) -> dict[str, list[str]]:
    """Returns what is said of each commit."""
    told: dict[str, list[Violation]] = {}
    for one in found:
        told.setdefault(one.commit, []).append(one)
    return {commit: said for commit, ones in told.items() if (said := service(ones))}


def of_history(made: History) -> dict[str, list[str]]:
    """Returns what `check --history` says."""
    with made.desk(START + 900 * H) as desk:
        return by_commit(judging_commits.everything(desk))


def of_range(made: History, base: str, head: str = "main") -> dict[str, list[str]]:
    """Returns what `check BASE..HEAD` says."""
    with made.desk(START + 900 * H) as desk:
        return by_commit(judging_commits.between(desk, f"{base}..{head}"))


def lives(seed: int, made: History) -> list[str]:
    """Writes the lives of two tickets by chance into a desk; returns the marks of the commits."""
    chance = random.Random(seed)
    marks = [made.commit(START - 24 * H, {"gitdesk.yaml": config(chance.choice(["", DECLARED]))})]
    headers: dict[str, dict[str, object]] = {ONE: {}, TWO: {"type": "incident"}}
    threads: dict[str, list[str]] = {ONE: [], TWO: []}
    now = START
    marks += [made.commit(now, {ticket: text_of(ticket)}) for ticket in headers]
    for _ in range(14):
        now += chance.choice([60, H // 2, H, 2 * H, 5 * H, 30 * H])
        ticket = chance.choice([ONE, TWO, TWO])
        header, thread = headers[ticket], threads[ticket]
        statuses = ["new", "open", "open", "waiting", "waiting", "snoozed", "resolved", "closed", "spam"]
        for _ in range(chance.choice([1, 1, 1, 2])):
            match chance.choice(KINDS):
                case "status":
                    header["status"] = chance.choice(statuses)
                    until = now + chance.choice([H, 9 * H])
                    header["snoozed_until"] = stamp(until) if header["status"] == "snoozed" else None
                case "priority":
                    header["priority"] = chance.choice(["low", "normal", "high"])
                case "type":
                    header["type"] = chance.choice(["question", "incident"])
                case "assignee":
                    header["assignee"] = chance.choice(["iva", "marko"])
                case "merge":
                    header["merged_into"] = chance.choice([None, None, "AC-7K3QX4M4"])
                case "say":
                    kind, author = chance.choice(
                        [("reply", IVA), ("customer", ANA), ("reply", BOT), ("note", IVA)]
                    )
                    thread.append(said(now - chance.choice([0, 0, 200]), kind, author, f"No. {len(thread)}"))
                case "unsay" if thread:
                    thread.pop(chance.randrange(len(thread)))
                case "late":
                    header["fields"] = {"breach_reason": "too much to do"}
        reason = chance.choice(["", "", "\n\nthe supplier was down"])
        by = chance.choice([IVA, IVA, MARKO, BOT])
        text = text_of(ticket, thread, START, **header)
        marks.append(made.commit(now, {ticket: text}, by=by, message=f"hand edit{reason}"))
    return marks


@pytest.mark.parametrize("seed", range(6))
def test_a_change_is_judged_alike_wherever_it_is_judged(tmp_path: Path, seed: int) -> None:
    made = History(tmp_path / "desk")
    marks = lives(seed, made)
    ids = made.write()
    commits = [ids[mark] for mark in marks]
    told = of_history(made)
    for place in (3, 8, 12):
        later = commits[place + 1 :]
        assert of_range(made, commits[place]) == {one: told[one] for one in later if one in told}
    pushed = sorted(text for one in commits[-4:] for text in told.get(one, ()))
    assert at_a_push(made, commits[-5], commits[-1]) == pushed
    made.forget()
    without = [at_the_keyboard(made, commit) for commit in commits[3:]]
    hasty = [at_the_keyboard(made, commit, known=False) for commit in commits[3:]]
    assert [staged(made, commit) for commit in commits[3:]] == hasty
    made.git("update-ref", "refs/heads/main", commits[2])
    with made.desk(START) as desk:
        with_clocks(desk, always=True)
    with_index = [at_the_keyboard(made, commit) for commit in commits[3:]]
    assert with_index == without == [told.get(commit, []) for commit in commits[3:]]


def test_the_lives_that_are_judged_break_every_rule(tmp_path: Path) -> None:
    every = {*(f"S00{number}" for number in range(1, 9)), "P006"}
    seen: set[str] = set()
    for seed in range(60):
        made = History(tmp_path / f"desk{seed}")
        lives(seed, made)
        made.write()
        seen.update(text.split()[0] for said in of_history(made).values() for text in said)
        if seen >= every:
            return
    assert every - seen == set()


# ---- ranges


@pytest.fixture
def made(tmp_path: Path) -> History:
    """Returns a desk that asks for the reason in a field, with two tickets."""
    found = History(tmp_path / "desk")
    found.commit(START - 24 * H, {"gitdesk.yaml": config(DECLARED)})
    found.commit(START, {ONE: text_of(ONE), TWO: text_of(TWO)})
    return found


def codes(told: dict[str, list[str]]) -> dict[str, list[str]]:
    """Returns the codes of what is said of each commit."""
    return {commit: [text.split()[0] for text in said] for commit, said in told.items()}


def test_a_branch_is_judged_by_what_its_own_tickets_went_through(made: History) -> None:
    base = made.commit(START + H, {ONE: text_of(ONE, [said(START + H)], status="open")})
    late = made.commit(
        START + 30 * H,
        {ONE: text_of(ONE, [said(START + H)], status="resolved")},
        parents=[base],
        branch="side",
    )
    made.commit(START + 2 * H, {ONE: text_of(ONE, [said(START + H)], status="resolved")})
    ids = made.write()
    assert codes(of_range(made, "main", "side")) == {ids[late]: ["S002"]}
    assert of_range(made, ids[base], "main") == {}


def test_what_a_merge_brings_in_is_judged_where_it_was_made(made: History) -> None:
    base = made.commit(START + H, {ONE: text_of(ONE, [said(START + H)], status="open")})
    late = made.commit(
        START + 30 * H,
        {ONE: text_of(ONE, [said(START + H)], status="resolved")},
        parents=[base],
        branch="side",
    )
    main = made.commit(START + 31 * H, {TWO: text_of(TWO, title="Another")})
    text = text_of(ONE, [said(START + H)], status="resolved")
    made.commit(START + 32 * H, {ONE: text}, parents=[main, late])
    closed = made.commit(START + 33 * H, {ONE: text_of(ONE, [said(START + H)], status="closed")})
    ids = made.write()
    assert codes(of_range(made, ids[base])) == {ids[late]: ["S002"]}
    assert of_range(made, ids[late]) == {}
    assert ids[closed] not in of_history(made)


def test_a_branch_off_what_was_merged_is_judged_by_its_own_past(made: History) -> None:
    base = made.commit(START + H, {ONE: text_of(ONE, [said(START + H)], status="open")})
    text = text_of(ONE, [said(START + H)], status="waiting")
    side = made.commit(START + 2 * H, {ONE: text}, parents=[base], branch="side")
    main = made.commit(START + 3 * H, {ONE: text_of(ONE, [said(START + H)], status="open", title="Another")})
    both = text_of(ONE, [said(START + H)], status="waiting", title="Another")
    made.commit(START + 4 * H, {ONE: both}, parents=[main, side])
    opened = text_of(ONE, [said(START + H)], status="open", group="")
    made.commit(START + 20 * H, {ONE: opened}, parents=[side], branch="topic")
    text = text_of(ONE, [said(START + H)], status="resolved")
    made.commit(START + 26 * H, {ONE: text}, branch="topic")
    late = made.commit(START + 26 * H + 1, {ONE: opened}, branch="topic")
    again = made.commit(START + 27 * H, {ONE: text}, branch="topic")
    ids = made.write()
    # Two hours until it waited, six since: in time to the second, and no longer when it is resolved again.
    assert codes(of_range(made, "main", "topic")) == {ids[again]: ["S002"]}
    assert late != again


def test_many_tickets_without_an_index_take_one_look_at_git(
    made: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = made.commit(
        START + 30 * H, {ONE: text_of(ONE, status="resolved"), TWO: text_of(TWO, status="resolved")}
    )
    ids = made.write()
    looked: list[object] = []

    def line(*asked: object) -> Iterator[CommitRecord]:
        looked.append(asked)
        return look(*asked)  # type: ignore[arg-type]

    look = git_history.line
    monkeypatch.setattr("gitdesk.store.history.line", line)
    assert [text.split()[0] for text in at_the_keyboard(made, ids[late])] == ["S002", "S002"]
    assert len(looked) == 1


def test_a_wrong_clock_on_the_way_to_the_base_hides_nothing(made: History) -> None:
    text = text_of(ONE, [said(START + H)], status="open")
    made.commit(START + H, {ONE: text})
    made.commit(100, {TWO: text_of(TWO, title="Another")})
    base = made.commit(START + 2 * H, {TWO: text_of(TWO)})
    late = made.commit(START + 9 * H, {ONE: text.replace(b'"open"', b'"resolved"')})
    ids = made.write()
    assert codes(of_range(made, ids[base])) == {ids[late]: ["S002"]}


def test_a_branch_does_not_bring_along_a_softer_promise(made: History) -> None:
    base = made.commit(START + H, {ONE: text_of(ONE, [said(START + H)], status="open")})
    made.commit(START + 2 * H, {"gitdesk.yaml": config(DECLARED).replace(b"8h", b"80h")})
    late = made.commit(START + 9 * H, {ONE: text_of(ONE, [said(START + H)], status="resolved")})
    ids = made.write()
    assert codes(of_range(made, ids[base])) == {ids[late]: ["S002"]}


def test_a_ticket_is_held_to_the_policy_it_began_under_in_a_range_too(made: History) -> None:
    made.commit(START + H, {ONE: text_of(ONE, [said(START + H)], status="open")})
    base = made.commit(START + 2 * H, {"gitdesk.yaml": config(DECLARED).replace(b"8h", b"80h")})
    late = made.commit(START + 9 * H, {ONE: text_of(ONE, [said(START + H)], status="resolved")})
    ids = made.write()
    assert codes(of_range(made, ids[base])) == {ids[late]: ["S002"]} == codes(of_history(made))


def test_a_change_that_is_taken_back_and_then_resolved_is_judged_and_ends(made: History) -> None:
    base = made.commit(START + H, {TWO: text_of(TWO, title="Two")})
    made.commit(START + 2 * H, {ONE: text_of(ONE, title="Other")})
    made.commit(START + 3 * H, {ONE: text_of(ONE)})
    late = made.commit(START + 90 * H, {ONE: text_of(ONE, status="resolved")})
    ids = made.write()
    assert codes(of_range(made, ids[base])) == {ids[late]: ["S002"]}


def test_tickets_that_a_branch_takes_away_are_read_from_git_at_once(
    made: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = made.commit(START + H, {TWO: text_of(TWO, title="Two")})
    resolved = made.commit(START + 90 * H, {one: text_of(one, status="resolved") for one in (ONE, TWO)})
    made.commit(START + 91 * H, {ONE: None, TWO: None})
    ids = made.write()
    looked: list[object] = []
    monkeypatch.setattr("gitdesk.store.history.line", _counting(git_history.line, looked))
    assert codes(of_range(made, ids[base]))[ids[resolved]] == ["S002", "S002"]
    assert len(looked) == 1


@pytest.mark.parametrize("created", [b"0001-01-01T00:00:00Z", b"2026-13-45T99:99:99Z"])
def test_a_time_of_creation_that_no_calendar_has_keeps_nobody_from_being_judged(
    made: History, created: bytes
) -> None:
    when = text_of(THREE).partition(b"created: ")[2][:20]
    base = made.commit(START + H, {THREE: text_of(THREE).replace(when, created)})
    late = made.commit(
        START + 90 * H, {ONE: text_of(ONE, status="resolved"), THREE: text_of(THREE, title="Mended")}
    )
    ids = made.write()
    assert codes(of_range(made, ids[base]))[ids[late]] == ["S002"]


def test_a_desk_without_policies_asks_git_for_no_past(made: History, monkeypatch: pytest.MonkeyPatch) -> None:
    base = made.commit(START + H, {"gitdesk.yaml": config().partition(b"sla:")[0]})
    made.commit(START + 90 * H, {ONE: text_of(ONE, status="resolved")})
    ids = made.write()
    monkeypatch.setattr("gitdesk.store.history.line", None)
    assert of_range(made, ids[base]) == {}


def test_what_ends_in_time_needs_no_replay_where_an_index_keeps_clocks(
    made: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = made.commit(START + H // 2, {ONE: text_of(ONE, [said(START + H // 2)], status="resolved")})
    late = made.commit(START + 30 * H, {TWO: text_of(TWO, [said(START + 30 * H)], status="resolved")})
    ids = made.write()
    for mark, asked in ((soon, 0), (late, 1)):
        made.git("update-ref", "refs/heads/main", f"{ids[mark]}^")
        made.rows(START)  # brings the index there
        calls: list[object] = []
        monkeypatch.setattr("gitdesk.desk.knowledge.clock_facts", _counting(knowledge.clock_facts, calls))
        assert len(at_the_keyboard(made, ids[mark])) == asked
        assert len(calls) == asked
        monkeypatch.undo()


def _counting(ask: Callable[..., Any], calls: list[object]) -> Callable[..., Any]:
    def counted(*given: Any) -> Any:
        calls.append(given)
        return ask(*given)

    return counted


# ---- capacity


def given(made: History, at: int, who: str, *tickets: str) -> str:
    """Gives tickets to somebody; returns the mark of the commit."""
    return made.commit(at, {ticket: text_of(ticket, assignee=who) for ticket in tickets})


def test_who_has_as_many_tickets_as_fit_is_given_another_with_a_warning(made: History) -> None:
    base = given(made, START + H, "marko", ONE)
    second = given(made, START + 2 * H, "marko", TWO)
    made.commit(START + 3 * H, {ONE: text_of(ONE, assignee="marko", status="waiting")})
    done = made.commit(START + 4 * H, {ONE: text_of(ONE, assignee="marko", status="spam")})
    given(made, START + 5 * H, "", TWO)
    given(made, START + 6 * H, "marko", THREE)
    fifth = given(made, START + 7 * H, "marko", TWO)
    ids = made.write()
    warned = ["P006 warn marko has 1 open ticket, and 1 fits"]
    assert of_history(made) == of_range(made, ids[base]) == {ids[second]: warned, ids[fifth]: warned}
    assert of_range(made, ids[done]) == {ids[fifth]: warned}
    assert at_the_keyboard(made, ids[fifth]) == warned
    with made.desk(START) as desk:
        assert desk.index.open_tickets_of(["marko", "iva"]) == {"marko": 1}
    assert at_the_keyboard(made, ids[fifth]) == warned


def test_tickets_that_were_given_before_somebody_had_a_limit_count(made: History) -> None:
    made.commit(START + H, {"gitdesk.yaml": config(DECLARED).replace(b"capacity: 1", b"skills: []")})
    given(made, START + 2 * H, "marko", ONE)
    made.commit(START + 3 * H, {"gitdesk.yaml": config(DECLARED)})
    second = given(made, START + 4 * H, "marko", TWO)
    ids = made.write()
    warned = {ids[second]: ["P006 warn marko has 1 open ticket, and 1 fits"]}
    assert of_history(made) == warned
    assert of_range(made, f"{ids[second]}^") == warned


def test_loads_are_the_same_from_a_folder_and_whatever_git_is_set_to(made: History) -> None:
    given(made, START + H, "marko", ONE)
    second = given(made, START + 2 * H, "marko", TWO)
    ids = made.write()
    made.git("config", "color.grep", "always")
    made.git("config", "grep.column", "true")
    made.git("checkout", "-qf", "main")
    with Desk.open(str(made.path / "tickets"), dict(os.environ), silent) as desk:
        found = by_commit(judging_commits.between(desk, f"{ids[second]}^..main"))
    assert found == {ids[second]: ["P006 warn marko has 1 open ticket, and 1 fits"]}


def test_of_several_tickets_given_at_once_each_counts(made: History) -> None:
    base = made.commit(START + H, {THREE: text_of(THREE)})
    many = given(made, START + 2 * H, "marko", ONE, TWO, THREE)
    ids = made.write()
    warned = ["P006 warn marko has 2 open tickets, and 1 fits"] * 3
    assert of_range(made, ids[base]) == {ids[many]: warned}
    assert at_the_keyboard(made, ids[many]) == warned
