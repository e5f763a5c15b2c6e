"""A merge answers for what its author changed or left out of either side, and for nothing that Git merges by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Place
from .hooked import Hooked

NOTE = "\n### 2026-11-22T09:0{}:00Z · note · Iva Kralj <iva@acme.example>\n\n{}\n"
MARKO = {
    "GIT_AUTHOR_NAME": "Marko", "GIT_AUTHOR_EMAIL": "marko@acme.example",
    "GIT_COMMITTER_NAME": "Marko", "GIT_COMMITTER_EMAIL": "marko@acme.example",
}  # fmt: skip


class Forked(Hooked):
    """A desk with a ticket and two branches, main (pushed) and side; marko, who has no role, makes the merges."""

    @property
    def file(self) -> Path:
        return next((self.path / "tickets").rglob("*.md"))

    def append(self, minute: int, text: str) -> None:
        with self.file.open("a") as file:
            file.write(NOTE.format(minute, text))
        self.git("commit", "-qam", f"a note: {text}")

    def put(self, key: str, old: str, new: str) -> None:
        self.edit(self.file, f"{key}: {old}", f"{key}: {new}", message=f"{key}\n\nfor a reason")

    def merge(self, *options: str, other: str = "main") -> None:
        """Merges into side what main has; with conflicts, the work tree has them."""
        self.run("git", "merge", "-q", "--no-edit", *options, other, environ={**self.environ, **MARKO})

    def settle(self, text: str) -> None:
        """Ends a merge with a text of the ticket's."""
        self.file.write_text(text)
        self.git("commit", "-qam", "merge\n\nfor a reason", **MARKO)

    def codes(self) -> list[str]:
        """Returns the codes of what is wrong with pushing side to main, as the clone finds it."""
        done = self.gitdesk("check", "main..side", "--format", "json")
        return [each["code"] for each in json.loads(done.stdout)["items"]]


@pytest.fixture
def desk(place: Place) -> Forked:
    hooked = Hooked.of(place)
    made = Forked(hooked.place, hooked.environ)
    made.git(
        "config", "--remove-section", "merge.gitdesk"
    )  # conflicts are for a person, as at a hosting site
    made.ticket()
    made.git("branch", "-M", "main")
    config = made.path / "gitdesk.yaml"
    marko = "    - {id: marko, name: Marko, addresses: [marko@acme.example]}\n"
    config.write_text(config.read_text().replace("    - id: iva\n", f"{marko}    - id: iva\n"))
    made.git("commit", "-qam", "people: marko")
    made.git("branch", "side")
    return made


def test_a_merge_that_git_makes_is_nobodys_doing(desk: Forked) -> None:
    desk.append(1, "on main")
    desk.edit(desk.path / "gitdesk.yaml", "name: acme", "name: Acme")
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "high")
    desk.merge()
    assert "on main" in desk.file.read_text()
    assert desk.codes() == []


@pytest.mark.parametrize("how", ["ours", "theirs"])
def test_a_merge_that_takes_one_side_drops_no_message(desk: Forked, how: str) -> None:
    desk.append(1, "on main")
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "high")
    if how == "ours":
        desk.merge("-s", "ours")
    else:  # the other way round: from main's view the merge is its own doing
        desk.git("switch", "-qc", "other", "main")
        desk.merge("-s", "ours", other="side")
        text = desk.git("show", "side:" + str(desk.file.relative_to(desk.path))) + "\n"
        desk.file.write_text(text)
        desk.git("commit", "-qa", "--amend", "--no-edit", **MARKO)
        desk.git("branch", "-f", "side", "other")
    assert "A001" in desk.codes()


def test_a_merge_that_drops_a_message_and_changes_something_else_is_found(desk: Forked) -> None:
    desk.append(1, "on main")
    desk.git("switch", "-q", "side")
    desk.append(2, "on side")
    before = desk.file.read_text()
    desk.merge()  # both wrote at the end: a conflict
    desk.settle(before.replace("priority: normal", "priority: high"))
    assert desk.codes() == ["A001"]


def test_a_conflict_settled_with_both_messages_is_fine(desk: Forked) -> None:
    start = desk.file.read_text()
    desk.append(1, "on main")
    desk.git("switch", "-q", "side")
    desk.append(2, "on side")
    desk.merge()
    desk.settle(start + NOTE.format(1, "on main") + NOTE.format(2, "on side"))
    assert desk.codes() == []


