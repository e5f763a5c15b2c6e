"""Lives on real histories: what the index keeps is what a replay finds, now and as of any moment; and who did what."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gitdesk.desk.lives import lived
from gitdesk.domain.life import Life
from gitdesk.reports.audit import AuditReport
from gitdesk.reports.lead import Scope
from gitdesk.reports.period import Period

from .branches import ANA, IVA, MARKO, ONE, START, THREE, TWO, H, History, config, said, text_of

NOW = START + 100 * H


def plain(life: Life) -> dict[str, Any]:
    names = ("ticket", "created", "turns", "holders", "first", "asked", "replies")
    told = {name: getattr(life, name) for name in names}
    lists = {
        name: [list(one) for one in value] for name, value in told.items() if isinstance(value, list | tuple)
    }
    header = {key: value for key, value in life.header.items() if key not in ("tags", "fields")}
    return {**told, **lists, "header": header}


def lives(history: History, now: int = NOW, **asked: Any) -> list[dict[str, Any]]:
    with history.desk(now) as desk:
        found = lived(desk, **asked)
        return sorted((plain(one) for one in found.lives), key=lambda one: one["ticket"])


def desk(path: Path) -> History:
    made = History(path / "desk")
    made.commit(START - 24 * H, {"gitdesk.yaml": config()})
    return made


def story(path: Path) -> tuple[History, str]:
    """Three tickets: one resolved and reopened, one that came by a merge, one deleted; and the last commit's mark."""
    history = desk(path)
    first = said(START + 2 * H)
    history.commit(START, {ONE: text_of(ONE)})
    history.commit(START + 2 * H, {ONE: text_of(ONE, [first], status="waiting", assignee="iva")})
    base = history.commit(START + 3 * H, {THREE: text_of(THREE, created=START + 3 * H)})
    side = history.commit(
        START + 4 * H, {TWO: text_of(TWO, created=START + 4 * H)}, parents=[base], branch="side", by=MARKO
    )
    side = history.commit(
        START + 5 * H, {TWO: text_of(TWO, created=START + 4 * H, status="resolved")}, parents=[side], branch="side",
        by=MARKO,
    )  # fmt: skip
    main = history.commit(
        START + 6 * H,
        {ONE: text_of(ONE, [first, said(START + 6 * H, "customer", ANA)], status="waiting", assignee="iva")},
        parents=[base],
    )
    history.commit(
        START + 8 * H, {TWO: text_of(TWO, created=START + 4 * H, status="resolved")}, parents=[main, side],
        message="Merge side\n\nApproved-by: Marko Babić <marko@acme.example>",
    )  # fmt: skip
    messages = [first, said(START + 6 * H, "customer", ANA), said(START + 9 * H)]
    history.commit(START + 9 * H, {ONE: text_of(ONE, messages, status="resolved", assignee="iva")})
    history.commit(START + 20 * H, {ONE: text_of(ONE, messages, status="open", assignee="marko")})
    last = history.commit(START + 30 * H, {THREE: None})
    return history, last


def test_what_the_index_keeps_is_what_a_replay_finds(tmp_path: Path) -> None:
    history, last = story(tmp_path)
    tip = history.write()[last]
    kept = lives(history)
    assert kept == lives(history, as_of=tip)
    assert [one["ticket"] for one in kept] == [ONE, TWO]
    one, two = kept
    assert one["first"] == START + 2 * H
    assert one["asked"] == [[START + 6 * H, START + 9 * H, True]]
    assert one["turns"] == [
        [START, "new"], [START + 2 * H, "waiting"], [START + 6 * H, "open"], [START + 9 * H, "resolved"],
        [START + 20 * H, "open"],
    ]  # fmt: skip
    # What the merge brought in counts when it was merged: there it came resolved.
    assert two["turns"] == [[START + 4 * H, "resolved"]]


def test_lives_that_go_on_are_those_of_a_desk_that_is_looked_at_for_the_first_time(tmp_path: Path) -> None:
    history, _ = story(tmp_path)
    history.write()
    lives(history)
    history.commit(START + 40 * H, {TWO: text_of(TWO, created=START + 4 * H, status="open")})
    history.write()
    went_on = lives(history)
    history.forget()
    assert went_on == lives(history)
    assert [two["turns"][-1] for two in went_on if two["ticket"] == TWO] == [[START + 40 * H, "open"]]


