"""`gitdesk import` as it is called: every event a commit, or nothing at all."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from importing import NOW, Desk, event, history, ticket, with_zones

from gitdesk import resources
from gitdesk.domain.format import path_of
from gitdesk.domain.import_map import ImportMap, Names
from gitdesk.domain.rendition import line
from gitdesk.importers import growth
from gitdesk.importers.identities import id_from
from gitdesk.importers.run import Import
from gitdesk.store import config_file, config_growth, fast_import, switch


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITDESK_NOW", NOW)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk without tickets."""
    path = tmp_path / "desk"
    path.mkdir()
    made = Desk(path, capsys)
    assert made.run("init", "--prefix", "GD", "--name", "Acme").code == 0
    return made


def validated(report: dict[str, Any]) -> dict[str, Any]:
    schema = json.loads(resources.read("schema", "output.schema.json"))
    jsonschema.Draft7Validator(schema).validate(
        {"schema": "gitdesk.output/1", "kind": "import", "items": [report]}
    )
    return report


def test_every_event_is_a_commit_in_the_order_of_time_with_its_author_and_date(desk: Desk) -> None:
    start = desk.tip()
    report = validated(desk.bring(history()).report)
    told = [" ".join(line.split(" ")[:3]) for line in desk.trail(first=start)]
    assert told == [
        "Ana Horvat 2026-01-01T09:00:00+00:00",
        "Marko Babić 2026-01-02T09:00:00+00:00",
        "Ana Horvat 2026-01-02T12:00:00+00:00",
        "Ana Horvat 2026-01-03T09:00:00+00:00",
        "Marko Babić 2026-01-04T09:00:00+00:00",
        "Ana Horvat 2026-01-05T09:00:00+00:00",
        "Marko Babić 2026-01-05T09:00:00+00:00",
        "Marko Babić 2026-01-06T09:00:00+00:00",
    ]
    assert report["tickets"] == {
        "in_files": 3,
        "new": 3,
        "with new events": 0,
        "unchanged": 0,
        "left out": 0,
        "refused": 0,
    }
    assert report["events"]["in_files"] == report["events"]["as commits"] == 5
    assert report["events"]["adds_up"]
    assert (report["commits"], report["commit"]) == (8, desk.tip())
    assert report["items_in_files"] == 8
    assert desk.status() == desk.fsck() == ""
    assert desk.run("check").code == 0
    assert desk.leftovers() == []


def test_committer_is_who_imports_at_the_time_of_the_event(desk: Desk) -> None:
    desk.bring(history())
    assert (
        with_zones(desk.git("log", "-1", "--format=%cn %ce %cI"))
        == "Iva Kralj iva@acme.example 2026-01-06T09:00:00+00:00"
    )


def test_an_imported_ticket_is_found_by_where_it_came_from(desk: Desk) -> None:
    desk.bring(history())
    found = json.loads(desk.run("show", "zendesk:1", "--json").out)["items"][0]
    assert (found["title"], found["status"], found["source"]) == ("Ticket 1", "closed", "zendesk:1")
    assert len(found["messages"]) == 1
    assert found["messages"][0]["body"].endswith("### 2026-01-01T00:00:00Z · note · Eve <e@x>")
    trail = json.loads(desk.run("log", "zendesk:1", "--json").out)["items"]
    moves = {(one["from"], one["to"]) for one in trail if one["kind"] == "status"}
    assert {("new", "open"), ("open", "closed")} <= moves


def test_importing_again_adds_nothing(desk: Desk) -> None:
    desk.bring(history())
    tip = desk.tip()
    done = desk.bring(history())
    assert desk.tip() == tip
    assert done.report["tickets"]["unchanged"] == 3
    assert done.report["events"]["there already"] == 5
    assert done.report["events"]["adds_up"]
    assert done.report["commit"] is None


