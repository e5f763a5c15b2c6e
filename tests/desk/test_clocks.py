"""The clocks of a desk with a real history: merges, versions of policies, other moments, an index that may go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from branches import (
    ANA,
    CONFIG,
    IVA,
    MARKO,
    ONE,
    START,
    STRICT,
    THREE,
    TWO,
    H,
    History,
    alike,
    config,
    said,
    stamp,
    standing,
    text_of,
    written_both_ways,
)

from gitdesk.desk import clocks
from gitdesk.desk.told_clocks import Told
from gitdesk.domain.sla_cycle import Cycle
from gitdesk.errors import NotFound, Unreadable, UsageError

_REBASE = "sla: stricter\n\nGitdesk-Rebase-SLA: gold\n"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Returns a desk that promises something, with a ticket of that hour."""
    made = History(tmp_path / "desk")
    made.commit(START - 24 * H, {"gitdesk.yaml": config()})
    made.commit(START, {ONE: text_of(ONE)})
    return made


def of(rows: tuple[Cycle, ...], ticket: str) -> dict[str, tuple[str, int]]:
    return standing([row for row in rows if row.ticket == ticket])


def kept_is_replayed(history: History, now: int) -> tuple[Cycle, ...]:
    """Returns the rows of now; those that are kept, replayed and found by a new index are the same."""
    kept = history.rows(now)
    times = history.spent(now)
    assert history.rows(now, as_of=stamp(now)) == kept
    history.forget()
    assert history.rows(now) == kept
    assert history.spent(now) == times
    return kept


# ---- the plain way


def test_a_day_of_a_ticket(history: History) -> None:
    history.commit(START + H, {ONE: text_of(ONE, [said(START + H)], assignee="iva")})
    history.commit(START + 2 * H, {ONE: text_of(ONE, [said(START + H)], assignee="iva", status="waiting")})
    asked = [said(START + H), said(START + 5 * H, "customer", ANA)]
    history.commit(START + 5 * H, {ONE: text_of(ONE, asked, assignee="iva", status="waiting")})
    history.write()
    rows = kept_is_replayed(history, START + 9 * H)
    assert of(rows, ONE) == {
        "first_response": ("met", H),
        "assign": ("met", H),
        "update": ("running", 5 * H),
        "next_response": ("breached_running", 4 * H),
        "resolution": ("running", 6 * H),
    }


def test_what_programs_write_is_no_answer(history: History) -> None:
    told = [
        said(START, author="Bot <bot@acme.example>"),
        said(START + 1, via="automation"),
        said(START + 2, "note"),
    ]
    history.commit(START + 60, {ONE: text_of(ONE, told)})
    history.write()
    assert of(kept_is_replayed(history, START + H), ONE)["first_response"] == ("running", H)


def test_status_times_come_from_the_same_history(history: History) -> None:
    history.commit(START + H, {ONE: text_of(ONE, status="waiting")})
    history.commit(START + 3 * H, {ONE: text_of(ONE, status="resolved")})
    history.write()
    kept_is_replayed(history, START + 9 * H)
    assert history.spent(START + 9 * H) == [
        (ONE, "new", H),
        (ONE, "resolved", 6 * H),
        (ONE, "waiting", 2 * H),
    ]
    assert history.spent(START + 9 * H, as_of=stamp(START + 2 * H)) == [(ONE, "new", H), (ONE, "waiting", H)]


def test_a_ticket_dated_after_the_moment_has_no_clock_yet_and_says_so(history: History) -> None:
    history.commit(START + 60, {TWO: text_of(TWO, created=START + 10 * H)})
    history.write()
    [early] = [one for one in kept_is_replayed(history, START + H) if one.ticket == TWO]
    assert early.state == "n/a"
    assert "dated" in early.remarks[0]
    assert of(kept_is_replayed(history, START + 11 * H), TWO)["resolution"] == ("running", H)


# ---- other moments


def test_as_of_a_commit_is_what_the_desk_said_then(history: History) -> None:
    history.commit(START + H, {ONE: text_of(ONE, [said(START + H)])})
    history.commit(START + 3 * H, {ONE: text_of(ONE, [said(START + H)], status="resolved", title="Other")})
    history.commit(START + 4 * H, {TWO: text_of(TWO, created=START + 4 * H)})
    ids = history.write()
    for mark, commit in ids.items():
        history.git("update-ref", "refs/heads/main", commit)
        then = history.rows(history.times[mark])
        history.git("update-ref", "refs/heads/main", "refs/all/tip")
        assert history.rows(START + 99 * H, as_of=commit) == then, mark


