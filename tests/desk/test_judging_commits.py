"""Judging commits: what a branch adds, what a merge makes of it, and what keeps a range from being judged."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gitdesk.desk import judging_commits
from gitdesk.domain.ticket import TicketId
from gitdesk.domain.violation import Violation
from gitdesk.errors import SetupError, Unreadable, UsageError

from .conftest import Place


class Branch:
    """A desk with a ticket on `main` and a branch `topic` checked out, for hand edits."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.ticket = place.new()
        self.file = next((place.path / "tickets").rglob(f"{self.ticket}.md"))
        self.path = str(self.file.relative_to(place.path))
        place.git("branch", "-M", "main")
        place.git("config", "core.hooksPath", "/dev/null")
        place.git("switch", "-qc", "topic")

    def edit(self, old: str, new: str, file: Path | None = None) -> str:
        """Commits a replacement in a file, of the ticket unless another is named; returns the commit's id."""
        target = file or self.file
        text = target.read_text()
        assert old in text
        target.write_text(text.replace(old, new, 1))
        return self.commit()

    def commit(self) -> str:
        """Commits everything there is."""
        self.place.git("add", "-A")
        self.place.git("commit", "-qm", "by hand")
        return self.place.git("rev-parse", "HEAD").strip()

    def config(self) -> Path:
        return self.place.path / "gitdesk.yaml"

    def judged(self, text: str = "main..topic") -> list[Violation]:
        with self.place.open() as desk:
            return list(judging_commits.between(desk, text))

    def codes(self, text: str = "main..topic") -> list[str]:
        return [one.code for one in self.judged(text)]


@pytest.fixture
def branch(place: Place) -> Branch:
    return Branch(place)


def test_a_branch_without_a_commit_has_nothing_wrong(branch: Branch) -> None:
    assert branch.codes() == []


def test_a_sound_branch_has_nothing_wrong_and_its_commits_are_counted(branch: Branch) -> None:
    branch.edit("status: new", "status: open")
    branch.edit("priority: normal", "priority: high")
    with branch.place.open() as desk:
        walk = judging_commits.between(desk, "main..topic")
        assert list(walk) == []
    assert walk.commits == 2


@pytest.mark.parametrize("text", ["main..topic", "main...topic", "main..", "main", "main..HEAD"])
def test_every_way_to_write_a_range_finds_what_a_commit_brought_in(branch: Branch, text: str) -> None:
    commit = branch.edit("status: new", "status: opne")
    [found] = branch.judged(text)
    assert (found.code, found.commit, found.path) == ("F040", commit, branch.path)
    assert found.excerpt == "status: opne"


def test_trouble_of_the_base_is_not_the_branchs(branch: Branch) -> None:
    branch.place.git("switch", "-q", "main")
    branch.edit("priority: normal", "priority: normla")
    branch.place.git("switch", "-qC", "topic")
    branch.edit("status: new", "status: open")
    assert branch.codes() == []


def test_what_a_later_commit_mends_is_told_of_the_commit_that_broke_it(branch: Branch) -> None:
    commit = branch.edit("status: new", "status: opne")
    branch.edit("status: opne", "status: open")
    [found] = branch.judged()
    assert (found.code, found.commit) == ("F040", commit)


def test_a_violation_is_placed_where_it_stands_by_now(branch: Branch) -> None:
    branch.edit("priority: normal", "priority: normla")
    before = branch.judged()[0].line
    branch.edit("\nstatus:", "\n# a remark\nstatus:")
    after = branch.judged()[0].line
    assert before is not None
    assert after == before + 1


def test_an_illegal_step_is_found_though_the_branch_ends_as_it_began(branch: Branch) -> None:
    branch.edit("status: new", "status: closed")
    second = branch.edit("status: closed", "status: new")
    assert ("W001", second) in [(one.code, one.commit) for one in branch.judged()]


def test_a_branch_cannot_bring_the_word_it_uses_but_is_told_what_to_do(branch: Branch) -> None:
    text = branch.config().read_text()
    branch.config().write_text(text.replace("  - name: urgent\n", "  - name: urgent\n  - name: blazing\n", 1))
    branch.edit("priority: normal", "priority: blazing")
    found = [one for one in branch.judged() if one.code == "F041"]
    assert len(found) == 1
    assert "let that land first" in (found[0].hint or "")


