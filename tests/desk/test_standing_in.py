"""A gitdesk.yaml that cannot be used: who reads goes by the last one that can, who writes is told where it is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitdesk.cli.table import COMMANDS, LOOK
from gitdesk.desk import Desk, Why, standing_in
from gitdesk.desk.completing import offers
from gitdesk.desk.health import examine
from gitdesk.desk.plan import Step
from gitdesk.desk.standing_in import StandIn
from gitdesk.desk.terms import Book
from gitdesk.domain.edit import Assign
from gitdesk.errors import Unreadable
from gitdesk.lazy import load
from gitdesk.store import config_file

from .conftest import Place, silent

GOOD, BAD = "      category: new\n", "      category: nwe\n"


@pytest.fixture
def desk_file(place: Place) -> Path:
    """Returns the gitdesk.yaml of a desk on main with one new ticket, and no hook in the way."""
    place.new()
    place.git("config", "core.hooksPath", "/dev/null")
    place.git("branch", "-M", "main")
    file = place.path / "gitdesk.yaml"
    assert GOOD in file.read_text()
    return file


def commit(place: Place, file: Path, old: str, new: str, at: str = "2026-11-22T10:00:00+01:00") -> str:
    """Replaces a text in a file and commits it; returns the commit."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    place.environ.update(GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=at)
    place.git("commit", "-qam", "by hand")
    return head(place)


def head(place: Place) -> str:
    """Returns the last commit."""
    return place.git("rev-parse", "HEAD").strip()


def reading(place: Place) -> tuple[Desk, list[StandIn]]:
    """Returns the desk as commands that read open it, and what stood in."""
    told: list[StandIn] = []
    desk = place.open()
    desk.on_stand_in = told.append
    return desk, told


def categories(desk: Desk) -> list[str]:
    """Returns the categories of all tickets as the index has them."""
    return [row[0] for row in desk.sql("SELECT category FROM tickets ORDER BY 1")[1]]


def test_who_reads_goes_by_the_last_version_that_can_be_used(place: Place, desk_file: Path) -> None:
    last = commit(place, desk_file, "name: acme", "name: Acme", at="2026-11-21T09:30:00+01:00")
    commit(place, desk_file, GOOD, BAD)
    desk, told = reading(place)
    with desk:
        assert (desk.config.name, desk.config_commit) == ("Acme", last)
        assert [found.commit for found in told] == [last]
        line = 1 + desk_file.read_text().split("\n").index(BAD.strip("\n"))
        assert told[0].refusal.startswith(f"gitdesk.yaml:{line}:")
        assert ' C004 unknown category "nwe"' in told[0].refusal
        assert told[0].source == f"commit {last[:10]} (2026-11-21 08:30 UTC)"
        assert categories(desk) == ["new"]
        assert len(list(desk.find("is:new", columns=("id", "category")).rows)) == 1
        assert [name for name, _ in offers(desk.config, "status", "new")] == ["new"]


def test_who_writes_is_told_where_it_is_wrong(place: Place, desk_file: Path) -> None:
    commit(place, desk_file, GOOD, BAD)
    desk, _ = reading(place)
    with desk:
        [ticket] = desk.select("is:new")
        with pytest.raises(Unreadable, match="unknown category") as refused:
            desk.change([Step(ticket_id=ticket, edit=Assign(assignee="iva"))], Why())
    assert str(refused.value.place).startswith("gitdesk.yaml:")
    assert refused.value.hint


def test_any_number_of_versions_that_cannot_be_used_are_passed_over(place: Place, desk_file: Path) -> None:
    last = head(place)
    commit(place, desk_file, GOOD, BAD)
    commit(place, desk_file, "priorities:", "prioritees:")
    (place.path / "notes.txt").write_text("not of the desk\n")
    place.git("add", "--all")
    place.git("commit", "-qm", "something else")
    desk, [*told] = reading(place)
    with desk:
        assert desk.config_commit == last
        assert told == []


def test_a_version_that_was_removed_and_came_back_broken_has_one_before_it(
    place: Place, desk_file: Path
) -> None:
    last = head(place)
    text = desk_file.read_text()
    place.git("rm", "-q", "gitdesk.yaml")
    place.git("commit", "-qm", "gone")
    desk_file.write_text(text.replace(GOOD, BAD))
    place.git("add", "--all")
    place.git("commit", "-qm", "back")
    desk, _ = reading(place)
    with desk:
        assert desk.config_commit == last


def test_a_merge_is_looked_back_from_along_its_own_line(place: Place, desk_file: Path) -> None:
    place.git("switch", "-qc", "side")
    commit(place, desk_file, "name: acme", "name: Side")
    place.git("switch", "-q", "main")
    last = commit(place, desk_file, "priority: normal", "priority: high")
    place.git("merge", "-q", "--no-ff", "--no-commit", "side")
    commit(place, desk_file, GOOD, BAD)
    desk, _ = reading(place)
    with desk:
        assert (desk.config.name, desk.config_commit) == ("acme", last)