def test_as_of_a_time_between_commits_runs_up_to_it(history: History) -> None:
    history.commit(START + 6 * H, {ONE: text_of(ONE, [said(START + 5 * H)])})
    history.write()
    late = history.rows(START + 9 * H, as_of=stamp(START + 3 * H))
    assert of(late, ONE)["first_response"] == ("breached_running", 3 * H)
    # at that time nobody had committed the reply that says it was written an hour before its commit
    assert of(history.rows(START + 9 * H, as_of=stamp(START + 5 * H + 60)), ONE)["first_response"][0] == (
        "breached_running"
    )
    assert of(history.rows(START + 9 * H), ONE)["first_response"] == ("breached", 5 * H)


def test_as_of_before_the_first_commit_is_refused(history: History) -> None:
    history.write()
    with pytest.raises((UsageError, NotFound)):
        history.rows(START, as_of="2020-01-01")


def test_a_deleted_ticket_is_told_at_the_moments_when_it_was_there(history: History) -> None:
    history.commit(START + H, {ONE: text_of(ONE, [said(START + H)])})
    history.commit(START + 2 * H, {ONE: None})
    history.write()
    now = START + 9 * H
    assert kept_is_replayed(history, now) == ()
    assert of(history.rows(now, as_of=stamp(START + 90 * 60)), ONE)["first_response"] == ("met", H)
    assert history.rows(now, as_of=stamp(START + 3 * H)) == ()
    with history.desk(now) as desk:
        assert clocks.told(desk, ONE, stamp(START + 90 * 60)).cycles
        with pytest.raises(NotFound):
            clocks.told(desk, ONE, stamp(START + 3 * H))


@pytest.mark.parametrize(
    "later", [None, b"---\nid: [\n---\n", text_of(ONE, [said(START + H)], status="open"), text_of(ONE)]
)
def test_what_is_kept_ready_of_an_ended_ticket_goes_when_the_ticket_does(
    history: History, later: bytes | None
) -> None:
    history.commit(START + H, {ONE: text_of(ONE, [said(START + H)], status="closed"), TWO: text_of(TWO)})
    history.write()
    now = START + 9 * H
    with history.desk(now) as desk:
        found = clocks.report_rows(desk).told
        assert found is not None
        assert [one.ticket for one in found.all(rows=True) if isinstance(one, Told)] == [ONE]
    history.commit(START + 2 * H, {ONE: later})
    history.write()
    with history.desk(now) as desk:
        ready, read = written_both_ways(desk)
        assert ready == read
        found = clocks.report_rows(desk).told
        assert found is not None
        assert [one for one in found.all(rows=True) if isinstance(one, Told)] == []


def test_an_ended_ticket_dated_after_the_moment_is_replayed_up_to_it(history: History) -> None:
    history.commit(START + 5 * H, {ONE: text_of(ONE, [said(START + H)], status="closed")})
    history.write()
    for now in (START + 9 * H, START + 2 * H):
        with history.desk(now) as desk:
            ready, read = written_both_ways(desk)
            assert ready == read
            found = clocks.report_rows(desk).told
            assert found is not None
            assert any(isinstance(one, Told) for one in found.all(rows=False)) == (now > START + 5 * H)


def test_a_ticket_that_came_back_otherwise_is_told_as_it_was(history: History) -> None:
    history.commit(START + H, {ONE: None})
    history.commit(START + 3 * H, {ONE: text_of(ONE, [said(START + 2 * H)], title="Back", priority="low")})
    ids = history.write()
    now = START + 9 * H
    kept_is_replayed(history, now)
    history.git("update-ref", "refs/heads/main", ids[":2"])
    then = history.rows(START)
    history.git("update-ref", "refs/heads/main", "refs/all/tip")
    assert history.rows(now, as_of=ids[":2"]) == then
    assert history.rows(now, as_of=stamp(START + 2 * H)) == ()
    with history.desk(now) as desk:
        assert tuple(alike(clocks.told(desk, ONE, ids[":2"]).cycles)) == then
        with pytest.raises(NotFound):
            clocks.told(desk, ONE, stamp(START + 2 * H))


def test_an_unreadable_ticket_is_named_and_told_as_long_as_it_could_be_read(history: History) -> None:
    history.commit(START + H, {ONE: b"---\nid: [\n---\n"})
    history.write()
    now = START + 9 * H
    with history.desk(now) as desk:
        found = clocks.report_rows(desk)
        assert tuple(found.cycles) == ()
        assert len(found.problems) == 1
        assert ONE in found.problems[0]
        assert clocks.report_rows(desk, as_of=stamp(START + 60)).problems == ()
    assert of(history.rows(now, as_of=stamp(START + 60)), ONE)["resolution"] == ("running", 60)


