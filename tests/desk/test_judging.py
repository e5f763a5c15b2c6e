"""Judging: the whole desk, what is staged, and the examples every rule gives of itself."""

from __future__ import annotations

import pytest

from gitdesk.domain.rules import RULES
from gitdesk.domain.ticket import TicketId

from .conftest import Place


def codes(place: Place, *, staged: bool = False) -> list[str]:
    with place.open() as desk:
        return [violation.code for violation in desk.check(staged=staged)]


def only_file(place: Place, ticket: TicketId) -> str:
    return str(next((place.path / "tickets").rglob(f"{ticket}.md")).relative_to(place.path))


def test_a_fresh_desk_has_nothing_wrong(place: Place) -> None:
    place.new()
    assert codes(place) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("status: new", "status: opne", "F040"),
        ("priority: normal", "priority: normla", "F041"),
        ("type:", "type: qestion", "F042"),
        ("group:", "group: suport", "F043"),
        ("assignee:", "assignee: mrako", "P001"),
        ("tags:", "tags:\n  - biling", "T001"),
        ("tags:", "fields:\n  regoin: eu\n\ntags:", "F044"),
    ],
)
def test_a_hand_edit_with_a_word_the_desk_does_not_know_is_found_with_its_place(
    place: Place, old: str, new: str, code: str
) -> None:
    file = place.path / only_file(place, place.new())
    text = file.read_text()
    assert f"\n{old}\n" in text
    file.write_text(text.replace(f"\n{old}\n", f"\n{new}\n"))
    place.git("add", "-A")
    with place.open() as desk:
        [found] = desk.check(staged=True)
    assert found.code == code
    lines = file.read_text().splitlines()
    assert found.line is not None
    assert found.column is not None
    wrong = new.rsplit(" ", 1)[-1] if code != "F044" else "regoin: eu"
    assert lines[found.line - 1][found.column - 1 :] == wrong
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "by hand")
    assert codes(place) == [code]


def test_only_what_is_staged_is_judged(place: Place) -> None:
    file = place.path / only_file(place, place.new())
    file.write_text(file.read_text().replace("status: new", "status: opne"))
    assert codes(place, staged=True) == []


@pytest.mark.parametrize("folder", ["tickets", "other"])
def test_what_is_staged_is_judged_from_every_folder(
    place: Place, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place.path / only_file(place, place.new())
    file.write_text(file.read_text().replace("status: new", "status: opne"))
    (place.path / "other").mkdir()
    (place.path / "other" / "tickets").write_text("not the desk's\n")
    place.git("add", "-A")
    monkeypatch.chdir(place.path / folder)
    assert codes(place, staged=True) == ["F040"]


def test_a_link_and_an_executable_under_tickets_are_violations(place: Place) -> None:
    file = place.path / only_file(place, place.new())
    file.chmod(0o755)
    (place.path / "tickets" / "link").symlink_to("/etc/passwd")
    place.git("add", "-A")
    assert codes(place, staged=True) == codes(place, staged=True) != []
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "by hand")
    assert len(codes(place)) == 2


def test_the_hook_that_init_installs_refuses_a_bad_hand_edit(place: Place) -> None:
    import subprocess
    import sys

    file = place.path / only_file(place, place.new())
    file.write_text(file.read_text().replace("status: new", "status: opne"))
    place.git("add", "-A")
    shim = place.path.parent / "bin"
    shim.mkdir()
    program = shim / "gitdesk"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gitdesk "$@"\n')
    program.chmod(0o755)
    environ = {**place.environ, "PATH": f"{shim}:{place.environ['PATH']}"}
    done = subprocess.run(
        ["git", "commit", "-m", "by hand"],
        cwd=place.path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert 'unknown status "opne"' in done.stdout + done.stderr


def test_a_desk_may_weigh_a_rule_otherwise(place: Place) -> None:
    config = place.path / "gitdesk.yaml"
    text = config.read_text()
    assert text.count("\nrules:\n") == 1
    config.write_text(text.replace("\nrules:\n", "\nrules:\n  checks: {F041: warn}\n"))
    file = place.path / only_file(place, place.new())
    file.write_text(file.read_text().replace("priority: normal", "priority: normla"))
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "by hand")
    with place.open() as desk:
        found = [(one.code, one.severity) for one in desk.check()]
    assert found == [("F041", "warn")]


def test_a_broken_gitdesk_yaml_is_told_and_files_are_still_judged(place: Place) -> None:
    file = place.path / only_file(place, place.new())
    file.write_bytes(file.read_bytes() + b"\0")
    config = place.path / "gitdesk.yaml"
    config.write_text(config.read_text() + "\nfrobs: 1\n")
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "by hand")
    found = codes(place)
    assert found[0].startswith("C")
    assert any(code.startswith("F") for code in found)


def test_every_rule_says_why_and_has_a_name_of_its_own() -> None:
    assert all(rule.why and rule.summary and rule.code == code for code, rule in RULES.items())
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_the_hook_judges_what_git_is_about_to_commit(place: Place) -> None:
    file = place.path / only_file(place, place.new())
    file.write_text(file.read_text().replace("status: new", "status: opne"))
    other = place.path / ".git" / "other-index"
    place.environ["GIT_INDEX_FILE"] = str(other)
    place.git("read-tree", "HEAD")
    place.git("add", "-A")
    assert codes(place, staged=True) == ["F040"]
    del place.environ["GIT_INDEX_FILE"]
    assert codes(place, staged=True) == []


def test_what_is_staged_is_judged_by_who_commits_it(place: Place) -> None:
    file = place.path / only_file(place, place.new())
    config = place.path / "gitdesk.yaml"
    config.write_text(config.read_text() + "# mine\n")
    place.git("add", "-A")
    assert codes(place, staged=True) == []
    place.environ.update(GIT_AUTHOR_EMAIL="m@evil.example")
    assert codes(place, staged=True) == ["P005", "P002"]
    place.git("restore", "--staged", "gitdesk.yaml")
    file.unlink()
    place.git("add", "--", str(file.relative_to(place.path)))
    assert codes(place, staged=True) == ["A004", "P002"]


def test_what_others_wrote_is_not_the_mergers(place: Place) -> None:
    place.new()
    config = place.path / "gitdesk.yaml"
    config.write_text(config.read_text() + "# theirs\n")
    place.git("add", "-A")
    place.environ.update(GIT_AUTHOR_EMAIL="m@evil.example")
    (place.path / ".git" / "MERGE_HEAD").write_text(place.git("rev-parse", "HEAD"))
    assert codes(place, staged=True) == []
