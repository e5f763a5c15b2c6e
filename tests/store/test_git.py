"""Repositories are found and read as Git itself would, in every shape they come in."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from repository import RepoFactory

from gitdesk.errors import SetupError, Unreadable
from gitdesk.store import discover, git
from gitdesk.store.git import GitError, Repo


def open_at(path: Path | str, **env: str) -> Repo:
    return Repo.discover(str(path), {**os.environ, **env})


def fake_git(folder: Path, script: str) -> str:
    """Puts a program called `git` into a folder and returns a PATH with that folder first."""
    folder.mkdir(exist_ok=True)
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{folder}:{os.environ['PATH']}"


def test_settings_that_were_asked_for_early_are_the_settings(repo: RepoFactory) -> None:
    made = repo()
    made.git("config", "some.thing", "early")
    with open_at(made.path) as found:
        found.ask_settings()
        found.ask_settings()
        assert found.config("some.thing") == "early"
        found.ask_settings()
        made.git("config", "some.thing", "late")
        assert found.config("some.thing") == "early"
        found.forget_settings()
        assert found.config("some.thing") == "late"


def test_settings_that_were_asked_for_in_vain_leave_no_program_and_no_pipe(
    repo: RepoFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = open_at(repo().path)
    pipes = set(os.listdir("/proc/self/fd"))
    waited: list[int] = []
    real = os.waitpid
    monkeypatch.setattr(os, "waitpid", lambda pid, options: waited.append(pid) or real(pid, options))
    found.ask_settings()
    assert waited == []
    found.close()
    assert len(waited) == 1
    assert set(os.listdir("/proc/self/fd")) == pipes


def test_a_repository_is_found_from_any_folder_below_without_starting_git(
    repo: RepoFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = repo()
    made.write({"a/b/c.txt": "x"})
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    found = open_at(made.path / "a" / "b")
    assert (found.work_tree, found.git_dir, found.common_dir) == (
        str(made.path),
        str(made.path / ".git"),
        str(made.path / ".git"),
    )
    assert found.head() == ("refs/heads/main", None)


def test_a_linked_work_tree_shares_the_common_directory(repo: RepoFactory, tmp_path: Path) -> None:
    made = repo()
    tip = made.commit({"x": "1"})
    made.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    found = open_at(tmp_path / "linked")
    assert found.work_tree == str(tmp_path / "linked")
    assert found.common_dir == str(made.path / ".git")
    assert found.head() == ("refs/heads/other", tip)


def test_a_bare_repository_is_found_and_has_no_work_tree(repo: RepoFactory) -> None:
    made = repo("bare.git", "--bare")
    found = open_at(made.path)
    assert (found.git_dir, found.work_tree) == (str(made.path), None)


def test_a_submodule_is_a_repository_of_its_own(repo: RepoFactory) -> None:
    inner, outer = repo("inner"), repo("outer")
    tip = inner.commit({"x": "1"})
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "sub")
    found = open_at(outer.path / "sub")
    assert found.work_tree == str(outer.path / "sub")
    assert found.head()[1] == tip


def test_a_separate_git_directory_is_followed(repo: RepoFactory, tmp_path: Path) -> None:
    made = repo("desk", f"--separate-git-dir={tmp_path / 'elsewhere'}")
    found = open_at(made.path)
    assert (found.work_tree, found.git_dir) == (str(made.path), str(tmp_path / "elsewhere"))


def test_the_variables_that_steer_git_steer_us(repo: RepoFactory, tmp_path: Path) -> None:
    made, other = repo("one"), repo("two")
    found = open_at(other.path, GIT_DIR=str(made.path / ".git"), GIT_WORK_TREE=str(made.path))
    assert found.git_dir == str(made.path / ".git")
    (other.path / "deep" / "er").mkdir(parents=True)
    with pytest.raises(SetupError, match="no Git repository"):
        open_at(other.path / "deep" / "er", GIT_CEILING_DIRECTORIES=str(other.path / "deep"))


def test_outside_any_repository_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no Git repository here or above") as caught:
        open_at(tmp_path)
    assert "gitdesk init" in (caught.value.hint or "")


def test_a_repository_that_git_distrusts_is_refused_with_gits_reason(repo: RepoFactory) -> None:
    made = repo()
    with pytest.raises(SetupError, match="dubious ownership") as caught:
        open_at(made.path, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert f"safe.directory {made.path}" in (caught.value.hint or "")


def test_somebody_elses_repository_is_left_to_gits_judgement(
    repo: RepoFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = repo()
    asked: list[str] = []
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    monkeypatch.setattr(discover, "_ask_git", lambda start, _: asked.append(start))
    discover.find_repository(str(made.path), os.environ)
    assert asked == [str(made.path)]


def test_a_machine_without_git_gets_a_plain_answer(
    repo: RepoFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = repo("bare.git", "--bare")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="no `git` program"):
        open_at(made.path)
    with pytest.raises(SetupError, match="no `git` program"):
        git.require_version(os.environ)


def test_an_old_git_is_named_as_the_reason_when_something_fails(
    repo: RepoFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = open_at(repo().path)
    path = fake_git(
        tmp_path / "bin", 'if [ "$1" = --version ]; then echo git version 2.30.2; else exit 129; fi'
    )
    monkeypatch.setenv("PATH", path)
    with pytest.raises(SetupError, match=r"Git 2\.30\.2 is too old"):
        found.run("anything")


def test_a_call_that_fails_says_what_git_said(repo: RepoFactory) -> None:
    with pytest.raises(GitError, match="`git cat-file` failed: Not a valid object name nothing"):
        open_at(repo().path).run("cat-file", "-p", "nothing")


def test_large_input_and_output_do_not_block_each_other(repo: RepoFactory) -> None:
    found = open_at(repo().path)
    data = os.urandom(1 << 20)
    oid = found.run("hash-object", "-w", "--stdin", input=data).decode().strip()
    assert found.run("cat-file", "blob", oid) == data


def test_nothing_that_the_configuration_names_is_run(repo: RepoFactory, tmp_path: Path) -> None:
    made = repo()
    first = made.commit({"tickets/7K/a.md": "1\n"})
    second = made.commit({"tickets/7K/a.md": "2\n"})
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    made.write({".gitattributes": "* diff=trap filter=trap\n"})
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.trap.textconv", "diff.trap.command"):
        made.git("config", key, str(trap))
    found = open_at(made.path, GIT_EXTERNAL_DIFF=str(trap), GIT_PAGER=str(trap))
    found.run("diff-tree", "-r", "--raw", first, second)
    found.run("status", "--porcelain")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_objects_are_read_loose_packed_and_as_deltas(repo: RepoFactory, hash_name: str) -> None:
    made = repo("desk", f"--object-format={hash_name}")
    lines = [f"line {number} {os.urandom(8).hex()}\n" for number in range(200)]
    versions = []
    for number in range(6):
        lines[number * 7] = f"changed {number}\n"
        versions.append("".join(lines))
        made.commit({"tickets/7K/a.md": versions[-1]})
    ids = [made.git("rev-parse", f"HEAD~{5 - number}:tickets/7K/a.md") for number in range(6)]
    with open_at(made.path) as loose:
        assert [loose.blob(oid).decode() for oid in ids] == versions
    made.git("repack", "-q", "-a", "-d", "-f", "--depth=50")
    with open_at(made.path) as packed:
        assert [packed.blob(oid).decode() for oid in ids] == versions
        assert not packed._idle, "packs are read in process"
        assert [data.decode() for _, data in packed.blobs(ids)] == versions
        assert b"tickets" in packed.tree(packed.commit(made.tip())[5:].split(b"\n")[0].decode())


def test_a_pack_that_comes_while_we_run_is_found(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"x": "1"})
    made.git("repack", "-q", "-a", "-d")
    with open_at(made.path) as found:
        found.commit(made.tip())
        made.commit({"x": "2"})
        made.git("repack", "-q", "-a", "-d")
        assert found.blob(made.git("rev-parse", "HEAD:x")) == b"2"


def test_objects_of_an_alternate_are_read(repo: RepoFactory, tmp_path: Path) -> None:
    made = repo()
    made.commit({"x": "borrowed"})
    made.git("clone", "-q", "--shared", str(made.path), str(tmp_path / "clone"))
    with open_at(tmp_path / "clone") as found:
        assert found.blob(made.git("rev-parse", "HEAD:x")) == b"borrowed"


def test_many_objects_stream_and_a_question_in_between_is_answered(repo: RepoFactory) -> None:
    made = repo()
    made.commit({f"f{number}": f"content {number}" * 50 for number in range(1400)})
    listed = [line.split()[2] for line in made.git("ls-tree", "HEAD").splitlines()]
    with open_at(made.path) as found:
        seen = 0
        for _, data in found.blobs(listed * 2):
            if seen % 1000 == 0:
                ((_, again),) = found.blobs([listed[0]])
                assert again.startswith(b"content")
            assert data.startswith(b"content")
            seen += 1
        assert seen == 2800


def test_a_stream_that_is_left_early_harms_nobody(repo: RepoFactory) -> None:
    made = repo()
    made.commit({f"f{number}": f"content {number}" for number in range(900)})
    listed = [line.split()[2] for line in made.git("ls-tree", "HEAD").splitlines()]
    with open_at(made.path) as found:
        stream = found.blobs(listed)
        next(stream)
        del stream
        assert len(list(found.blobs(listed))) == 900


def test_a_missing_object_is_an_error_of_its_own(repo: RepoFactory) -> None:
    with open_at(repo().path) as found:
        assert not found.has("1" * 40)
        with pytest.raises(Unreadable, match="not in this clone"):
            found.blob("1" * 40)
        with pytest.raises(Unreadable, match="not in this clone"):
            list(found.blobs(["1" * 40]))


def test_a_partial_clone_explains_itself_and_fetches_nothing(repo: RepoFactory, tmp_path: Path) -> None:
    made = repo()
    made.commit({"x": "promised"})
    made.git("config", "uploadpack.allowFilter", "true")
    made.git(
        "clone",
        "-q",
        "--no-checkout",
        "--no-local",
        "--filter=blob:none",
        made.path.as_uri(),
        str(tmp_path / "part"),
    )
    with open_at(tmp_path / "part") as found, pytest.raises(Unreadable) as caught:
        found.blob(made.git("rev-parse", "HEAD:x"))
    assert "partial clone" in (caught.value.hint or "")


def test_a_broken_loose_object_is_unreadable(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"x": "1"})
    oid = made.git("rev-parse", "HEAD:x")
    file = made.path / ".git" / "objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    file.write_bytes(b"rubbish")
    with open_at(made.path) as found, pytest.raises(Unreadable):
        found.blob(oid)


def test_replacements_are_ignored(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"x": "true", "y": "false"})
    one, other = made.git("rev-parse", "HEAD:x"), made.git("rev-parse", "HEAD:y")
    made.git("replace", one, other)
    with open_at(made.path) as found:
        assert found.blob(one) == b"true"
        assert [data for _, data in found.blobs([one])] == [b"true"]


def test_references_are_read_loose_packed_and_symbolic(repo: RepoFactory) -> None:
    made = repo()
    first = made.commit({"x": "1"})
    made.git("branch", "topic/deep")
    made.git("pack-refs", "--all")
    second = made.commit({"x": "2"})
    made.git("symbolic-ref", "refs/heads/alias", "refs/heads/topic/deep")
    found = open_at(made.path)
    assert found.read_ref("refs/heads/main") == second
    assert found.read_ref("refs/heads/topic/deep") == first
    assert found.read_ref("refs/heads/alias") == first
    assert found.read_ref("refs/heads/topic") is None
    assert found.read_ref("refs/heads/nothing") is None
    made.git("checkout", "-q", "--detach")
    assert found.head() == (None, second)


def test_settings_are_gits_own_in_every_file_and_include(repo: RepoFactory, tmp_path: Path) -> None:
    made = repo()
    (tmp_path / "more").write_text('[gitdesk]\n\tbranch = included\n[remote "Origin.X"]\n\turl = u\n')
    made.git("config", "include.path", str(tmp_path / "more"))
    found = open_at(made.path)
    assert found.own_setting("gitdesk.branch") == "included"
    assert found.config("user.NAME") == "Iva Kralj"
    assert found.config("remote.Origin.X.url") == "u"
    assert found.config("no.such") is None
    assert found.config_bool("core.bare", True) is False


def test_without_a_setting_of_ours_git_is_not_asked(
    repo: RepoFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = open_at(repo().path)
    monkeypatch.setattr(Repo, "settings", lambda _: pytest.fail("asked"))
    assert found.own_setting("gitdesk.branch") is None


def test_a_setting_of_the_command_line_counts(repo: RepoFactory) -> None:
    found = open_at(
        repo().path, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="gitdesk.branch", GIT_CONFIG_VALUE_0="given"
    )
    assert found.own_setting("gitdesk.branch") == "given"


def test_a_closed_standard_input_does_not_confuse_the_pipes(repo: RepoFactory) -> None:
    made = repo()
    script = (
        "import os, sys; os.close(0); os.close(2)\n"
        "from gitdesk.store.git import Repo\n"
        f"print(Repo.discover({str(made.path)!r}, os.environ).run('hash-object', '--stdin', input=b'x'))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert made.git("hash-object", "--stdin", input="x") in done.stdout