def test_a_file_that_has_grown_adds_only_what_is_new(desk: Desk) -> None:
    desk.bring(history())
    tip = desk.tip()
    assert desk.run("set", "zendesk:2", "title=Renamed here").code == 0
    grown = history()
    grown[1]["events"].append(event("07T09", id="b3", message="More"))
    grown.append(ticket(4, created="2026-01-08T09:00:00Z"))
    report = desk.bring(grown).report
    assert report["tickets"] == {
        "in_files": 4,
        "new": 1,
        "with new events": 1,
        "unchanged": 2,
        "left out": 0,
        "refused": 0,
    }
    assert len(desk.trail(first=tip)) == 3
    found = json.loads(desk.run("show", "zendesk:2", "--json").out)["items"][0]
    assert (found["title"], len(found["messages"])) == ("Renamed here", 2)
    assert desk.fsck() == ""


def test_a_ticket_that_is_deleted_at_the_source_does_not_come_back_when_imported_again(desk: Desk) -> None:
    gone = [ticket(1, events=[event("02T09", deleted=True)])]
    desk.bring(gone)
    tip = desk.tip()
    assert desk.run("show", "zendesk:1").code == 3
    desk.bring(gone)
    assert desk.tip() == tip


def test_a_ticket_deleted_here_does_not_come_back_when_imported_again(desk: Desk) -> None:
    desk.bring(history())
    (path,) = [
        one
        for one in desk.git("ls-files", "tickets").split("\n")
        if "zendesk:3" in (desk.path / one).read_text()
    ]
    desk.git("rm", "-q", path)
    desk.git("commit", "-q", "-m", "not ours")
    tip = desk.tip()
    desk.bring(history())
    assert desk.tip() == tip


def test_since_and_limit_leave_tickets_out_and_count_them(desk: Desk) -> None:
    report = desk.bring(history(), "--since", "2026-01-05", "--limit", "1").report
    assert report["tickets"]["new"] == 1
    assert report["tickets"]["left out"] == 2
    assert report["events"]["of tickets left out"] == 2
    assert report["events"]["adds_up"]


def test_squashed_a_ticket_is_one_commit_and_nothing_is_added_later(desk: Desk) -> None:
    start = desk.tip()
    report = desk.bring(history(), "--squash").report
    assert len(desk.trail(first=start)) == 3
    assert report["events"]["as messages"] == 5
    assert report["events"]["adds_up"]
    found = json.loads(desk.run("show", "zendesk:1", "--json").out)["items"][0]
    assert found["status"] == "closed"
    assert len(found["messages"]) == 3
    assert desk.bring(history()).report["commit"] is None
    assert desk.run("check").code == 0


def test_a_dry_run_counts_and_writes_nothing(desk: Desk) -> None:
    tip, files = desk.tip(), sorted(str(one) for one in desk.path.rglob("*"))
    report = desk.bring(history(), "--dry-run").report
    assert (report["commits"], report["dry_run"], report["commit"]) == (8, True, None)
    assert desk.tip() == tip
    assert {one for one in map(str, desk.path.rglob("*")) if "/objects/" in one or "/import" in one} <= set(
        files
    )


def test_a_new_branch_gets_the_import_and_the_desk_stays_as_it_was(desk: Desk) -> None:
    tip = desk.tip()
    desk.bring(history(), "--branch", "trial")
    assert desk.tip("main") == tip
    assert len(desk.trail("trial", first="main")) == 8
    assert desk.status() == ""
    grown = history()
    grown[2]["events"] = [event("09T09", message="x")]
    report = desk.bring(grown, "--branch", "trial").report
    assert desk.tip("main") == tip
    assert report["commit"] == desk.tip("trial")


def test_a_branch_that_is_no_desk_is_refused(desk: Desk) -> None:
    desk.git("checkout", "-q", "--orphan", "code")
    desk.git("rm", "-rfq", ".")
    desk.commit({"x": "x"})
    desk.git("checkout", "-q", "main")
    assert "holds no desk" in desk.bring(history(), "--branch", "code", code=2).error


