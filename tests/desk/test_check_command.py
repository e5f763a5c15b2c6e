"""`gitdesk check` as people and CI servers call it: exit codes, files, the baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Place


@pytest.fixture
def wrong(place: Place) -> Place:
    """Returns a desk whose branch `topic` has a ticket with an unknown priority."""
    ticket = place.new()
    place.git("branch", "-M", "main")
    place.git("switch", "-qc", "topic")
    file = next((place.path / "tickets").rglob(f"{ticket}.md"))
    file.write_text(file.read_text().replace("priority: normal", "priority: normla"))
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "by hand")
    return place


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check",), 1),
        (("check", "main..topic"), 1),
        (("check", "topic..main"), 0),
        (("check", "--history"), 1),
        (("check", "--staged"), 0),
        (("check", "nowhere..topic"), 6),
        (("check", "..topic"), 2),
        (("check", "main..topic", "--staged"), 2),
        (("check", "--baseline", "nowhere.json"), 2),
        (("check", "--baseline", "gitdesk.yaml"), 5),
        (("check", "-o", "page.html"), 2),
        (("check", "-o", "a.xml", "-o", "a.xml"), 2),
        (("check", "--json", "-o", "sarif=-"), 2),
    ],
)
def test_the_exit_code_tells_how_it_ended(wrong: Place, words: tuple[str, ...], code: int) -> None:
    assert wrong.gitdesk(*words).returncode == code


def test_a_branch_that_throws_the_rules_away_is_judged_by_those_of_the_base(wrong: Place) -> None:
    (wrong.path / "gitdesk.yaml").unlink()
    wrong.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "no more rules")
    done = wrong.gitdesk("check", "main..HEAD", "--format", "csv")
    assert done.returncode == 1, done.stderr
    assert "gitdesk.yaml" in done.stdout
    assert 'C005,error,"the file is deleted' in done.stdout
    assert [wrong.gitdesk(*words).returncode for words in (("check",), ("check", "nowhere..HEAD"))] == [1, 6]
    wrong.git("rm", "-rq", "tickets")
    wrong.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "no more desk")
    for words in (("check",), ("check", "nowhere..HEAD"), ("check", "HEAD..HEAD")):
        done = wrong.gitdesk(*words)
        assert (done.returncode, done.stderr.split(":")[1]) == (6, " not a desk")


def test_a_base_that_is_named_in_full_is_told_by_its_short_name(wrong: Place) -> None:
    wrong.git("update-ref", "refs/remotes/origin/main", "main")
    wrong.git("switch", "-q", "main")
    file = next((wrong.path / "tickets").rglob("*.md"))
    file.write_text(file.read_text().replace("priority: normal", "priority: high"))
    wrong.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "by hand")
    wrong.git("update-ref", "refs/remotes/origin/main", "main")
    done = wrong.gitdesk("check", "refs/remotes/origin/main..topic")
    assert 'in the merge with "origin/main"' in done.stdout


def test_one_run_writes_any_number_of_files(wrong: Place, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.xml", "a.sarif", "a.json", "a.md")]
    words = [word for file in files for word in ("-o", str(file))]
    done = wrong.gitdesk("check", "main..topic", "-o", f"gitlab={tmp_path / 'quality'}", *words)
    assert done.returncode == 1
    assert done.stdout == ""
    assert all("normla" in file.read_text() for file in [*files, tmp_path / "quality"])


def test_a_violation_of_a_commit_carries_its_id(wrong: Place) -> None:
    [item] = json.loads(wrong.gitdesk("check", "main..topic", "--json").stdout)["items"]
    assert item["commit"] == wrong.git("rev-parse", "topic").strip()


def test_an_old_desk_starts_clean_and_its_baseline_shrinks(wrong: Place, tmp_path: Path) -> None:
    listed = str(tmp_path / "baseline.json")
    assert wrong.gitdesk("check", "--write-baseline", listed).returncode == 0
    assert wrong.gitdesk("check", "--baseline", listed).returncode == 0
    assert wrong.gitdesk("check", "main..topic", "--baseline", listed).returncode == 0
    file = next((wrong.path / "tickets").rglob("*.md"))
    file.write_text(file.read_text().replace("priority: normla", "priority: high"))
    wrong.git("commit", "-qam", "spelt")
    done = wrong.gitdesk("check", "--baseline", listed)
    assert "no longer occurs: F041 in tickets/" in done.stderr
    wrong.gitdesk("check", "--baseline", listed, "--write-baseline", listed)
    assert json.loads(Path(listed).read_text())["violations"] == []


def test_rules_are_told_whole_as_json(place: Place) -> None:
    items = json.loads(place.gitdesk("rule", "--json").stdout)["items"]
    assert all(item["why"] and item["summary"] for item in items)
    assert json.loads(place.gitdesk("rule", "f040", "--json").stdout)["items"][0]["code"] == "F040"