def test_as_of_a_moment_is_what_was_told_when_it_was_now(tmp_path: Path) -> None:
    history, _ = story(tmp_path)
    commits = history.write()
    with history.desk(NOW) as desk:
        line = desk.repo.run("rev-list", "--first-parent", "main").decode().split()
    tips = {mark: at for mark, at in history.times.items() if commits[mark] in line}
    assert len(tips) == len(line)
    for mark, at in tips.items():
        later = lives(history, as_of=commits[mark])
        history.git("update-ref", "refs/heads/then", commits[mark])
        then = History(tmp_path / f"then{at}")
        then.git("fetch", "-q", str(history.path), "then")
        then.git("update-ref", "refs/heads/main", "FETCH_HEAD")
        assert later == lives(then, at), mark


def test_a_desk_without_policies_has_lives_too_and_lists_do_not_lose_them(tmp_path: Path) -> None:
    history = History(tmp_path / "desk")
    history.commit(START - H, {"gitdesk.yaml": config(policies=False)})
    history.commit(START, {ONE: text_of(ONE)})
    history.write()
    found = lives(history)
    with history.desk(NOW) as desk:
        desk.find("", columns=("id",))
        assert desk.index.lives_tip == desk.tip
        assert desk.index.clocks_tip is None
    assert found == lives(history)


def test_another_meaning_of_a_status_holds_from_its_place_in_history_on(tmp_path: Path) -> None:
    history = History(tmp_path / "desk")
    history.commit(START - H, {"gitdesk.yaml": config(policies=False)})
    history.commit(START, {ONE: text_of(ONE)})
    history.commit(START + H, {ONE: text_of(ONE, status="waiting")})
    history.write()
    assert lives(history)[0]["turns"] == [[START, "new"], [START + H, "waiting"]]
    other = config(policies=False).replace(
        b"{name: waiting, category: waiting}", b"{name: waiting, category: external}"
    )
    history.commit(START + 2 * H, {"gitdesk.yaml": other})
    history.commit(START + 3 * H, {TWO: text_of(TWO, created=START + 3 * H, status="waiting")})
    history.write()
    assert [one["turns"][-1][1] for one in lives(history)] == ["waiting", "external"]
    history.forget()
    assert [one["turns"][-1][1] for one in lives(history)] == ["waiting", "external"]


def test_a_ticket_dated_after_now_is_not_there_yet_and_a_later_step_not_yet_taken(tmp_path: Path) -> None:
    history = desk(tmp_path)
    history.commit(START, {ONE: text_of(ONE), TWO: text_of(TWO, created=START + 50 * H)})
    history.commit(START + 30 * H, {ONE: text_of(ONE, status="resolved")})
    history.write()
    assert [(one["ticket"], len(one["turns"])) for one in lives(history, START + 10 * H)] == [(ONE, 1)]
    assert [(one["ticket"], len(one["turns"])) for one in lives(history)] == [(ONE, 2), (TWO, 1)]


def test_a_query_selects_and_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    history, _ = story(tmp_path)
    history.commit(START + 50 * H, {THREE: b"not a ticket"})
    history.write()
    assert [one["ticket"] for one in lives(history, query="status:open")] == [ONE]
    with history.desk(NOW) as desk:
        assert len(lived(desk).problems) == 1


# ---- who did what


def audit(history: History, now: int = NOW, **parts: Any) -> AuditReport:
    with history.desk(now) as desk:
        asked = {name: parts.pop(name) for name in ("query", "as_of") if name in parts}
        report = AuditReport(lived(desk, **asked), Scope(**parts), desk=desk)
        report.found = list(report.items())  # type: ignore[attr-defined]
        return report


def found(report: AuditReport, section: str) -> list[dict[str, Any]]:
    return [row for row in report.found if row["section"] == section]  # type: ignore[attr-defined]