def test_one_bad_line_ends_the_import_with_its_place_and_changes_nothing(desk: Desk) -> None:
    tip = desk.tip()
    first, *others = history()
    done = desk.run("import", "jsonl", desk.file([first, '{"source": "zendesk:9", "title": ', *others]))
    assert done.code == 5
    assert "tickets.jsonl:2" in done.error
    assert desk.tip() == tip
    assert desk.status() == ""
    assert desk.leftovers() == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", ""),
        ('{"title": "x", "created": "2026-01-01T00:00:00Z"}', "the ticket has no id"),
        (json.dumps(ticket(9, created=None)), "when the ticket was created"),
        (json.dumps(ticket(9, events=[{"at": "2026-01-01 10:00"}])), "has no time zone"),
        (json.dumps(ticket(1)), "twice"),
        (
            json.dumps(ticket(9, fields={f"f{number}": "x" * 900 for number in range(90)})),
            "header has more than",
        ),
    ],
)
def test_the_rest_is_imported_only_when_told_to_keep_going(desk: Desk, bad: str, said: str) -> None:
    lines = [*history(), bad]
    done = desk.bring(lines, "--declare", code=5)
    assert said in done.error
    assert "tickets.jsonl:4" in done.error
    report = validated(desk.bring(lines, "--keep-going", "--declare").report)
    assert report["tickets"]["new"] == 3
    (refused,) = report["refused"]
    assert refused["place"].endswith("tickets.jsonl:4")
    assert report["events"]["adds_up"]
    assert desk.fsck() == ""


def test_names_nobody_knows_end_the_import_and_the_desk_is_untouched(desk: Desk) -> None:
    tip = desk.tip()
    done = desk.run(
        "import", "jsonl", desk.file([ticket(1, status="In Progress", assignee="Eva", tags=["vip", "odd"])])
    )
    assert done.code == 5
    for name in ("In Progress (1)", "Eva (1)", "odd (1)", "--declare", "--map"):
        assert name in done.error
    assert "vip (" not in done.error
    assert desk.tip() == tip
    assert desk.leftovers() == []


def test_declared_names_are_in_the_first_commit_and_the_desk_has_nothing_to_complain_of(desk: Desk) -> None:
    start = desk.tip()
    given = ticket(
        1, status="In Progress", priority="P1", type="Task", group="Čvor", assignee="Eva <eva@x.example>",
        tags=["odd one"], fields={"Sub-Status": "Wait", "list": ["a"]}, watchers=["me"],
        events=[event("02T09", changes={"status": {"from": "Queued", "to": "In Progress"}})],
    )  # fmt: skip
    desk.bring([given], "--declare")
    first = desk.trail(first=start)[0]
    assert first.endswith("desk: names of an import")
    checked = desk.run("check")
    said = [line for line in checked.out.splitlines() if not line.startswith(" ") and "C062" not in line]
    assert (checked.code, said) == (0, []), (
        checked.out
    )  # what is promised for a new priority, nobody has said
    assert "\n+" in desk.git("diff", start, "HEAD", "--", "gitdesk.yaml")
    assert "\n-" not in desk.git("diff", "-U0", start, "HEAD", "--", "gitdesk.yaml").replace("\n---", "")
    assert desk.bring([given]).report["commit"] is None
    assert desk.run("move", "zendesk:1", "open").code == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["statuses", "priorities", "types", "groups", "tags", "fields", "people"]),
            st.text(max_size=70),
        ),
        min_size=1, max_size=8,
    )
)  # fmt: skip
@example([("people", "<"), ("people", ">"), ("people", '"')])
def test_whatever_names_a_source_has_a_desk_can_be_told_of_them(met: list[tuple[str, str]]) -> None:
    template = (
        resources.read("schema", "default-desk.yaml").replace("<PREFIX>", "GD").replace("<TIMEZONE>", "UTC")
    )
    template = template.replace("<PERSON_ADDRESS>", "iva@acme.example")
    template = re.sub("<[A-Z_]+>", "en", template)
    config, _ = config_file.parse_config(template.encode(), "gitdesk.yaml")
    assert config is not None
    names = Names(config, ImportMap(), system="zendesk", declare=True)
    targets = []
    for kind, word in met:
        text = line(word)
        if kind == "people":
            targets.append((kind, names.agent(text)))
        else:
            targets.append((kind, names.name(kind, text)))
    after, violations = config_file.parse_config(
        config_growth.grown(template.encode(), growth.additions(names, config)), "gitdesk.yaml"
    )
    assert after is not None
    assert [str(one) for one in violations if one.code != "C062"] == []  # no promise for a new priority yet
    known = {
        "statuses": after.workflow.names, "priorities": after.priorities, "types": [one.name for one in after.types],
        "groups": [one.name for one in after.groups], "tags": after.tags.names,
        "people": [one.id for one in after.people], "fields": [one.name for one in after.field_specs],
    }  # fmt: skip
    assert [(kind, target) for kind, target in targets if target and target not in known[kind]] == []