def test_what_the_merge_driver_settles_is_nobodys_doing(desk: Forked) -> None:
    desk.append(1, "on main")
    desk.put("priority", "normal", "high")
    desk.git("switch", "-q", "side")
    desk.append(2, "on side")
    assert desk.gitdesk("hooks", "install").returncode == 0
    desk.merge()
    text = desk.file.read_text()
    assert "priority: high" in text
    assert text.endswith(NOTE.format(1, "on main") + NOTE.format(2, "on side"))
    assert desk.codes() == []


def test_one_of_two_values_is_chosen_without_a_word(desk: Forked) -> None:
    desk.put("priority", "normal", "high")
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "urgent")
    kept = desk.file.read_text()
    desk.merge()
    desk.settle(kept)
    assert desk.codes() == []


def test_a_merge_does_not_bring_back_an_older_gitdesk_yaml(desk: Forked) -> None:
    desk.edit(
        desk.path / "gitdesk.yaml", "    - {id: marko, name: Marko,", "    - {id: marko, name: Marko B.,"
    )
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "high")
    desk.merge("-s", "ours")
    assert "P005" in desk.codes()


def test_a_merge_does_not_delete_a_ticket(desk: Forked) -> None:
    second = desk.ticket()
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "high")
    desk.merge("-s", "ours")
    assert not second.exists()
    assert "A004" in desk.codes()


def test_what_is_slipped_into_a_clean_merge_is_its_authors_change(desk: Forked) -> None:
    desk.append(1, "on main")
    desk.git("switch", "-q", "side")
    desk.git("commit", "-q", "--allow-empty", "-m", "nothing")
    desk.merge("--no-commit", "--no-ff")
    desk.settle(desk.file.read_text().replace("status: new", "status: closed"))
    assert [code for code in desk.codes() if code.startswith("W")]


def test_a_merge_of_three_takes_nothing_back_either(desk: Forked) -> None:
    desk.git("switch", "-qc", "third", "side")
    desk.git("commit", "-q", "--allow-empty", "-m", "third")
    desk.git("switch", "-q", "main")
    desk.append(1, "on main")
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "high")
    desk.merge("-s", "ours", "third", other="main")
    assert len(desk.git("rev-list", "--parents", "-1", "side").split()) == 4
    assert "A001" in desk.codes()


def test_a_correction_on_one_side_is_not_held_against_who_merges(desk: Forked) -> None:
    desk.append(1, "a secret")
    desk.git("branch", "-f", "side", "main")
    text = desk.file.read_text().replace("a secret", "(removed)")
    desk.file.write_text(text)
    desk.git("commit", "-qam", "correction\n\nthe note had a password in it")
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "high")
    desk.merge()
    assert "(removed)" in desk.file.read_text()
    assert desk.codes() == []


def test_the_history_is_judged_so_too(desk: Forked) -> None:
    desk.append(1, "on main")
    desk.git("switch", "-q", "side")
    desk.merge("-s", "ours", "--no-ff")
    desk.put("priority", "normal", "high")
    desk.merge("-s", "ours")
    desk.git("branch", "-f", "main", "side")
    desk.git("switch", "-q", "main")
    done = desk.gitdesk("check", "--history")
    assert "A001" in done.stdout
    assert "by how the merge was made" in done.stdout


def test_a_history_that_has_nothing_to_do_with_the_desk_may_be_merged_in(desk: Forked) -> None:
    desk.git("switch", "-q", "--orphan", "code")
    (desk.path / "main.c").write_text("int main;\n")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "code")
    desk.git("switch", "-q", "side")
    desk.merge("--allow-unrelated-histories", "--no-ff", other="code")
    assert (desk.path / "main.c").exists()
    assert desk.codes() == []


def test_a_clone_without_the_old_commits_judges_merges_too(desk: Forked) -> None:
    desk.append(1, "on main")
    desk.git("switch", "-q", "side")
    desk.put("priority", "normal", "high")
    desk.merge("-s", "ours")
    there = desk.path.parent / "shallow"
    desk.git("clone", "-q", "--depth=2", "--no-single-branch", f"file://{desk.path}", str(there))
    done = desk.gitdesk("-C", str(there), "check", "origin/main..origin/side")
    assert "A001" in done.stdout or "shallow" in done.stderr, done.stderr