def test_a_gitdesk_yaml_that_a_commit_breaks_is_told_with_its_place(branch: Branch) -> None:
    branch.config().write_text(branch.config().read_text() + "\nfrobs: 1\n")
    commit = branch.commit()
    [found] = branch.judged()
    assert (found.code, found.commit, found.excerpt) == ("C001", commit, "frobs: 1")


def test_a_gitdesk_yaml_that_is_removed_is_a_violation(branch: Branch) -> None:
    branch.place.git("rm", "-q", "gitdesk.yaml")
    branch.commit()
    branch.place.environ["GITDESK_BRANCH"] = "main"
    assert "C005" in branch.codes()


def test_a_base_whose_rules_are_broken_is_unreadable_unless_the_branch_mends_them(branch: Branch) -> None:
    text = branch.config().read_text()
    branch.place.git("switch", "-q", "main")
    branch.config().write_text(text + "\nfrobs: 1\n")
    branch.commit()
    branch.place.git("switch", "-qC", "topic")
    branch.edit("status: new", "status: opne")
    with pytest.raises(Unreadable):
        branch.judged()
    branch.config().write_text(text)
    branch.commit()
    assert branch.codes() == ["F040"]


def test_a_link_an_executable_and_a_stray_file_are_found_in_the_commit_that_brings_them(
    branch: Branch,
) -> None:
    (branch.place.path / "tickets" / "7K").mkdir(exist_ok=True)
    (branch.place.path / "tickets" / "7K" / "GD-7K3QX4M2.md").symlink_to("/etc/passwd")
    one = branch.commit()
    branch.file.chmod(0o755)
    two = branch.commit()
    (branch.place.path / "tickets" / "stray.txt").write_text("lost\n")
    three = branch.commit()
    assert [(each.code, each.commit) for each in branch.judged()] == [
        ("F050", one),
        ("F050", two),
        ("F053", three),
    ]


def test_an_attachment_over_the_limit_is_found_even_when_it_is_gone_again(branch: Branch) -> None:
    branch.place.git("switch", "-q", "main")
    branch.edit("attachment_bytes: 10 MB", "attachment_bytes: 1000", branch.config())
    branch.place.git("switch", "-qC", "topic")
    folder = branch.file.with_suffix("")
    folder.mkdir()
    (folder / "log.txt").write_text("x" * 1001)
    commit = branch.commit()
    (folder / "log.txt").unlink()
    gone = branch.commit()
    found = [(each.code, each.commit) for each in branch.judged()]
    assert found == [("F052", commit), ("A004", gone)]


# Who and when


def test_the_person_and_the_time_of_each_commit_are_judged(branch: Branch) -> None:
    branch.place.environ.update(GIT_AUTHOR_EMAIL="m@evil.example", GIT_COMMITTER_DATE="2020-01-01T00:00:00Z")
    commit = branch.edit("status: new", "status: open")
    found = [(one.code, one.severity, one.commit) for one in branch.judged()]
    assert ("A006", "error", commit) in found
    assert ("P002", "warn", commit) in found


def test_nobody_permits_himself_what_the_same_branch_does(branch: Branch) -> None:
    branch.place.environ.update(GIT_AUTHOR_EMAIL="m@evil.example")
    entry = "\n  agents:\n    - {id: mal, name: Mal, addresses: [m@evil.example], roles: [lead]}"
    first = branch.edit("\n  agents:", entry, branch.config())
    second = branch.edit(entry, entry + "\n    # a remark", branch.config())
    found = [(one.code, one.commit) for one in branch.judged() if one.severity == "error"]
    assert found == [("P005", first), ("P005", second)]


# Merges


def _diverged(branch: Branch, theirs: tuple[str, str], ours: tuple[str, str]) -> None:
    branch.place.git("switch", "-q", "main")
    branch.edit(*theirs)
    branch.place.git("switch", "-q", "topic")
    branch.edit(*ours)


def test_a_clean_merge_into_a_base_that_moved_on_has_nothing_wrong(branch: Branch) -> None:
    _diverged(branch, ("status: new", "status: open"), ("Cannot log in", "Cannot sign in"))
    before = branch.place.git("count-objects", "-v")
    assert branch.codes() == []
    assert branch.place.git("count-objects", "-v") == before