def test_messages_that_were_taken_out_later_still_count_before(history: History) -> None:
    two = [said(START + H, text="First"), said(START + 2 * H, text="Second")]
    history.commit(START + 2 * H, {ONE: text_of(ONE, two)})
    history.commit(START + 3 * H, {ONE: text_of(ONE, two[1:])})
    history.write()
    now = START + 9 * H
    rows = kept_is_replayed(history, now)
    assert of(rows, ONE)["first_response"] == ("met", 2 * H)
    assert any("taken out" in line for row in rows for line in row.remarks)
    before = history.rows(now, as_of=stamp(START + 2 * H + 60))
    assert of(before, ONE)["first_response"] == ("met", H)
    with history.desk(now) as desk:
        assert tuple(alike(clocks.told(desk, ONE, stamp(START + 2 * H + 60)).cycles)) == before


# ---- what if


def test_another_policy_holds_for_the_whole_history(history: History) -> None:
    history.commit(START + 90 * 60, {ONE: text_of(ONE, [said(START + 90 * 60)])})
    history.write()
    overlay = (
        f"sla:\n  policies:\n    - id: strict\n      targets: {{normal: {STRICT}, high: none, low: none}}\n"
    )
    rows = history.rows(START + 3 * H, policy=overlay.encode())
    assert {row.policy for row in rows} == {"strict"}
    assert of(rows, ONE) == {"first_response": ("breached", 90 * 60), "resolution": ("running", 3 * H)}
    assert of(history.rows(START + 3 * H), ONE)["first_response"] == ("met", 90 * 60)


def test_a_policy_file_that_says_nothing_of_policies_is_refused(history: History) -> None:
    history.write()
    for data in (b"a: b\n", b"sla: {policies: [{id: x}]}\n", b"\xff", b""):
        with pytest.raises((Unreadable, UsageError)):
            history.rows(START + H, policy=data, policy_path="what.yaml")


# ---- merges


def side(history: History, base: str) -> str:
    """Answers and resolves the ticket on a branch, in two commits; returns the last."""
    one = history.commit(
        START + H, {ONE: text_of(ONE, [said(START + H)])}, parents=[base], branch="side", by=MARKO
    )
    files = {ONE: text_of(ONE, [said(START + H)], status="resolved")}
    return history.commit(START + 2 * H, files, parents=[one], branch="side", by=MARKO)


def test_what_a_pull_request_changed_counts_when_it_was_merged(history: History) -> None:
    theirs = side(history, ":2")
    files = {ONE: text_of(ONE, [said(START + H)], status="resolved")}
    history.commit(START + 5 * H, files, parents=[":2", theirs], message="Merge pull request #1")
    history.write()
    rows = kept_is_replayed(history, START + 9 * H)
    assert of(rows, ONE)["resolution"] == ("met", 5 * H)
    assert of(rows, ONE)["first_response"] == ("met", H)  # a message has a time of its own
    before = history.rows(START + 9 * H, as_of=stamp(START + 3 * H))
    assert of(before, ONE)["resolution"] == ("running", 3 * H)


def test_a_fast_forward_counts_when_it_was_committed(history: History) -> None:
    theirs = side(history, ":2")
    history.parts.append(f"reset refs/heads/main\nfrom {theirs}\n\n".encode())
    history.write()
    assert of(kept_is_replayed(history, START + 9 * H), ONE)["resolution"] == ("met", 2 * H)


def test_a_squash_counts_when_it_was_committed(history: History) -> None:
    side(history, ":2")
    history.commit(START + 4 * H, {ONE: text_of(ONE, [said(START + H)], status="resolved")}, parents=[":2"])
    history.write()
    assert of(kept_is_replayed(history, START + 9 * H), ONE)["resolution"] == ("met", 4 * H)


