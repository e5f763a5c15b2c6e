"""What lies in the work tree and is not in force is said where it matters."""

from __future__ import annotations

import subprocess

from gitdesk.desk.health import examine
from gitdesk.desk.uncommitted import CONFIG_CHANGED, changed, config_differs, conflicts
from gitdesk.domain.format import path_of

from .conftest import Place, silent


def findings(place: Place) -> dict[tuple[str, str], str]:
    found = examine(str(place.path), place.environ, silent, rebuild_index=False)
    return {(one.name, one.state): one.detail for one in found}


def test_a_changed_gitdesk_yaml_is_told_where_its_words_are_missed(place: Place) -> None:
    ticket = place.new()
    file = place.path / "gitdesk.yaml"
    file.write_text(file.read_text().replace("name: on-hold", "name: parked"))
    assert "parked" in file.read_text()
    with place.open() as desk:
        assert config_differs(desk)
    assert findings(place)[("gitdesk.yaml", "warning")] == CONFIG_CHANGED
    assert CONFIG_CHANGED in place.gitdesk("check").stderr
    done = place.gitdesk("move", ticket, "parked")
    assert (done.returncode, done.stderr.count(CONFIG_CHANGED)) == (2, 1)
    assert CONFIG_CHANGED not in place.gitdesk("show", "nosuch").stderr


def test_check_judges_an_edit_of_gitdesk_yaml_before_it_is_committed(place: Place) -> None:
    file = place.path / "gitdesk.yaml"
    right = file.read_text()
    file.write_text(right.replace("category: external", "category: extern"))
    done = place.gitdesk("check")
    assert done.returncode == 1
    assert 'C004 error unknown category "extern" (not committed)' in done.stderr
    assert 'did you mean "external"?' in done.stderr
    staged = place.gitdesk("check", "--staged")
    assert (staged.returncode, "git add :/gitdesk.yaml" in staged.stderr) == (0, True)
    assert 'unknown category "extern"' in staged.stderr
    file.write_text(right.replace("name: on-hold", "name: on-hold "))
    done = place.gitdesk("check")
    assert (done.returncode, "nothing is wrong with them" in done.stderr) == (0, True)
    place.git("add", "gitdesk.yaml")
    assert "git add" not in place.gitdesk("check", "--staged").stderr


def test_a_gitdesk_yaml_as_committed_is_no_news(place: Place) -> None:
    ticket = place.new()
    file = place.path / "gitdesk.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))  # as a checkout on Windows writes it
    assert ("gitdesk.yaml", "warning") not in findings(place)
    assert CONFIG_CHANGED not in place.gitdesk("move", ticket, "parked").stderr
    assert place.gitdesk("check").returncode == 0


def test_conflicts_nobody_settled_are_told(place: Place) -> None:
    ticket = place.new()
    path = path_of(ticket)
    file = place.path / path
    main = place.git("symbolic-ref", "--short", "HEAD").strip()
    for branch, title in (("other", "theirs"), (main, "ours")):
        if branch != main:
            place.git("switch", "-qc", branch)
        else:
            place.git("switch", "-q", main)
        file.write_text(file.read_text().replace("Cannot log in", title))
        place.git("commit", "-qnam", title)
    assert place.gitdesk("check").returncode == 0
    merge = subprocess.run(
        ["git", "merge", "-q", "other"], cwd=place.path, env=place.environ, capture_output=True
    )
    assert merge.returncode == 1
    with place.open() as desk:
        assert conflicts(desk) == (path,)
    words = f"{path}: a merge left conflicts that are not settled"
    assert findings(place)[("work tree", "error")] == words
    (place.path / "sub").mkdir()
    done = place.gitdesk("-C", "sub", "check")
    assert done.returncode == 1
    told = f"{words}; `gitdesk settle` joins what it can"
    assert done.stderr.splitlines()[-2:] == ["in the last commit, nothing is wrong", told]


def test_a_ticket_somebody_edited_and_did_not_commit_is_told(place: Place) -> None:
    path = path_of(place.new())
    file = place.path / path
    assert "work tree" not in {name for name, _ in findings(place)}
    file.write_text(file.read_text().replace("status: new", "status: opne"))
    (place.path / "tickets" / "stray.md").write_text("")
    (place.path / "elsewhere.md").write_text("")
    index = (place.path / ".git" / "index").read_bytes()
    with place.open() as desk:
        assert changed(desk) == (path, "tickets/stray.md")
    words = f"{path} and 1 more have changes that are not committed"
    assert findings(place)[("work tree", "warning")].startswith(words)
    (place.path / "sub").mkdir()
    done = place.gitdesk("-C", "sub", "check")
    assert (done.returncode, done.stderr.count(words)) == (0, 1)
    assert (place.path / ".git" / "index").read_bytes() == index