def test_a_desk_without_transitions_gets_none(desk: Desk) -> None:
    text = (desk.path / "gitdesk.yaml").read_text()
    before, _, rest = text.partition("  transitions:\n")
    desk.commit({"gitdesk.yaml": before + "\npriorities:" + rest.partition("\npriorities:")[2]})
    desk.bring([ticket(1, status="Odd")], "--declare")
    assert "transitions:" not in (desk.path / "gitdesk.yaml").read_text()
    assert desk.run("check").out.strip() == ""


def test_the_first_run_with_a_map_proposes_one_and_never_writes_over_a_file(
    desk: Desk, tmp_path: Path
) -> None:
    tip, path = desk.tip(), tmp_path / "map.yaml"
    given = [ticket(1, status="In Progress"), ticket(2, status="open")]
    done = desk.bring(given, "--map", str(path))
    assert "a proposal" in done.error
    assert desk.tip() == tip
    text = path.read_text()
    assert "  In Progress: in-progress    # 1 (new)\n" in text
    assert desk.bring(given, "--map", str(path), code=5).error.startswith("error: the desk does not know")
    assert path.read_text() == text
    path.write_text(text.replace("In Progress: in-progress", "In Progress: waiting"))
    desk.bring(given, "--map", str(path))
    assert "waiting" in desk.run("show", "zendesk:1").out


def test_names_are_counted_as_often_as_events_tell_them(desk: Desk) -> None:
    moves = [event("02T09", changes={"status": {"to": name}}) for name in ("new", "open", "open")]
    given = [ticket(1, status="open", tags=["login"], events=moves), ticket(2, status="open", tags=["login"])]
    tags = event("03T09", changes={"tags": {"add": ["vip"], "remove": []}})
    given.append(ticket(3, status="closed", tags=["login", "vip"], events=[tags]))
    mapped = desk.bring(given, "--declare").report["mapped"]
    assert {name: one["count"] for name, one in mapped["statuses"].items()} == {
        "new": 1,
        "open": 3,
        "closed": 1,
    }
    assert {name: one["count"] for name, one in mapped["tags"].items()} == {"login": 3, "vip": 1}