def test_both_sides_of_a_merge_count_each_at_its_time(history: History) -> None:
    theirs = side(history, ":2")
    ours = history.commit(
        START + 90 * 60, {ONE: text_of(ONE, priority="high", assignee="iva")}, parents=[":2"]
    )
    both = text_of(ONE, [said(START + H)], status="resolved", priority="high", assignee="iva")
    history.commit(START + 5 * H, {ONE: both}, parents=[ours, theirs])
    history.write()
    rows = kept_is_replayed(history, START + 9 * H)
    assert of(rows, ONE)["assign"] == ("breached", 90 * 60)
    assert of(rows, ONE)["resolution"] == ("met", 5 * H)
    with history.desk(START + 9 * H) as desk:
        tellings = clocks.told(desk, ONE).tellings
    whys = [line.why for one in tellings if one.metric == "resolution" for line in one.lines]
    assert whys == ["created", "priority normal → high, assignee nothing → iva"]


def test_a_value_the_merge_did_not_take_never_was(history: History) -> None:
    theirs = side(history, ":2")
    ours = history.commit(START + 3 * H, {ONE: text_of(ONE, priority="high")}, parents=[":2"])
    history.commit(START + 5 * H, {ONE: text_of(ONE, priority="high")}, parents=[ours, theirs])
    history.write()
    assert of(kept_is_replayed(history, START + 9 * H), ONE)["resolution"] == ("breached_running", 9 * H)


def test_a_commit_a_merge_brought_in_is_no_moment_of_the_desk(history: History) -> None:
    theirs = side(history, ":2")
    files = {ONE: text_of(ONE, [said(START + H)], status="resolved")}
    history.commit(START + 5 * H, files, parents=[":2", theirs])
    ids = history.write()
    with pytest.raises(UsageError, match="never was the tip"):
        history.rows(START + 9 * H, as_of=ids[theirs])


def test_imported_tickets_keep_their_times_when_a_merge_brings_them_in(history: History) -> None:
    message = "Import\n\nGitdesk-Source: zendesk:1\n"
    created = START - 100 * H
    one = history.commit(
        created, {TWO: text_of(TWO, created=created)}, parents=[":1"], branch="old", message=message
    )
    files = {TWO: text_of(TWO, [said(created + H)], created=created, status="resolved")}
    theirs = history.commit(created + 2 * H, files, parents=[one], branch="old", message=message)
    history.commit(START + H, files, parents=[":2", theirs], message="Merge the import")
    history.write()
    assert of(kept_is_replayed(history, START + 9 * H), TWO)["resolution"] == ("met", 2 * H)


# ---- versions of the promises


def test_a_cycle_keeps_the_version_it_started_under(history: History) -> None:
    history.commit(START + H, {"gitdesk.yaml": config(STRICT)})
    history.commit(START + 2 * H, {TWO: text_of(TWO, created=START + 2 * H)})
    ids = history.write()
    rows = kept_is_replayed(history, START + 9 * H)
    assert {row.commit for row in rows} == {
        ids[":1"],
        ids[":3"],
    }
    targets = {(row.ticket, row.metric): row.target for row in rows}
    assert targets[ONE, "resolution"] == 8 * H
    assert targets[TWO, "resolution"] == 4 * H


@pytest.mark.parametrize(
    ("approved", "role", "by", "target"),
    [
        ("", "lead", IVA, 8 * H),
        (f"Approved-by: {IVA}\n", "lead", IVA, 8 * H),  # one's own word, where another could have given it
        (f"Approved-by: {MARKO}\n", "lead", IVA, 4 * H),
        (f"Approved-by: {MARKO}\n", "nothing", IVA, 8 * H),  # who may not configure the desk
        (f"Approved-by: {IVA}\n", "nothing", IVA, 4 * H),  # the only one who may
        (f"Approved-by: {ANA}\n", "lead", IVA, 8 * H),
    ],
)
def test_running_clocks_change_over_where_somebody_else_who_may_approves(
    tmp_path: Path, approved: str, role: str, by: str, target: int
) -> None:
    history = History(tmp_path / "desk")
    base = CONFIG.replace("    - {name: lead", "    - {name: nothing}\n    - {name: lead")
    first = config(role=role).replace(
        CONFIG.replace("ROLE", role).encode(), base.replace("ROLE", role).encode()
    )
    history.commit(START - 24 * H, {"gitdesk.yaml": first})
    history.commit(START, {ONE: text_of(ONE)})
    then = first.replace(b"resolution: 8h", b"resolution: 4h")
    history.commit(START + H, {"gitdesk.yaml": then}, message=_REBASE + approved, by=by)
    history.write()
    rows = kept_is_replayed(history, START + 2 * H)
    assert {row.target for row in rows if row.metric == "resolution"} == {target}
    with history.desk(START + 2 * H) as desk:
        assert bool(clocks.told(desk, ONE).ignored) is (target == 8 * H)


