"""What `gitdesk diff` compares: commits of any kind, the work tree, files that are no tickets."""

from __future__ import annotations

import json

import jsonschema
import pytest

from gitdesk import resources
from gitdesk.desk import differences
from gitdesk.domain.change import told_of
from gitdesk.errors import SetupError

from .conftest import Place
from .hooked import Hooked

SCHEMA = json.loads(resources.read("schema", "output.schema.json"))


@pytest.fixture
def desk(place: Place) -> Hooked:
    made = Hooked.of(place)
    made.git("branch", "-M", "main")
    return made


def kinds(desk: Hooked, range_: str = "") -> list[tuple[str, list[str]]]:
    """Returns path and kinds of events of what differs."""
    with desk.place.open() as opened:
        found = differences.between(opened, range_) if range_ else differences.not_committed(opened)
        return [(one.path, [event.kind for event in told_of(one, brief=True)]) for one in found]


def test_new_changed_broken_and_deleted_files_of_the_work_tree_are_told(desk: Hooked) -> None:
    first, second, third = desk.ticket(), desk.ticket(), desk.ticket()
    names = [file.relative_to(desk.path).as_posix() for file in (first, second, third)]
    assert kinds(desk) == []
    first.write_text(first.read_text().replace("status: new", "status: open"))
    second.write_text("no header")
    third.unlink()
    text = first.read_text().replace(first.stem, "AC-00000001")
    new = desk.path / "tickets" / "00" / "AC-00000001.md"
    new.parent.mkdir(exist_ok=True)
    new.write_text(text)
    assert dict(kinds(desk)) == {
        names[0]: ["status"],
        names[1]: ["unreadable"],
        names[2]: ["deleted"],
        "tickets/00/AC-00000001.md": ["created"],
    }


def test_attachments_and_the_configuration_are_told_as_files(desk: Hooked) -> None:
    file = desk.ticket()
    beside = file.with_suffix("") / "a.log"
    beside.parent.mkdir()
    beside.write_text("x")
    config = desk.path / "gitdesk.yaml"
    config.write_text(config.read_text() + "# remark\n")
    assert [found for _, found in kinds(desk)] == [["config"], ["attachment"]]
    done = desk.gitdesk("diff", "--json")
    found = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    blob = desk.git("hash-object", "gitdesk.yaml")
    assert found["items"][0]["events"][0]["to"] == blob


def test_between_two_commits_either_way_and_the_last_one_for_what_is_left_out(desk: Hooked) -> None:
    file = desk.ticket()
    name = file.relative_to(desk.path).as_posix()
    desk.edit(file, "status: new", "status: open")
    for range_ in ("HEAD^..HEAD", "HEAD^..", "HEAD..HEAD^", "..HEAD^", "HEAD^...HEAD"):
        assert kinds(desk, range_) == [(name, ["status"])], range_
    assert kinds(desk, "HEAD^^..") == [(name, ["created"])]
    with pytest.raises(SetupError):
        kinds(desk, "--output=x..")


def test_a_link_in_place_of_a_ticket_is_not_followed(desk: Hooked) -> None:
    file = desk.ticket()
    secret = desk.path.parent / "secret"
    secret.write_text(file.read_text().replace("status: new", "status: open"))
    file.unlink()
    file.symlink_to(secret)
    assert [found for _, found in kinds(desk)] == [["deleted"]]


def test_a_desk_that_is_checked_out_nowhere_says_what_can_be_compared(desk: Hooked) -> None:
    desk.ticket()
    desk.git("switch", "-q", "--orphan", "code")
    done = desk.run("env", "GITDESK_BRANCH=main", desk.environ["PATH"].partition(":")[0] + "/gitdesk", "diff")
    assert done.returncode == 6
    assert "gitdesk diff A..B" in done.stderr