def test_a_merge_that_conflicts_is_told_at_the_file(branch: Branch) -> None:
    _diverged(branch, ("Cannot log in", "Cannot log on"), ("Cannot log in", "Cannot sign in"))
    [found] = branch.judged()
    assert (found.code, found.severity, found.path, found.commit) == ("F007", "error", branch.path, "")
    words = 'both sides changed title: "Cannot log on" or "Cannot sign in", in the merge with "main"'
    assert found.message == words


def test_a_merge_that_lines_cannot_settle_and_fields_can_is_judged_as_the_driver_makes_it(
    branch: Branch,
) -> None:
    _diverged(branch, ("\ntags:", "\ntags: [vip]"), ("\ntags:", "\ntags: [login]"))
    [found] = branch.judged()
    assert (found.code, found.severity, found.path) == ("F007", "warn", branch.path)
    assert found.message.startswith("lines alone do not tell what comes out, fields do")


def test_what_only_the_merge_by_field_breaks_is_found_and_nothing_is_written(branch: Branch) -> None:
    branch.place.git("switch", "-q", "main")
    branch.edit("max_per_ticket: 8", "max_per_ticket: 1", branch.config())
    branch.place.git("switch", "-q", "topic")
    branch.place.git("merge", "-q", "--ff-only", "main")
    _diverged(branch, ("\ntags:", "\ntags: [vip]"), ("\ntags:", "\ntags: [login]"))
    before = branch.place.git("count-objects", "-v")
    lines, broken = branch.judged()
    assert (lines.code, lines.severity) == ("F007", "warn")
    assert (broken.code, broken.commit) == ("T003", "")
    assert broken.message.endswith('in the merge with "main"')
    assert branch.place.git("count-objects", "-v") == before


def test_what_only_the_merge_breaks_is_found(branch: Branch) -> None:
    _diverged(branch, ("\ntitle:", "\nsource: zendesk:1\ntitle:"), ("\ntags:", "\nsource: zendesk:2\ntags:"))
    [found] = branch.judged()
    assert (found.code, found.commit) == ("F011", "")
    assert found.message == 'duplicate key "source", in the merge with "main"'


def test_an_evil_merge_is_found_though_no_side_has_its_change(branch: Branch) -> None:
    _diverged(branch, ("status: new", "status: open"), ("Cannot log in", "Cannot sign in"))
    branch.place.git("merge", "--no-commit", "-q", "main")
    commit = branch.edit("priority: normal", "priority: normla")
    [found] = branch.judged()
    assert (found.code, found.commit) == ("F041", commit)


def test_what_a_merge_of_the_base_brings_is_not_the_branchs(branch: Branch) -> None:
    _diverged(branch, ("status: new", "status: opne"), ("Cannot log in", "Cannot sign in"))
    branch.place.git("merge", "-q", "--no-edit", "main")
    assert branch.codes() == []


def test_no_merge_driver_of_the_clone_is_run(branch: Branch, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    branch.place.git("config", "merge.evil.driver", f"touch {mark}")
    (branch.place.path / ".git" / "info").mkdir(exist_ok=True)
    (branch.place.path / ".git" / "info" / "attributes").write_text("* merge=evil\n")
    _diverged(branch, ("status: new", "status: open"), ("Cannot log in", "Cannot sign in"))
    branch.codes()
    assert not mark.exists()


# What keeps a range from being judged


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("nowhere..topic", 'no commit "nowhere"', "git fetch"),
        ("main..nowhere", 'no commit "nowhere"', "git fetch"),
        ("0" * 40 + "..topic", "no commit", "a branch that is new"),
        ("1" * 40 + "..topic", "no commit", "git fetch"),
        ("--output=x..topic", 'no commit "--output=x"', "git fetch"),
    ],
)
def test_a_missing_commit_is_an_error_of_its_own(branch: Branch, text: str, says: str, hint: str) -> None:
    with pytest.raises(SetupError) as caught:
        branch.judged(text)
    assert says in caught.value.message
    assert hint in (caught.value.hint or "")