def test_a_configuration_nobody_could_read_was_never_in_force(history: History) -> None:
    history.commit(START + H, {"gitdesk.yaml": b"desk: ["})
    history.commit(START + 2 * H, {TWO: text_of(TWO, created=START + 2 * H)})
    history.commit(START + 3 * H, {"gitdesk.yaml": config(STRICT)})
    history.commit(START + 4 * H, {THREE: text_of(THREE, created=START + 4 * H)})
    history.write()
    rows = kept_is_replayed(history, START + 5 * H)
    targets = {row.ticket: row.target for row in rows if row.metric == "resolution"}
    assert targets == {ONE: 8 * H, TWO: 8 * H, THREE: 4 * H}


def test_policies_that_are_switched_off_and_on_leave_running_clocks_alone(history: History) -> None:
    history.commit(START + H, {"gitdesk.yaml": config(policies=False)})
    history.commit(START + 2 * H, {TWO: text_of(TWO, created=START + 2 * H)})
    ids = history.write()
    with history.desk(START + 3 * H) as desk:
        assert [row[0] for row in desk.find("", columns=("sla",)).rows] == [None, None]
    history.commit(START + 4 * H, {"gitdesk.yaml": config(STRICT)})
    history.commit(START + 5 * H, {THREE: text_of(THREE, created=START + 5 * H)})
    history.write()
    rows = kept_is_replayed(history, START + 6 * H)
    states = {row.ticket: (row.state, row.target) for row in rows if row.metric == "resolution"}
    assert states == {ONE: ("running", 8 * H), TWO: ("n/a", None), THREE: ("running", 4 * H)}
    assert len({row.commit for row in rows if row.ticket == ONE} & set(ids.values())) == 1


def test_a_desk_that_promises_nothing_answers_with_no_clock(tmp_path: Path) -> None:
    history = History(tmp_path / "desk")
    history.commit(START - H, {"gitdesk.yaml": config(policies=False)})
    history.commit(START, {ONE: text_of(ONE)})
    history.write()
    assert {row.state for row in kept_is_replayed(history, START + H)} == {"n/a"}
    with history.desk(START + H) as desk:
        assert desk.show(ONE).clocks == ()


# ---- what is cut off


def test_a_shallow_clone_says_that_it_does_not_know_the_beginning(history: History, tmp_path: Path) -> None:
    history.commit(START + 3 * H, {ONE: text_of(ONE, [said(START + H)])})
    history.commit(START + 4 * H, {TWO: text_of(TWO, created=START + 4 * H)})
    history.write()
    whole = history.rows(START + 5 * H)
    assert not any("shallow" in line for row in whole for line in row.remarks)
    clone = tmp_path / "clone"
    words = ["git", "clone", "-q", "--depth", "1", f"file://{history.path}", str(clone)]
    subprocess.run(words, check=True, capture_output=True)
    cut = History.__new__(History)
    cut.path = clone
    rows = cut.rows(START + 5 * H)
    assert all(any("shallow" in line for line in row.remarks) for row in rows)
    cut.git("fetch", "-q", "--unshallow")
    assert cut.rows(START + 5 * H) == whole


def test_a_list_knows_the_clocks_again_after_a_way_there_and_back(history: History) -> None:
    history.commit(START + H, {ONE: text_of(ONE, priority="high")})
    ids = history.write()

    def listed() -> list[tuple[object, ...]]:
        with history.desk(START + 2 * H) as desk:
            return list(desk.find("", columns=("id", "sla", "due", "sla_metric")).rows)

    history.git("update-ref", "refs/heads/main", ids[":2"])
    before = listed()
    assert before[0][1] == "breached_running"
    history.git("update-ref", "refs/heads/main", "refs/all/tip")
    with history.desk(START + 2 * H) as desk:
        list(desk.search("Help"))  # brings the index there and asks for no clock
    history.git("update-ref", "refs/heads/main", ids[":2"])
    assert listed() == before


def test_a_time_of_creation_that_is_put_right_later_is_another_one_only_from_then_on(
    history: History,
) -> None:
    history.commit(START + 3 * H, {ONE: text_of(ONE, created=START - 2 * H)})
    history.write()
    now = START + 4 * H
    assert of(kept_is_replayed(history, now), ONE)["resolution"] == ("running", 6 * H)
    assert of(history.rows(now, as_of=stamp(START + H)), ONE)["resolution"] == ("running", H)
    with history.desk(now) as desk:
        (*_, told) = clocks.told(desk, ONE, stamp(START + H)).cycles
    assert told.elapsed == H