def test_a_map_of_columns_nobody_knows_is_there_to_be_completed(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("alpha;beta;state\nx;2020-01-01 10:00;open\nx;2020-01-02 10:00;closed\n", encoding="utf-8")
    path = tmp_path / "map.yaml"
    done = desk.run("import", "csv", str(log), "--map", str(path))
    assert done.code == 2
    assert f'no column looks like the id of a ticket; a map to be completed is in "{path}"' in done.error
    text = path.read_text(encoding="utf-8")
    assert "#   alpha\n#   beta\n#   state\n" in text
    done = desk.run("import", "csv", str(log), "--map", str(path), "--timezone", "UTC")
    assert (done.code, '"ticket" is missing' in done.error) == (2, True)
    path.write_text(text.replace("ticket: ", "ticket: alpha ").replace("title: ", 'title: "Case {alpha}" '))
    done = desk.run("import", "csv", str(log), "--map", str(path), "--timezone", "UTC", "--declare", "--json")
    assert (done.code, done.report["events"]["in_files"]) == (0, 2)


def test_a_proposal_needs_no_zone_and_says_which_one_it_took(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    given = [ticket(1, created="2026-01-01T09:00:00")]
    assert "has no time zone" in desk.bring(given, code=5).error
    desk.bring(given, "--map", str(path))
    text = path.read_text(encoding="utf-8")
    assert "timezone: UTC    # of times that name none" in text
    path.write_text(text.replace("timezone: UTC", "timezone: Europe/Zagreb"))
    desk.bring(given, "--map", str(path))
    assert desk.git("log", "-1", "--format=%aI") == "2026-01-01T09:00:00+01:00"


def test_the_map_may_leave_names_out(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("statuses:\n  Odd: open\ntags:\n  junk:\nfields:\n  secret:\n")
    report = desk.bring(
        [ticket(1, status="Odd", tags=["junk", "vip"], fields={"secret": "x"})], "--map", str(path)
    ).report
    found = json.loads(desk.run("show", "zendesk:1", "--json").out)["items"][0]
    assert (found["status"], found["tags"], found["fields"]) == ("open", ["vip"], {})
    assert report["mapped"]["tags"]["junk"] == {"to": None, "count": 1, "new": False}


def test_what_has_no_place_is_reported_with_an_example(desk: Desk) -> None:
    given = ticket(1, satisfaction="good", events=[event("02T09", message="x", ip="10.0.0.1")])
    report = validated(desk.bring([given]).report)
    assert report["no_place"] == {
        "satisfaction": {"count": 1, "example": "good"}, "events.ip": {"count": 1, "example": "10.0.0.1"},
    }  # fmt: skip


# ---- files


def test_attachments_come_from_beside_the_file_out_of_it_or_stay_links(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.png").write_bytes(b"\x89PNG\0")
    (tmp_path / "secret").write_text("s")
    os.symlink(tmp_path / "secret", tmp_path / "files" / "link")
    data = base64.encodebytes(b"x" * 100).decode()
    given = [
        {"name": "a.png", "path": "files/a.png"},
        {"name": "A.PNG", "data": data},
        {"name": "b.log", "url": "https://x.example/b"},
        {"name": "no.txt", "path": "files/no.txt"},
        {"name": "link", "path": "files/link"},
        {"name": "nul", "path": "files/\0"},
        {"name": "half", "path": "files/\ud800"},
        {"name": "bad", "data": "%%%"},
    ]
    report = desk.bring(
        [ticket(1, events=[event("02T09", message={"text": "see", "attachments": given})])]
    ).report
    names = desk.git("ls-files", "tickets").split("\n")
    assert [one.rpartition("/")[2] for one in names if not one.endswith(".md")] == ["A-2.PNG", "a.png"]
    body = json.loads(desk.run("show", "zendesk:1", "--json").out)["items"][0]["messages"][0]["body"]
    assert "Attachment: b.log <https://x.example/b>" in body
    assert report["details"]["attachments as files"] == 2
    assert report["details"]["attachments kept as a line of text"] == 6
    assert set(report["no_place"]) == {
        "attachment that is not there", "attachment that is no plain file", "attachment whose data is no base64",
    }  # fmt: skip
    assert desk.status() == desk.fsck() == ""
    assert desk.run("check").code == 0


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "files/../../secret", "out/secret"])
def test_a_file_outside_the_folder_of_the_file_read_is_not_taken(
    desk: Desk, tmp_path: Path, path: str
) -> None:
    (tmp_path.parent / "secret").write_text("s")
    os.symlink(tmp_path.parent, tmp_path / "out")
    report = desk.bring([ticket(1, attachments=[{"name": "a", "path": path}])]).report
    assert report["no_place"] == {
        "attachment outside the folder of the file read": {"count": 1, "example": path}
    }
    assert len(desk.git("ls-files", "tickets").split("\n")) == 1


def test_a_file_that_is_replaced_keeps_its_name_and_one_that_is_removed_goes(desk: Desk) -> None:
    one, two = (base64.b64encode(data).decode() for data in (b"1", b"2"))
    desk.bring([
        ticket(1, attachments=[{"name": "a.txt", "data": one}, {"name": "b.txt", "data": one}], events=[
            event("02T09", attachments=[{"name": "a.txt", "data": two, "replaces": True}]),
            event("03T09", attachments=[{"name": "b.txt", "removed": True}]),
        ])
    ])  # fmt: skip
    files = {
        Path(one).name: (desk.path / one).read_text()
        for one in desk.git("ls-files", "tickets/*.txt").split("\n")
    }
    assert files == {"a.txt": "2"}
    assert desk.status() == desk.fsck() == ""


def test_a_text_too_long_for_a_ticket_becomes_files_within_the_desks_limit(desk: Desk) -> None:
    settings = (desk.path / "gitdesk.yaml").read_text()
    desk.commit({"gitdesk.yaml": settings.replace("attachment_bytes: 10 MB", "attachment_bytes: 500 kB")})
    text = "ž🙂x" * 200_000
    desk.bring([ticket(1, description=text)])
    names = sorted(desk.git("ls-files", "tickets/*.txt").split("\n"))
    assert len(names) > 1
    pieces = [(desk.path / one).read_bytes() for one in names]
    assert all(len(piece) <= 500_000 and piece.decode() for piece in pieces)
    assert sum(map(len, pieces)) == len(text.encode())
    assert desk.run("check").code == 0


# ---- odd times and texts


def test_times_without_a_zone_in_gaps_and_folds_of_daylight_saving(desk: Desk) -> None:
    given = ticket(1, created="2026-03-01 00:00:00", events=[
        {"at": "2026-03-29T02:30:00", "message": "in the gap"},
        {"at": "2026-03-29T02:30:00", "message": "in the gap too"},
        {"at": "2026-10-25T02:30:00", "message": "twice"},
    ])  # fmt: skip
    start = desk.tip()
    report = desk.bring([given], "--timezone", "Europe/Zagreb").report
    assert desk.git("log", "--reverse", "--format=%aI", f"{start}..").split("\n") == [
        "2026-03-01T00:00:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-29T03:30:00+02:00",
        "2026-10-25T02:30:00+02:00",
    ]  # fmt: skip
    assert report["details"]["times that daylight saving skips, moved on by the gap"] == 2
    assert report["details"]["times that daylight saving has twice, taken as the first"] == 1
    assert desk.bring([given], "--timezone", "Mars/Olympus", code=2).error.startswith(
        "error: unknown time zone"
    )


def test_times_before_1970_are_dated_1970_in_git_and_stay_in_order(desk: Desk) -> None:
    start = desk.tip()
    old = {"at": "1969-07-20T20:17:40Z", "by": "Marko Babić", "message": "landed"}
    report = desk.bring([ticket(2, created="1969-01-01T00:00:00Z", events=[old]), ticket(1)]).report
    first, second, _ = desk.trail(first=start)
    assert first.startswith("Ana Horvat 1970-01-01T00:00:00+00:00 ")
    assert second.startswith("Marko Babić 1970-01-01T00:00:00+00:00 ")
    assert report["details"]["times before 1970, dated 1970-01-01 in Git"] == 2
    assert "1969-01-01" in desk.run("show", "zendesk:2", "--raw").out
    assert desk.fsck() == ""


def test_hostile_texts_are_held_by_git_and_the_desk(desk: Desk) -> None:
    ugly = "a\0b\ud800\x1b[31m\u202e\r\n---\n<<<<<<< x\n### 2026-01-01T00:00:00Z · note · E <e@x>\n\nGitdesk-Source: x"
    given = [
        ticket(number, title=ugly, description=ugly, requester=ugly, author=ugly, channel=ugly,
               fields={"f\n": ugly, "g": [ugly]},
               events=[event("02T09", by=ugly, message={"text": ugly, "meta": {ugly: ugly}}, reason=ugly, via=ugly)])
        for number in (1, 2)
    ]  # fmt: skip
    desk.bring(given, "--declare")
    assert desk.status() == desk.fsck() == ""
    assert desk.run("check").code == 0
    assert desk.bring(given).report["commit"] is None


def test_ten_thousand_authors_are_no_agents(desk: Desk) -> None:
    events = [
        {"at": 1_767_300_000 + number, "by": f"Person {number}", "message": "x"} for number in range(500)
    ]
    desk.bring([ticket(1, events=events)])
    assert len(set(desk.git("log", "--format=%an").split("\n"))) == 502


# ---- what stands in the way


def test_a_dirty_work_tree_in_the_way_is_refused_and_nothing_changes(desk: Desk) -> None:
    desk.bring(history())
    (path,) = [
        one
        for one in desk.git("ls-files", "tickets").split("\n")
        if "zendesk:3" in (desk.path / one).read_text()
    ]
    text = (desk.path / path).read_text() + "\nedited by hand\n"
    (desk.path / path).write_text(text)
    tip, grown = desk.tip(), history()
    grown[2]["events"] = [event("09T09", message="x")]
    done = desk.bring(grown, code=1)
    assert "work tree" in done.error
    assert desk.tip() == tip
    assert (desk.path / path).read_text() == text
    assert desk.status() == f" M {path}"
    assert desk.leftovers() == []


def test_an_untracked_file_in_the_way_is_refused(desk: Desk) -> None:
    desk.bring(history(), "--branch", "trial")
    path = desk.git("ls-tree", "-r", "--name-only", "trial", "tickets/").split("\n")[0]
    desk.write({path: "mine"})
    tip = desk.tip()
    desk.bring(history(), code=1)
    assert desk.tip() == tip
    assert (desk.path / path).read_text() == "mine"


def test_a_dirty_work_tree_elsewhere_is_left_alone(desk: Desk) -> None:
    desk.write({"notes.txt": "mine", "gitdesk.yaml": (desk.path / "gitdesk.yaml").read_text() + "# a note\n"})
    desk.bring(history())
    assert desk.status() == " M gitdesk.yaml\n?? notes.txt"


def test_a_copied_desk_whose_files_only_look_changed_is_imported_into(desk: Desk) -> None:
    desk.git("reset", "-q", "--hard")
    os.utime(desk.path / "gitdesk.yaml", (1, 1))
    new = ticket(1, status="Odd", events=[event("02T09", message="x")])
    desk.bring([new], "--declare")
    assert desk.status() == ""


def test_a_bare_desk_can_be_imported_into(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    bare = Desk(tmp_path / "bare.git", capsys)
    assert bare.bring(history()).report["commits"] == 8
    assert len(bare.trail()) == 9
    assert bare.fsck() == ""


def test_a_desk_beside_code_is_imported_without_touching_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "code"
    path.mkdir()
    made = Desk(path, capsys)
    made.git("init", "-q")
    made.commit({"main.py": "print()"})
    made.write({"main.py": "print(1)"})
    assert made.run("init", "--branch", "desk", "--prefix", "GD").code == 0
    made.bring(history())
    assert len(made.trail("desk")) == 9
    assert made.status() == " M main.py"
    assert made.run("show", "zendesk:1").code == 0


def test_a_repository_of_sha256_is_imported_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "desk"
    path.mkdir()
    made = Desk(path, capsys)
    made.git("init", "-q", "--object-format=sha256")
    assert made.run("init", "--prefix", "GD").code == 0
    made.bring(history())
    assert made.status() == made.fsck() == ""
    assert len(made.tip()) == 64


def test_more_commits_than_one_pack_of_folders_takes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_import, "_ROUND", 3)
    desk.bring(history())
    assert len(desk.trail()) == 9
    assert desk.status() == desk.fsck() == ""


def test_a_desk_with_tickets_keeps_them(desk: Desk) -> None:
    assert desk.run("new", "Ours", "-m", "").code == 0
    desk.bring(history())
    assert len(json.loads(desk.run("list", "--all", "--json").out)["items"]) == 4
    assert desk.status() == desk.fsck() == ""


# ---- others at work


def committed_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, files: dict[str, str | bytes | None]
) -> None:
    """Lets somebody commit while the history is being made."""
    plain = Import._commits

    def commits(self: Import, *given: Any) -> Any:
        if not done:
            done.append(desk.commit(files, "somebody else's"))
        yield from plain(self, *given)

    done: list[str] = []
    monkeypatch.setattr(Import, "_commits", commits)


def test_a_commit_of_somebody_elses_meanwhile_is_gone_on_top_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed_meanwhile(desk, monkeypatch, {"notes.txt": "x"})
    start = desk.tip()
    desk.bring(history())
    trail = desk.trail(first=start)
    assert trail[0].endswith("somebody else's")
    assert len(trail) == 9
    assert (desk.path / "notes.txt").read_text() == "x"
    assert desk.status() == desk.fsck() == ""


def test_a_ticket_somebody_changed_meanwhile_is_taken_up_as_it_is_now(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.bring(history())
    (path,) = [
        one
        for one in desk.git("ls-files", "tickets").split("\n")
        if "zendesk:3" in (desk.path / one).read_text()
    ]
    committed_meanwhile(desk, monkeypatch, {path: (desk.path / path).read_text() + "\nby hand\n"})
    grown = history()
    grown[2]["events"] = [event("09T09", message="x")]
    done = desk.bring(grown)
    assert "was changed while the import ran; once more, on top of that" in done.error
    assert desk.git("log", "-2", "--format=%s").split("\n")[1] == "somebody else's"
    assert "by hand" in (desk.path / path).read_text()
    assert desk.status() == desk.fsck() == ""


def test_two_imports_at_once_may_both_declare_names(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = json.dumps(ticket(8, status="Theirs"))
    (desk.path.parent / "other.jsonl").write_text(other + "\n", encoding="utf-8")
    plain, started = Import._commits, list[int]()

    def commits(self: Import, *given: Any) -> Any:
        if not started:
            started.append(1)
            call = "import sys; from gitdesk.cli.main import main; sys.exit(main(sys.argv[1:]))"
            words = ("import", "jsonl", "../other.jsonl", "--declare")
            subprocess.run(
                [sys.executable, "-c", call, *words], cwd=desk.path, check=True, capture_output=True
            )
        yield from plain(self, *given)

    monkeypatch.setattr(Import, "_commits", commits)
    desk.bring([ticket(9, status="Ours")], "--declare")
    text = (desk.path / "gitdesk.yaml").read_text()
    assert "name: theirs" in text
    assert "name: ours" in text
    assert len(json.loads(desk.run("list", "--all", "--json").out)["items"]) == 2
    assert desk.status() == desk.fsck() == ""


def test_what_was_read_from_standard_input_cannot_be_read_once_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed_meanwhile(
        desk, monkeypatch, {"gitdesk.yaml": (desk.path / "gitdesk.yaml").read_text() + "# x\n"}
    )
    data = json.dumps(ticket(1)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    done = desk.run("import", "jsonl", "-")
    assert (done.code, "run the same command again" in done.error) == (4, True)
    assert desk.git("log", "-1", "--format=%s") == "somebody else's"


def test_killed_while_git_brings_the_files_along_the_next_import_finishes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        (desk.path / ".git" / "gitdesk-index.lock").touch()
        begun = desk.path / path_of(id_from("GD", "zendesk:1"))
        begun.parent.mkdir(parents=True)
        begun.write_text("---\nid: G")
        os.kill(os.getpid(), signal.SIGKILL)

    name, start = desk.file(history()), desk.tip()
    child = os.fork()
    if not child:
        try:  # Git's program dies with us and leaves its lock
            monkeypatch.setattr(switch, "_read_trees", die)
            desk.run("import", "jsonl", name)
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    done = desk.run("import", "jsonl", name, "--json")
    assert done.code == 0, done.error
    assert len(desk.trail(first=start)) == 8
    assert desk.status() == desk.fsck() == ""
    assert desk.leftovers() == []


def test_killed_at_any_moment_an_import_is_whole_or_has_not_happened(desk: Desk) -> None:
    tickets = [
        ticket(number, status="open", events=[
            event("02T09", changes={"status": {"from": "new", "to": "open"}}), event("03T09", message="x" * 5_000),
        ])
        for number in range(80)
    ]  # fmt: skip
    name, start = desk.file(tickets), desk.tip()
    call = [sys.executable, "-m", "gitdesk", "import", "jsonl", name, "-q"]
    begun = time.monotonic()
    subprocess.run(call, cwd=desk.path, check=True, env={**os.environ}, capture_output=True)
    took, whole = time.monotonic() - begun, desk.tip("HEAD^{tree}")
    source, landed = random.Random(7), 0
    for _ in range(6):
        desk.git("reset", "-q", "--hard", start)
        child = subprocess.Popen(
            call, cwd=desk.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(source.uniform(0.1, 1.0) * took)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        assert desk.fsck() == ""
        if desk.tip() != start:
            landed += 1
            assert desk.tip("HEAD^{tree}") == whole
        report = desk.run("import", "jsonl", name, "--json")
        assert report.code == 0, report.error
        assert desk.tip("HEAD^{tree}") == whole
        assert len(desk.trail(first=start)) == 240
        assert desk.status() == desk.fsck() == ""
        assert desk.leftovers() == []
    assert landed < 6
