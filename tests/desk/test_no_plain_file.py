"""A link, a folder or a submodule where the file of a ticket belongs: told like any ticket that cannot be read."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitdesk.desk.feed import Feed
from gitdesk.domain.format import path_of
from gitdesk.domain.query import Query, Scope, Vocabulary
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import Unreadable
from gitdesk.index.index import Index
from gitdesk.store import codec, read

from .conftest import NOW, Place

KINDS = {"link": "a symbolic link", "folder": "a folder", "submodule": "a submodule"}
NO_HOOKS = ("-c", "core.hooksPath=/dev/null")


def turn(place: Place, path: str, kind: str) -> None:
    """Puts something else where a file is, and stages it."""
    file = place.path / path
    if kind == "submodule":
        place.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{path}")
        return
    file.unlink(missing_ok=True)
    if kind == "link":
        file.symlink_to("/etc/passwd")
    elif kind == "folder":
        file.mkdir(parents=True)
        (file / "inner.txt").write_text("x")
    else:
        file.write_text("x")
        file.chmod(0o755)
    place.git("add", "-A", "--", path)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def turned(place: Place, kind: str) -> TicketId:
    """Returns a ticket whose file is none any more; the index has seen it when it was."""
    ticket = place.new()
    with place.open() as desk:
        assert len(list(desk.find(columns=("id",)).rows)) == 1
    turn(place, path_of(ticket), kind)
    place.git(*NO_HOOKS, "commit", "-qm", "by hand")
    return ticket


def test_it_stays_in_every_list_as_a_row_that_cannot_be_read(
    place: Place, turned: TicketId, kind: str
) -> None:
    expected = [(turned, None, f"{KINDS[kind]}, not a plain file (F050)", None)]
    for _ in range(2):  # refreshed, and built anew
        with place.open() as desk:
            columns = ("id", "status", "problem", "blob")
            assert list(desk.find(columns=columns).rows) == expected
            assert list(desk.find("is:unreadable", columns=columns, everything=True).rows) == expected
            assert list(desk.sql("SELECT id, blob FROM tickets")[1]) == [(turned, None)]
        for file in (place.path / ".git" / "gitdesk").rglob("*.sqlite*"):
            file.unlink()


def test_it_is_shown_with_what_is_wrong(place: Place, turned: TicketId, kind: str) -> None:
    with place.open() as desk:
        document = desk.show(turned).document
        assert document.ticket is None
        assert [problem.message for problem in document.problems] == [f"{KINDS[kind]}, not a plain file"]
        with pytest.raises(Unreadable, match="not a plain file"):
            desk.ticket(turned)
        assert desk.resolve(turned[3:7]) == turned


def test_it_comes_back_with_the_file(place: Place, turned: TicketId) -> None:
    place.git("reset", "-q", "--hard", "HEAD~1")
    with place.open() as desk:
        assert [row[0] for row in desk.find(columns=("title",)).rows] == ["Cannot log in"]


@pytest.mark.parametrize("staged", [True, False])
def test_check_tells_it_once(place: Place, kind: str, staged: bool) -> None:
    ticket = place.new()
    turn(place, path_of(ticket), kind)
    if not staged:
        place.git(*NO_HOOKS, "commit", "-qm", "by hand")
    with place.open() as desk:
        found = [(one.code, one.path) for one in desk.check(staged=staged)]
    inner = [("F053", f"{path_of(ticket)}/inner.txt")] if kind == "folder" else []
    # Of a folder Git stages only what is in it.
    assert found == ([] if staged and inner else [("F050", path_of(ticket))]) + inner


@pytest.mark.parametrize(("kind", "code"), [(*each, "F050") for each in (("link",), ("submodule",), ("executable",))]
                         + [("folder", "F053")])  # fmt: skip
@pytest.mark.parametrize("staged", [True, False])
def test_check_tells_of_them_among_attachments(place: Place, kind: str, code: str, staged: bool) -> None:
    ticket = place.new(files=(("fine.txt", b"x"),))
    path = f"{path_of(ticket)[:-3]}/odd"
    turn(place, path, kind)
    if not staged:
        place.git(*NO_HOOKS, "commit", "-qm", "by hand")
    with place.open() as desk:
        found = [(one.code, one.path) for one in desk.check(staged=staged)]
        assert found == [(code, f"{path}/inner.txt" if kind == "folder" else path)]
        shown = [name for name, _, _ in desk.show(ticket).attachments]
    runs = kind == "executable" and not staged
    assert shown == (["fine.txt", "odd"] if runs else ["fine.txt"])


def test_an_executable_ticket_is_read_and_told_by_check(place: Place) -> None:
    ticket = place.new()
    place.git("update-index", "--chmod=+x", path_of(ticket))
    place.git(*NO_HOOKS, "commit", "-qm", "by hand")
    with place.open() as desk:
        assert list(desk.find(columns=("id", "problem")).rows) == [(ticket, None)]
        assert [one.code for one in desk.check()] == ["F050"]


# Git's own trees, in which any path may be anything.

IDS = tuple(TicketId(f"GD-{code}") for code in ("7K3QX4M2", "7K3QX4M3", "ZZZZZZZZ"))
SCOPE = Scope(now=NOW, vocabulary=Vocabulary())
states = st.fixed_dictionaries(
    {ticket: st.sampled_from(("none", "file", "other", "executable", *KINDS)) for ticket in IDS}
)


def committed(place: Place, state: dict[TicketId, str]) -> str:
    """Returns a commit in which each ticket's path is what the state says."""

    def git(*words: str, data: str = "") -> str:
        env = {**place.environ, "GIT_INDEX_FILE": str(place.path / "i")}
        done = subprocess.run(
            ["git", *words], cwd=place.path, env=env, input=data, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    entries = []
    for ticket, kind in state.items():
        path, text = (
            path_of(ticket),
            f"---\nid: {ticket}\ntitle: {kind}\ncreated: 2026-11-22T09:00:00Z\nstatus: new\n---\n",
        )
        blob = git("hash-object", "-w", "--stdin", data=text)
        match kind:
            case "file" | "other":
                entries.append(f"100644 {blob}\t{path}")
            case "executable":
                entries.append(f"100755 {blob}\t{path}")
            case "link":
                entries.append(f"120000 {blob}\t{path}")
            case "submodule":
                entries.append(f"160000 {'1' * 40}\t{path}")
            case "folder":
                entries += [f"100644 {blob}\t{path}/x.md", f"100644 {blob}\t{path[:-3]}/x/a.md"]
    git("read-tree", "--empty")
    git("update-index", "--add", "--index-info", data="".join(f"{entry}\n" for entry in entries))
    return git("commit-tree", git("write-tree"), "-m", "made")


def answers(index: Index) -> list[tuple[Any, ...]]:
    columns = ("id", "path", "blob", "title", "problem", "attachments")
    return sorted(index.search(Query(), SCOPE, columns=columns), key=repr)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(states, min_size=2, max_size=4), st.sampled_from((0, 12)))