def test_where_there_never_was_one_it_is_an_error_as_ever(place: Place, desk_file: Path) -> None:
    text = desk_file.read_text().replace(GOOD, BAD)
    place.git("checkout", "-q", "--orphan", "other")
    desk_file.write_text(text)
    place.git("commit", "-qam", "born broken")
    desk, told = reading(place)
    with desk, pytest.raises(Unreadable, match="unknown category"):
        _ = desk.config
    assert told == []
    done = place.gitdesk("list")
    assert (done.returncode, done.stdout) == (5, "")
    assert (
        place.gitdesk("sql", "select count(*) from tickets").returncode == 0
    )  # as ever: it asks the index alone


def test_a_shallow_clone_that_does_not_reach_back_has_none(
    place: Place, desk_file: Path, tmp_path: Path
) -> None:
    commit(place, desk_file, GOOD, BAD)
    clone = tmp_path / "clone"
    place.git("clone", "-q", "--depth=1", f"file://{place.path}", str(clone))
    desk, _ = reading(Place(clone, place.environ))
    with desk, pytest.raises(Unreadable):
        _ = desk.config


def test_a_clone_that_lacks_the_file_is_not_helped_over_it(place: Place, desk_file: Path) -> None:
    place.git("update-index", "--cacheinfo", f"100644,{'12' * 20},gitdesk.yaml")
    tree = place.git("write-tree", "--missing-ok").strip()
    place.git("reset", "-q", "--soft", place.git("commit-tree", tree, "-p", "HEAD", "-m", "lost").strip())
    desk, told = reading(place)
    with desk, pytest.raises(Unreadable, match="is not in this clone"):
        _ = desk.config
    assert told == []


def test_what_stands_in_is_looked_for_once(
    place: Place, desk_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = head(place)
    commit(place, desk_file, GOOD, BAD)
    assert place.gitdesk("list").returncode == 0
    monkeypatch.setattr(config_file, "parse_config", None)
    monkeypatch.setattr(standing_in, "_search", None)
    desk, told = reading(place)
    with desk:
        assert desk.config_commit == last
    assert [found.at for found in told] == [
        datetime.fromisoformat(place.git("log", "-1", "--format=%cI", last).strip())
    ]
    assert told[0].at is not None
    assert told[0].at.tzinfo == UTC


@pytest.mark.parametrize("text", ["", "{}", '{"commit": "x", "at": 1e99, "refusal": ""}', '{"commit": 7'])
def test_a_damaged_note_of_what_stands_in_is_passed_over(place: Place, desk_file: Path, text: str) -> None:
    last = head(place)
    commit(place, desk_file, GOOD, BAD)
    place.gitdesk("list")
    kept = place.path / ".git" / "gitdesk" / "stand-in.json"
    kept.write_text(kept.read_text().split("\n")[0] + f"\n{text}")
    desk, [*_] = reading(place)
    with desk:
        assert desk.config_commit == last


def test_the_index_goes_by_what_stands_in_however_it_got_there(place: Place, desk_file: Path) -> None:
    place.new("Second", status="on-hold")
    commit(place, desk_file, GOOD, BAD)
    with place.open() as desk:
        assert categories(desk) == ["external", "new"]  # the index is the same for who writes
    broken = desk_file.read_text()
    commit(place, desk_file, BAD, GOOD)
    commit(place, desk_file, "      category: external\n", "      category: waiting\n")
    desk_file.write_text(broken)
    place.git("commit", "-qam", "the same file as three commits ago, and another one stands in for it")
    with place.open() as desk:
        advanced = categories(desk)
    shutil.rmtree(place.path / ".git" / "gitdesk" / "index")
    with place.open() as desk:
        assert categories(desk) == advanced == ["new", "waiting"]


def test_clocks_and_commands_go_by_the_same_version(place: Place, desk_file: Path) -> None:
    commit(place, desk_file, "    # holidays:", "    holidays: {country: HR}\n    # holidays:")
    folder = place.path / "calendars"
    folder.mkdir()
    holidays = "country: HR\nyears: [2026, 2027]\nholidays:\n  2026-11-23: Closed\n"
    (folder / "HR.yaml").write_text(holidays)
    place.git("add", "--all")
    place.git("commit", "-qm", "holidays")
    last = head(place)
    with place.open() as desk:
        before = list(desk.find("is:new", columns=("id", "due")).rows)
        assert before[0][1]
    (folder / "HR.yaml").write_text(holidays.replace("11-23", "11-24"))
    commit(place, desk_file, GOOD, BAD)
    desk, _ = reading(place)
    with desk:
        assert list(desk.find("is:new", columns=("id", "due")).rows) == before
        assert desk.config_commit == last
        from gitdesk.desk.calendars import calendar
        from gitdesk.desk.clock_index import with_clocks

        terms = Book(desk, with_clocks(desk).clock_rows())[-1]
        assert terms.commit == last
        noon = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())
        assert [one.is_open(noon) for one in (terms.calendars["office"], calendar(desk, "office"))] == [
            False
        ] * 2