def test_actions_are_counted_by_author_and_kind(tmp_path: Path) -> None:
    history, _ = story(tmp_path)
    history.write()
    actions = {(row["person"], row["kind"]): row["count"] for row in found(audit(history), "action")}
    assert actions == {
        ("iva", "config"): 1,
        ("iva", "created"): 2,  # ONE and THREE
        ("iva", "status"): 3,  # ONE: waiting, resolved, open
        ("iva", "assignee"): 2,
        ("iva", "reply"): 2,
        ("iva", "customer"): 1,
        ("iva", "deleted"): 1,
        ("marko", "created"): 1,
        ("marko", "status"): 1,
    }


def test_approvals_name_who_approved_whose_and_which_tickets(tmp_path: Path) -> None:
    history, _ = story(tmp_path)
    approve = "approve\n\nGitdesk-Approves: sha256:00 tickets/7K/AC-7K3QX4M2.md"
    history.commit(START + 31 * H, {}, by=MARKO, message=approve)
    history.write()
    rows = [
        (row["person"], row["other"], row["kind"], row["ticket"]) for row in found(audit(history), "approval")
    ]
    assert rows == [("marko", "iva", "approved", TWO), ("marko", None, "approved, unsigned", ONE)]
    assert [row["ticket"] for row in found(audit(history, query="status:resolved"), "approval")] == [TWO]


def test_an_approval_counts_once_and_a_rejection_is_none(tmp_path: Path) -> None:
    history, _ = story(tmp_path)
    where = "sha256:00 tickets/7K/AC-7K3QX4M2.md"

    def say(at: int, *trailers: str, by: tuple[str, str] = MARKO) -> None:
        history.commit(START + at * H, {}, by=by, message="say\n\n" + "\n".join(trailers))

    say(31, f"Gitdesk-Approves: {where}")
    say(32, f"Gitdesk-Rejects: {where}", by=IVA)
    say(33, f"Gitdesk-Withdraws: {where}", by=IVA)
    landing = "Land\n\nApproved-by: Marko Babić <marko@acme.example>, Vera <vera@site.example>"
    history.commit(START + 34 * H, {ONE: text_of(ONE, [said(START + 2 * H)])}, message=landing)
    history.commit(START + 35 * H, {ONE: text_of(ONE, [said(START + 2 * H)], status="open")}, message=landing)
    history.write()
    report = audit(history)
    rows = [(row["person"], row["kind"], row["commit"]) for row in found(report, "approval")]
    assert [(person, kind) for person, kind, _ in rows] == [
        ("marko", "approved"),  # of TWO, named by its merge alone
        ("marko", "approved, unsigned"),
        ("iva", "rejected, unsigned"),
        ("iva", "withdrawn, unsigned"),
        ("Vera <vera@site.example>", "approved"),  # Marko has said it in a commit
        ("marko", "approved"),  # once more, and in no commit of his
        ("Vera <vera@site.example>", "approved"),
    ]
    told = report.summary()
    assert (told["approvals"], told["rejections"], told["withdrawals"]) == (5, 1, 1)
    later = audit(history, period=Period(start=datetime.fromtimestamp(START + 33 * H, UTC)))
    assert [row["person"] for row in found(later, "approval")] == [
        "iva", "Vera <vera@site.example>", "marko", "Vera <vera@site.example>",
    ]  # fmt: skip


def test_hand_edits_behalf_late_entries_and_corrections_are_told(tmp_path: Path) -> None:
    history = desk(tmp_path)
    early = said(START + H, text="told by phone")
    history.commit(START, {ONE: text_of(ONE, [said(START - H)])}, message=f"{ONE}: created")
    history.commit(
        START + 4 * H, {ONE: text_of(ONE, [said(START - H), early])},
        message=f"{ONE}: reply\n\nOn-behalf-of: Marko Babić <marko@acme.example>",
    )  # fmt: skip
    history.commit(START + 5 * H, {ONE: text_of(ONE, [said(START - H), early.replace("phone", "mail")])})
    history.commit(START + 6 * H, {ONE: None}, by=MARKO)
    history.write()
    report = audit(history)
    assert [(row["person"], row["other"], row["count"]) for row in found(report, "on_behalf")] == [
        ("iva", "marko", 1)
    ]
    # The message that came with the ticket is no late one.
    assert [(row["ticket"], row["kind"], row["seconds"]) for row in found(report, "late")] == [
        (ONE, "reply", 3 * H)
    ]
    assert [(row["person"], row["kind"]) for row in found(report, "correction")] == [
        ("iva", "message-changed"), ("marko", "deleted"),
    ]  # fmt: skip
    told = report.plain()
    assert (told["commits"], told["on_tickets"], told["by_hand"], told["unsigned"]) == (5, 4, 2, 5)
    assert (told["by_hand_share"], told["unsigned_share"], told["tickets"]) == (0.5, 1.0, 1)