def test_whatever_becomes_of_paths_a_refresh_equals_a_rebuild_and_nothing_disappears(
    place: Place, wanted: list[dict[TicketId, str]], folders: int
) -> None:
    kept = Index.open(":memory:")
    with place.open() as desk, pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "_FEW_FOLDERS", folders)
        feed = Feed(desk.repo)
        for state in wanted:
            tip = committed(place, state)
            kept.refresh(tip, feed)
            fresh = Index.open(":memory:")
            fresh.refresh(tip, feed)
            assert answers(kept) == answers(fresh)
            assert {row[0] for row in answers(kept)} == {one for one, kind in state.items() if kind != "none"}
            unreadable = Query.parse("is:unreadable", SCOPE.vocabulary)
            broken = {row[0] for row in kept.search(unreadable, SCOPE, columns=("id",))}
            assert broken == {one for one, kind in state.items() if kind in KINDS}
            fresh.close()
    kept.close()


@pytest.mark.parametrize("count", [1, 40])
def test_documents_of_no_plain_files_come_in_their_order(place: Place, count: int) -> None:
    ticket = place.new()
    path = path_of(ticket)
    with place.open() as desk:
        source = read.Source(desk.repo, codec.parse)
        [blob] = [new for changed, _, new in source.diff(None, desk.tip) if changed == path]
        assert blob is not None
        mark = f"120000 {blob}"
        wanted = [(path, mark), (path, blob), (path, mark)] * count
        found = [(oid, document.ticket is None) for _, oid, document in source.documents(wanted)]
    assert found == [("", True), (blob, False), ("", True)] * count