def test_commands_that_read_warn_once_and_leave_standard_output_alone(place: Place, desk_file: Path) -> None:
    ticket = place.new("Second", status="new")
    last = head(place)
    promised = {words: place.gitdesk(*words).stdout for words in READ}
    commit(place, desk_file, GOOD, BAD)
    for words in READ:
        done = place.gitdesk(*(ticket if word == "ID" else word for word in words))
        assert done.returncode == 0, (words, done.stderr)
        assert done.stderr.count("warning: ") == 1, words
        assert f"commit {last[:10]} (" in done.stderr
        assert "gitdesk.yaml:" in done.stderr
        assert " C004 " in done.stderr
        if "--json" in words:
            assert json.loads(done.stdout)["schema"]
        if words in (("list", "-q"), ("list", "--json"), ("calendar", "list", "--json")):
            assert done.stdout == promised[words]


READ = (
    ("list",), ("list", "-q"), ("list", "--json"), ("list", "is:new", "--at", "HEAD~1", "--json"),
    ("next", "--json"), ("show", "ID", "--json"), ("search", "second", "--json"), ("log", "--json"),
    ("log", "ID"), ("sql", "select id, category from tickets", "--json"), ("export", "jsonl"), ("export", "csv"),
    ("sla", "status", "--json"), ("sla", "policies", "--json"), ("sla", "report", "--json"), ("sla", "explain", "ID"),
    ("calendar", "list", "--json"),
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("new", "x", "-m", "y"), ("reply", "ID", "-m", "x"), ("note", "ID", "-m", "x"), ("assign", "ID", "me"),
        ("tag", "ID", "+x"), ("set", "ID", "priority=high"), ("move", "ID", "open"), ("start", "ID"),
        ("edit", "ID", "-F", "gitdesk.yaml"), ("next", "--take"), ("link", "ID", "relates", "ID"),
        ("attach", "ID", "gitdesk.yaml"), ("calendar", "refresh"), ("set", "ID", "priority=high", "--dry-run"),
    ],
)  # fmt: skip
def test_commands_that_write_are_refused_with_the_place(
    place: Place, desk_file: Path, words: tuple[str, ...]
) -> None:
    ticket = next((place.path / "tickets").rglob("*.md")).stem
    commit(place, desk_file, GOOD, BAD)
    before = head(place)
    done = place.gitdesk(*(ticket if word == "ID" else word for word in words))
    assert (done.returncode, done.stdout) == (5, ""), done.stderr
    assert done.stderr.startswith("error: gitdesk.yaml:")
    assert "hint: " in done.stderr
    assert "warning" not in done.stderr
    assert head(place) == before


def test_doctor_names_the_place_and_what_is_used_instead(place: Place, desk_file: Path) -> None:
    last = head(place)
    commit(place, desk_file, GOOD, BAD)
    findings = {one.name: one for one in examine(str(place.path), place.environ, silent, rebuild_index=False)}
    assert findings["gitdesk.yaml"].state == "error"
    assert " C004 " in findings["gitdesk.yaml"].detail
    assert last[:10] in findings["gitdesk.yaml"].detail
    assert f"git diff {last[:10]} -- gitdesk.yaml" in (findings["gitdesk.yaml"].hint or "")
    assert findings["identity"].state == "ok"
    assert findings["tickets"].state == "ok"


def test_check_tells_what_is_wrong_and_what_is_used_instead(place: Place, desk_file: Path) -> None:
    last = head(place)
    commit(place, desk_file, GOOD, BAD)
    done = place.gitdesk("check", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["items"][0]["code"] == "C004"
    assert f"commands that read go by that of commit {last[:10]} (" in done.stderr
    commit(place, desk_file, BAD, GOOD)
    assert "that read" not in place.gitdesk("check").stderr


def test_completion_goes_on_without_a_word(place: Place, desk_file: Path) -> None:
    commit(place, desk_file, GOOD, BAD)
    environ = {
        "_GITDESK_COMPLETE": "fish_complete",
        "COMP_WORDS": "gitdesk list status:n",
        "COMP_CWORD": "status:n",
    }
    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "gitdesk")],
        cwd=place.path,
        env={**place.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "status:new" in done.stdout
    assert done.stderr == ""


def test_every_command_that_changes_nothing_goes_on() -> None:
    commands = {row.name: (row.section, load(row.target)) for row in COMMANDS}
    writing = {
        name for name, (_, one) in commands.items() if any(each.name == "dry_run" for each in one.params)
    }
    looking = {name for name, (section, _) in commands.items() if section == LOOK}
    reading = {name for name, (_, one) in commands.items() if one.reads}
    assert reading == looking - writing | {
        "list",
        "next",
        "show",
        "export",
        "status",
        "review",
        "codeowners",
    }  # next: as long as it takes nothing