def test_an_id_in_full_counts_for_the_commit_that_it_leads_to(branch: Branch) -> None:
    git = branch.place.git
    branch.edit("status: new", "status: opne")
    git("tag", "-a", "-m", "as it was", "then", "main")
    for name in ("main", "then"):
        assert [one.code for one in branch.judged(f"{git('rev-parse', name).strip()}..topic")] == ["F040"]
    tree = git("rev-parse", "main^{tree}").strip()
    with pytest.raises(SetupError, match=f'no commit "{tree}"'):
        branch.judged(f"{tree}..topic")


@pytest.mark.parametrize("text", ["..topic", "a..b..c"])
def test_what_is_no_range_is_wrong_usage(branch: Branch, text: str) -> None:
    with pytest.raises(UsageError):
        branch.judged(text)


def test_an_unrelated_base_is_an_error_of_its_own(branch: Branch) -> None:
    branch.place.git("switch", "-q", "--orphan", "other")
    (branch.place.path / "x").write_text("x")
    branch.commit()
    branch.place.git("switch", "-q", "topic")
    with pytest.raises(SetupError, match="no commit in common"):
        branch.judged("other..topic")


def test_a_shallow_clone_is_an_error_that_says_how_to_mend_it(branch: Branch, tmp_path: Path) -> None:
    for number in range(4):
        branch.edit("Cannot", f"Cannot{number}")
    clone = tmp_path / "clone"
    url = f"file://{branch.place.path}"
    words = ["git", "clone", "-q", "--depth=2", "--no-single-branch", "-b", "topic", url, str(clone)]
    subprocess.run(words, check=True, env=branch.place.environ, capture_output=True)
    shallow = Place(clone, dict(os.environ))
    with shallow.open() as desk, pytest.raises(SetupError, match="shallow") as caught:
        judging_commits.between(desk, "origin/main..HEAD")
    assert "fetch-depth: 0" in (caught.value.hint or "")
    with shallow.open() as desk, pytest.raises(SetupError, match="shallow"):
        judging_commits.everything(desk)
    with shallow.open() as desk, pytest.raises(SetupError) as caught:
        judging_commits.between(desk, "main..HEAD")
    assert caught.value.exit_code == 6
    subprocess.run(["git", "fetch", "-q", "--unshallow"], check=True, cwd=clone, capture_output=True)
    with shallow.open() as desk:
        assert list(judging_commits.between(desk, "origin/main..HEAD")) == []


# The whole history


def test_the_history_is_judged_by_the_rules_in_force_before_each_commit(branch: Branch) -> None:
    text = branch.config().read_text()
    bad = branch.edit("priority: normal", "priority: blazing")
    branch.config().write_text(text.replace("  - name: urgent\n", "  - name: urgent\n  - name: blazing\n", 1))
    branch.commit()
    branch.edit("Cannot log in", "Cannot sign in")
    with branch.place.open() as desk:
        found = list(judging_commits.everything(desk))
    assert [(one.code, one.commit) for one in found if one.severity == "error"] == [("F041", bad)]


def test_the_history_goes_on_by_the_last_rules_that_could_be_read(branch: Branch) -> None:
    text = branch.config().read_text()
    broken = branch.edit(text, text + "\nfrobs: 1\n", branch.config())
    bad = branch.edit("priority: normal", "priority: normla")
    with branch.place.open() as desk:
        found = [(one.code, one.commit) for one in judging_commits.everything(desk)]
    assert found == [("C001", broken), ("F041", bad)]


def test_a_ticket_made_by_a_command_is_sound_in_every_commit(place: Place) -> None:
    assert isinstance(place.new(), TicketId | str)
    with place.open() as desk:
        assert list(judging_commits.everything(desk)) == []


def test_what_was_imported_is_judged_by_its_files_alone_in_the_history_and_whole_in_a_range(
    branch: Branch,
) -> None:
    branch.place.environ.update(GIT_AUTHOR_EMAIL="old@example.com", GIT_COMMITTER_DATE="2020-01-01T00:00:00Z")
    branch.file.write_text(branch.file.read_text().replace("status: new", "status: open"))
    branch.place.git("commit", "-qam", "imported\n\nGitdesk-Source: zendesk:1")
    with branch.place.open() as desk:
        assert list(judging_commits.everything(desk)) == []
    assert "A006" in branch.codes()
