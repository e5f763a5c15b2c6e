"""History is told as Git has it: merges, roots, odd commits, shallow clones, both kinds of hashes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.domain.change import CommitRecord, FileVersion, parse_message, render_message
from gitdesk.domain.document import Document
from gitdesk.errors import GitdeskError
from gitdesk.store import history
from gitdesk.store.git import Repo
from gitdesk.store.history import History

A, B, C = "tickets/7K/a.md", "tickets/7K/b.md", "gitdesk.yaml"


def records(repository: GitRepository, tip: str = "HEAD", *known: str) -> list[CommitRecord]:
    with Repo.discover(str(repository.path), os.environ) as repo:
        return list(history.commits(repo, repository.tip(tip), since_commits=known))


def by_subject(found: list[CommitRecord]) -> dict[str, CommitRecord]:
    return {record.commit.subject: record for record in found}


def raw_commit(
    repository: GitRepository, header: str | bytes, message: bytes = b"odd\n", parent: str = "HEAD"
) -> str:
    """Stores a commit no porcelain would write; the header goes from the author on."""
    tree = repository.tip(f"{parent}^{{tree}}")
    head = header.encode() if isinstance(header, str) else header
    data = f"tree {tree}\nparent {repository.tip(parent)}\n".encode() + head + b"\n" + message
    return repository.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=data)


def oid(repository: GitRepository, name: str) -> str:
    return repository.git("rev-parse", name)


def test_each_commit_has_its_files_newest_first(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1"}, "one\n\nbecause\n\nGitdesk-Via: email")
    desk.commit({A: "2", B: "1"}, "two")
    desk.commit({A: None}, "three")
    three, two, one = records(desk)
    assert [record.commit.subject for record in (three, two, one)] == ["three", "two", "one"]
    assert one.changes == (FileVersion(path=A, old=("",), new=oid(desk, f"HEAD~2:{A}")),)
    assert [version.path for version in two.changes] == [A, B]
    assert three.changes == (FileVersion(path=A, old=(oid(desk, f"HEAD~1:{A}"),), new=""),)
    assert (one.commit.body, one.commit.trailers) == ("because", (("Gitdesk-Via", "email"),))
    assert two.commit.parents == (one.commit.id,)
    assert not one.commit.shallow


def test_author_and_committer_keep_their_times_and_zones(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit(
        {A: "1"},
        GIT_AUTHOR_NAME="Žana  Ćuk",
        GIT_AUTHOR_EMAIL="zana@x",
        GIT_AUTHOR_DATE="2026-03-29T01:30:00+0530",
        GIT_COMMITTER_DATE="@4300000000 -0730",
    )
    (record,) = records(desk)
    author, committer = record.commit.author, record.commit.committer
    assert str(author) == "Žana  Ćuk <zana@x>"
    assert author.at == datetime(2026, 3, 28, 20, tzinfo=UTC)
    assert author.at.utcoffset() == timedelta(hours=5, minutes=30)
    assert committer.at.isoformat() == "2106-04-06T04:56:40-07:30"
    assert str(committer) == "Iva Kralj <iva@acme.example>"


def test_only_what_is_new_is_read(repo: RepoFactory) -> None:
    desk = repo()
    first = desk.commit({A: "1"}, "one")
    second = desk.commit({A: "2"}, "two")
    assert [record.commit.id for record in records(desk, "HEAD", first)] == [second]
    assert records(desk, "HEAD", second) == []


def test_a_merge_tells_only_what_it_decided_itself(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1\n2\n3\n", B: "b"}, "root")
    desk.git("checkout", "-qb", "side")
    desk.commit({A: "1\n2\n3 side\n", B: "side"}, "side")
    desk.git("checkout", "-q", "main")
    desk.commit({A: "1 main\n2\n3\n"}, "main")
    desk.git("merge", "-q", "--no-commit", "side")
    desk.commit({C: "decided"}, "merge")
    found = by_subject(records(desk))
    assert [version.path for version in found["side"].changes] == [A, B]
    assert [version.path for version in found["main"].changes] == [A]
    versions = {version.path: version for version in found["merge"].changes}
    assert set(versions) == {A, C}
    assert versions[A].old == (oid(desk, f"HEAD^1:{A}"), oid(desk, f"HEAD^2:{A}"))
    assert versions[C].old == ("", "")
    assert len(found["merge"].commit.parents) == 2


def test_an_octopus_and_several_roots_are_read(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "root"}, "root")
    for name in ("x", "y"):
        desk.git("checkout", "-q", "--orphan", name)
        desk.git("rm", "-rfq", ".")
        desk.commit({f"tickets/{name}.md": name}, name)
    desk.git("checkout", "-q", "main")
    tree = desk.tip("HEAD^{tree}")
    merge = desk.git("commit-tree", "-p", "main", "-p", "x", "-p", "y", "-m", "octopus", tree)
    found = by_subject(records(desk, merge))
    assert len(found["octopus"].commit.parents) == 3
    assert found["octopus"].changes == ()
    assert all(len(found[name].changes) == 1 for name in ("root", "x", "y"))


def test_empty_commits_and_empty_messages_are_commits(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1"}, "one")
    desk.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "")
    desk.write({A: "2"})
    desk.git("commit", "-qa", "--allow-empty-message", "-m", "")
    last, empty, _ = records(desk)
    assert (last.commit.message, len(last.changes)) == ("", 1)
    assert (empty.commit.message, empty.changes) == ("", ())


@pytest.mark.parametrize(
    ("header", "name", "email", "moment"),
    [
        ("author garbage\ncommitter <>\n", "garbage", "", 0),
        (
            "author A <a@x> 99999999999999999999 +0000\ncommitter A <a@x> 1 +0000\n",
            "A",
            "a@x",
            253_402_128_000,
        ),
        ("author A <a@x>1700000000 +9999\ncommitter A <a@x> 1 +0000\n", "A", "a@x", 1_700_000_000),
        ("author A <a@x> -5 +0000\ncommitter A <a@x> 1 +0000\n", "A", "a@x", 0),
        ("author A <b> <a@x> 7 garbage\ncommitter A <a@x> 1 +0000\n", "A", "b> <a@x", 7),
        (b"author \xff\xfe <a@x> 7 +0000\ncommitter A <a@x> 1 +0000\n", "\ufffd\ufffd", "a@x", 7),
        ("committer A <a@x> 1 +0000\n", "", "", 0),
    ],
)
def test_whatever_stands_in_a_header_is_no_obstacle(
    repo: RepoFactory, header: str | bytes, name: str, email: str, moment: int
) -> None:
    desk = repo()
    desk.commit({A: "1"}, "one")
    odd = raw_commit(desk, header)
    author = records(desk, odd)[0].commit.author
    assert (author.name, author.email, author.at.timestamp()) == (name, email, moment)


def test_messages_in_any_encoding_are_text(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1"}, "one")
    people = "author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"
    latin = raw_commit(desk, people + "encoding ISO-8859-1\n", b"caf\xe9\n\n  indented\n:not an entry\n")
    assert records(desk, latin)[0].commit.message == "café\n\n  indented\n:not an entry"
    unknown = raw_commit(desk, people + "encoding no-such-thing\n", b"ba\xffd\n")
    assert records(desk, unknown)[0].commit.message == "ba\ufffdd"


def test_a_header_that_imitates_the_stream_is_only_a_header(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1"}, "one")
    forged = ":000000 100644 " + "0" * 40 + " " + "1" * 40 + " A"
    odd = raw_commit(desk, f"author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n{forged}\n", b"")
    found = records(desk, odd)
    assert [len(record.changes) for record in found] == [0, 1]


@pytest.mark.parametrize(
    "name", ["tickets/a\nb.md", "tickets/:100644 x.md", "tickets/commit 12.md", 'tickets/"č".md']
)
def test_any_path_is_read_as_it_is(repo: RepoFactory, name: str) -> None:
    desk = repo()
    desk.commit({name: "1"}, "one")
    assert [version.path for version in records(desk)[0].changes] == [name]


def test_links_and_changes_of_mode_are_no_versions(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1"}, "one")
    (desk.path / A).chmod(0o755)
    desk.commit({A: "1"}, "executable")
    (desk.path / A).unlink()
    (desk.path / A).symlink_to("b.md")
    desk.git("add", A)
    desk.commit({}, "link")
    found = by_subject(records(desk))
    assert found["executable"].changes == ()
    assert found["link"].changes == (FileVersion(path=A, old=(oid(desk, f"HEAD~2:{A}"),), new=""),)


def test_the_users_settings_and_mail_maps_change_nothing(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1\n" * 30, ".mailmap": "Somebody Else <else@x> <iva@acme.example>"}, "one")
    desk.commit({A: None, B: "1\n" * 30}, "two")
    plain = records(desk)
    settings = (
        "log.showSignature", "log.mailmap", "diff.renames", "diff.noprefix", "log.follow", "log.showRoot",
        "log.decorate", "color.ui", "format.pretty", "log.date", "core.abbrev", "notes.displayRef",
        "diff.mnemonicPrefix",
    )  # fmt: skip
    given = {"color.ui": "always", "format.pretty": "oneline", "log.date": "relative", "core.abbrev": "4",
             "log.showRoot": "false", "notes.displayRef": "*"}  # fmt: skip
    for key in settings:
        desk.git("config", key, given.get(key, "true"))
    desk.git("notes", "add", "-m", "a note")
    assert records(desk) == plain
    assert plain[0].commit.author.name == "Iva Kralj"
    assert [len(record.changes) for record in plain] == [2, 2]


def test_replacements_are_ignored(repo: RepoFactory) -> None:
    desk = repo()
    first = desk.commit({A: "1"}, "one")
    second = desk.commit({A: "2"}, "two")
    desk.git("replace", second, first)
    assert [record.commit.subject for record in records(desk)] == ["two", "one"]


def test_the_first_commit_a_shallow_clone_knows_is_marked(repo: RepoFactory, tmp_path: Path) -> None:
    desk = repo()
    for number in range(4):
        desk.commit({A: str(number)}, str(number))
    desk.git("clone", "-q", "--depth", "2", f"file://{desk.path}", str(tmp_path / "clone"))
    clone = GitRepository(tmp_path / "clone")
    newest, oldest = records(clone)
    assert (newest.commit.shallow, oldest.commit.shallow) == (False, True)
    with Repo.discover(str(clone.path), os.environ) as known:
        source = History(known, lambda data, path: Document(path=path, data=data, ticket=None))
        before = source.horizon()
        assert before
        clone.git("fetch", "-q", "--unshallow")
        assert source.horizon() == ""
    assert [record.commit.shallow for record in records(clone)] == [False] * 4


def test_sha256_repositories_are_read(repo: RepoFactory) -> None:
    desk = repo("wide", "--object-format=sha256")
    desk.commit({A: "1"}, "one")
    desk.commit({A: "2"}, "two")
    two, one = records(desk)
    assert len(one.commit.id) == 64
    assert two.changes == (FileVersion(path=A, old=(oid(desk, f"HEAD~1:{A}"),), new=oid(desk, f"HEAD:{A}")),)


def test_a_signed_commit_is_known_as_signed(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1"}, "one")
    people = "author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"
    header = people + "gpgsig -----BEGIN X-----\n \n author\n -----END X-----\n"
    odd = raw_commit(desk, header)
    assert [record.commit.signed for record in records(desk, odd)] == [True, False]


def test_the_stream_may_be_cut_anywhere(repo: RepoFactory) -> None:
    desk = repo()
    desk.commit({A: "1", B: "1"}, "one")
    desk.git("commit", "-q", "--allow-empty", "-m", "empty")
    desk.commit({A: "2"}, "two\n\nwith a body")
    with Repo.discover(str(desk.path), os.environ) as known:
        stream = known.run(*history._LOG, desk.tip())
    whole = list(history.parse_log([stream]))
    assert len(whole) == 3
    for size in (1, 2, 3, 7, 64):
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
        assert list(history.parse_log(pieces)) == whole


def test_the_parents_of_a_commit_are_those_it_names(repo: RepoFactory) -> None:
    desk = repo()
    first = desk.commit({A: "1"}, "one\n\nparent 1234")
    second = desk.commit({A: "2"}, "two")
    merge = desk.git("commit-tree", "-p", second, "-p", first, "-m", "merge", desk.tip("HEAD^{tree}"))
    people = f"parent {second}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n"
    signed = raw_commit(desk, people + f"gpgsig -----BEGIN X-----\n parent {first}\n -----END X-----\n")
    with Repo.discover(str(desk.path), os.environ) as known:
        source = History(known, lambda data, path: Document(path=path, data=data, ticket=None))
        assert source.parents(first) == ()
        assert source.parents(merge) == (second, first)
        assert second in (source.parents(signed) or ())
        assert first not in (source.parents(signed) or ())
        assert source.parents("1" * 40) is None
        assert source.has(second)
        assert not source.has("1" * 40)


def test_a_history_with_holes_is_an_error_and_not_a_shorter_history(repo: RepoFactory, capfd: object) -> None:
    desk = repo()
    first = desk.commit({A: "1"}, "one")
    desk.commit({A: "2"}, "two")
    (desk.path / ".git/objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(GitdeskError):
        records(desk)


def test_a_consumer_may_stop_early(repo: RepoFactory) -> None:
    desk = repo()
    for number in range(3):
        desk.commit({A: str(number)}, str(number))
    with Repo.discover(str(desk.path), os.environ) as known:
        stream = history.commits(known, desk.tip())
        assert next(stream).commit.subject == "2"
        stream.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "reason",
    [
        "Approved-by: Eve <eve@x>",
        "done\n\nApproved-by: Eve <eve@x>\n---\nrest",
        "Approved-by: Eve\n---\n",
        "x\n\nGitdesk-Via : me\n(cherry picked from commit 1234567)",
        "# comment\n\nOn-behalf-of: Eve",
    ],
)
@pytest.mark.parametrize("trailers", [(), (("Gitdesk-Via", "email"),)])
def test_git_itself_sees_no_trailer_in_a_reason(
    repo: RepoFactory, reason: str, trailers: tuple[tuple[str, str], ...]
) -> None:
    desk = repo()
    text = render_message("GD-7K3QX4M2: status open → waiting", reason, trailers)
    seen = desk.git("interpret-trailers", "--parse", input=text)
    assert seen.splitlines() == [f"{key}: {value}" for key, value in trailers]
    desk.git("commit", "-q", "--allow-empty", "-F", "-", input=text)
    assert desk.git("log", "-1", "--format=%(trailers)").splitlines() == seen.splitlines()
    assert parse_message(records(desk)[0].commit.message) == parse_message(text)
    zone = UTC
    assert records(desk)[0].commit.author.at.astimezone(zone).tzinfo == zone