def test_late_commits_and_late_messages_are_told_in_the_order_of_their_coming(tmp_path: Path) -> None:
    history = desk(tmp_path)
    history.commit(START, {ONE: text_of(ONE)})
    history.commit(START + 30 * H, {ONE: text_of(ONE, status="waiting")}, written=START)
    history.commit(START + 31 * H, {ONE: text_of(ONE, status="open")}, written=START + 31 * H - 86_400)
    history.commit(START + 32 * H, {ONE: text_of(ONE, [said(START + H)], status="open")})
    history.commit(START + 90 * H, {ONE: text_of(ONE, [said(START + H)], status="waiting")}, written=START)
    history.commit(START + 91 * H, {}, written=START)  # nothing of the desk
    history.write()
    report = audit(history)
    assert [(row["kind"], row["ticket"], row["seconds"]) for row in found(report, "late")] == [
        ("commit", None, 30 * H), ("reply", ONE, 31 * H), ("commit", None, 90 * H),
    ]  # fmt: skip
    [shown] = [block for block in report.blocks(brief=False) if getattr(block, "title", "") == "Late entries"]
    assert [row[0] for row in shown.rows] == sorted((row[0] for row in shown.rows), reverse=True)


def test_actions_by_the_week_and_by_group_add_up_to_all(tmp_path: Path) -> None:
    history, _ = story(tmp_path)
    history.write()
    whole = sum(row["count"] for row in found(audit(history), "action"))
    weeks = found(audit(history, unit="day"), "action")
    assert (
        len({row["bucket"] for row in weeks}) == 3
    )  # the day before the first ticket has the desk's beginning
    assert sum(row["count"] for row in weeks) == whole
    assert sum(row["count"] for row in found(audit(history, by="channel"), "action")) == whole


@pytest.mark.parametrize("hours", [0, 5, 8, 25])
def test_an_audit_as_of_a_moment_ends_there(tmp_path: Path, hours: int) -> None:
    from datetime import UTC, datetime

    history, _ = story(tmp_path)
    history.write()
    at = datetime.fromtimestamp(START + hours * H, UTC).isoformat()[:19] + "Z"
    report = audit(history, as_of=at)
    actions = found(report, "action")
    assert max(row["last"] for row in actions) <= at
    # What the side branch has counts only once it is merged.
    assert {row["person"] for row in actions} == ({"iva"} if hours < 8 else {"iva", "marko"})


@pytest.mark.parametrize("name", ["volume", "workload", "times", "tags", "audit"])
def test_a_report_of_a_shallow_clone_says_that_it_does_not_know_what_was_before(
    name: str, tmp_path: Path
) -> None:
    history, _ = story(tmp_path)
    history.write()
    clone = tmp_path / "clone"
    words = ["git", "clone", "-q", "--depth", "1", f"file://{history.path}", str(clone)]
    subprocess.run(words, check=True, capture_output=True)

    def report(folder: Path, *format_: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "gitdesk", "-C", str(folder), "report", name, *format_]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    said = "this clone is shallow: what happened before is not known"
    told = report(clone, "--format", "csv")
    assert (told.returncode, told.stderr) == (0, f"warning: {said}\nhint: git fetch --unshallow\n")
    assert said in report(clone).stdout
    assert json.loads(report(clone, "--json").stdout)["summary"]["remarks"] == [said]
    whole = report(history.path, "--json")
    assert (whole.stderr, json.loads(whole.stdout)["summary"]["remarks"]) == ("", [])
