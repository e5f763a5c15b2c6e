"""After any sequence of commits a refreshed index is what a new one would be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from generated import Desk, document, files_of, image
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from query_strategies import IDS, NOW, VOCABULARY, desks

from gitdesk.domain.document import Document
from gitdesk.domain.query import Facts, Query, Scope, Vocabulary
from gitdesk.domain.ticket import Ticket, TicketId
from gitdesk.index import image as images
from gitdesk.index.index import Index

OTHER = Vocabulary(statuses={"open": "closed", "čeka": "new"}, priorities=("high", "low"))
SCOPE = Scope(now=NOW, vocabulary=VOCABULARY)
vocabularies = st.sampled_from((VOCABULARY, OTHER, None))


def rebuilt(source: Desk, tip: str) -> dict[str, Any]:
    index = Index.open(":memory:")
    index.refresh(tip, source, read_config=source.read_config)
    made = image(index)
    index.close()
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(desks, vocabularies), min_size=2, max_size=5), st.data())
def test_refreshing_equals_rebuilding(
    steps: list[tuple[tuple[Facts, ...], Vocabulary | None]], data: st.DataObject
) -> None:
    source = Desk()
    names = [source.commit(f"c{i}", files_of(desk, words)) for i, (desk, words) in enumerate(steps)]
    index = Index.open(":memory:")
    for tip in data.draw(
        st.lists(st.sampled_from(names), min_size=2, max_size=6)
    ):  # back and forth, as resets do
        index.refresh(tip, source, read_config=source.read_config)
        assert index.tip == tip
        assert image(index) == rebuilt(source, tip)
    index.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(desks, desks, st.booleans())
def test_a_copy_shows_another_commit_and_leaves_this_one_alone(
    now: tuple[Facts, ...], then: tuple[Facts, ...], gone: bool
) -> None:
    source = Desk()
    source.commit("now", files_of(now))
    source.commit("then", files_of(then, OTHER))
    index = Index.open(":memory:")
    index.refresh("now", source, read_config=source.read_config)
    before = image(index)
    if gone:
        del source.commits["now"]
    copy = index.copy_at("then", source, read_config=source.read_config)
    assert image(copy) == rebuilt(source, "then")
    assert image(index) == before
    copy.close()
    index.close()


def one(ticket_id: str, **values: object) -> Facts:
    given = {"title": "t", "created": NOW, "status": "open", **values}
    return Facts(
        ticket=Ticket(id=TicketId(ticket_id), **given), path=f"tickets/{ticket_id[3:5]}/{ticket_id}.md"
    )  # type: ignore[arg-type]


def test_only_what_changed_is_read_again() -> None:
    source, index = Desk(), Index.open(":memory:")
    source.commit("a", files_of([one(name) for name in IDS]))
    source.commit("b", files_of([one(name, title="new" if name == IDS[2] else "t") for name in IDS]))
    index.refresh("a", source)
    source.parsed.clear()
    index.refresh("b", source)
    index.refresh("b", source)
    assert source.parsed == [f"tickets/7K/{IDS[2]}.md"]
    assert source.asked == [(None, "a"), ("a", "b")]
    index.close()


def test_tickets_of_any_two_prefixes_stand_beside_each_other() -> None:
    # Their CRC-32s agree in the bits that row numbers were once made of: one hid the other.
    names = ["GD-7K3QX4M2", "BWXNK-7K3QX4M2"]
    source, index = Desk(), Index.open(":memory:")
    facts = [Facts(ticket=Ticket(id=TicketId(name), title=name, created=NOW, status="open"),
                   path=f"tickets/7K/{name}.md") for name in names]  # fmt: skip
    source.commit("a", files_of(facts))
    source.commit("b", files_of(facts[:1]))
    for tip, wanted in (("a", names), ("b", names[:1]), ("a", names)):
        index.refresh(tip, source, read_config=source.read_config)
        assert sorted(row[0] for row in index.search(Query(), SCOPE)) == sorted(wanted)
        assert sorted(hit.id for hit in index.text("7K3QX4M2", SCOPE)) == sorted(wanted)
        assert index.named(names, ["title"]) == {name: (name,) for name in wanted}
    index.close()


@pytest.mark.parametrize("prefixes", [("GD", "AB", "ZZZZZZ"), ("ZZZZZZ", "AB", "GD")])
def test_equals_come_in_one_order_whenever_they_were_added(prefixes: tuple[str, ...]) -> None:
    facts = [Facts(ticket=Ticket(id=TicketId(f"{prefix}-7K3QX4M2"), title="t", created=NOW, status="open"),
                   path=f"tickets/7K/{prefix}-7K3QX4M2.md") for prefix in prefixes]  # fmt: skip
    source, index = Desk(), Index.open(":memory:")
    for number in range(len(facts)):
        source.commit(str(number), files_of(facts[: number + 1]))
        index.refresh(str(number), source, read_config=source.read_config)
    expected = sorted(fact.path for fact in facts)
    assert [path for (path,) in index.search(Query(), SCOPE, columns=["path"])] == expected
    assert [f"tickets/7K/{hit.id}.md" for hit in index.text("t", SCOPE)] == expected
    assert [f"tickets/7K/{hit.id}.md" for hit in index.text("t", SCOPE, limit=1)] == expected[:1]
    index.close()


def test_a_commit_that_is_gone_means_starting_again() -> None:
    source, index = Desk(), Index.open(":memory:")
    source.commit("a", files_of([one(IDS[0])]))
    source.commit("b", files_of([one(IDS[1])]))
    index.refresh("a", source, read_config=source.read_config)
    del source.commits["a"]
    index.refresh("b", source, read_config=source.read_config)
    assert image(index) == rebuilt(source, "b")
    index.close()


def test_another_workflow_reorders_tickets_without_reading_them() -> None:
    source, index = Desk(), Index.open(":memory:")
    tickets = [one(IDS[0], status="open", priority="low"), one(IDS[1], status="čeka", priority="high")]
    source.commit("a", files_of(tickets, VOCABULARY))
    source.commit("b", files_of(tickets, OTHER))
    index.refresh("a", source, read_config=source.read_config)
    assert [row[0] for row in index.search(Query(), SCOPE)] == [IDS[1], IDS[0]]
    index.refresh("b", source, read_config=source.read_config)
    assert list(index.search(Query(), SCOPE, columns=["id", "category"])) == [
        (IDS[1], "new"),
        (IDS[0], "closed"),
    ]
    assert len(source.parsed) == 2
    index.close()


def test_a_gitdesk_yaml_that_cannot_be_read_ranks_nothing_until_it_can() -> None:
    source, index = Desk(), Index.open(":memory:")
    tickets = files_of([one(IDS[0], status="open")], VOCABULARY)
    source.commit("good", tickets)
    source.commit("none", files_of([one(IDS[0], status="open")], None))
    source.commit("bad", {**tickets, "gitdesk.yaml": document("gitdesk.yaml", None)})
    for tip, category in (("good", "open"), ("bad", None), ("good", "open"), ("none", None)):
        index.refresh(tip, source, read_config=source.read_config)
        assert list(index.search(Query(), SCOPE, columns=["category"])) == [(category,)]
    index.close()


def test_files_that_are_no_tickets_are_left_out_and_badly_named_ones_are_not() -> None:
    ticket = one(IDS[0]).ticket
    paths = {
        f"tickets/7K/{IDS[0]}.md": True,
        f"tickets/{IDS[1]}.md": True,  # in no folder
        f"tickets/ZZ/{IDS[0].lower()}.md": True,
        "tickets/README.md": False,
        f"tickets/7K/{IDS[0]}/notes.md": False,  # an attachment
        "tickets/7K/a.txt": False,
        "kb/7K/x.md": False,
    }
    source, index = Desk(), Index.open(":memory:")
    source.commit("a", {path: document(path, ticket) for path in paths})
    index.refresh("a", source)
    shown = {path for (path,) in index.search(Query(), SCOPE, columns=["path"])}
    assert shown == {path for path, wanted in paths.items() if wanted}
    [(names,)] = index.search(Query.parse("has:attachment", VOCABULARY), SCOPE, columns=["attachments"])
    assert names == ("notes.md",)
    index.close()


def test_text_no_file_could_hold_does_not_stop_a_refresh() -> None:
    source, index = Desk(), Index.open(":memory:")
    source.commit("a", files_of([one(IDS[0], title="lone \ud800 surrogate\x00", description="\udfff")]))
    index.refresh("a", source)
    assert list(index.search(Query.parse("surrogate", VOCABULARY), SCOPE, columns=["title"])) == [
        ("lone \ufffd surrogate\x00",)
    ]
    index.close()


def test_progress_counts_tickets_up_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_BATCH", 2)
    source, index, told = Desk(), Index.open(":memory:"), list[tuple[int, int]]()
    source.commit("a", files_of([one(name) for name in IDS[:5]]))
    index.refresh("a", source, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    index.close()


def test_an_error_in_the_middle_of_a_refresh_leaves_the_old_image() -> None:
    class Failing(Desk):
        def documents(self, wanted: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, Document]]:
            for number, row in enumerate(super().documents(wanted)):
                if number == 2:
                    raise KeyboardInterrupt
                yield row

    source, index = Desk(), Index.open(":memory:")
    source.commit("a", files_of([one(IDS[0])]))
    index.refresh("a", source)
    before, failing = image(index), Failing()
    failing.commits, failing.blobs = source.commits, source.blobs
    failing.commit("b", files_of([one(name, title="later") for name in IDS]))
    with pytest.raises(KeyboardInterrupt):
        index.refresh("b", failing)
    assert image(index) == before
    index.close()


_CHILD = """
import sys, time
sys.path[:0] = {paths!r}
from generated import Desk, files_of
from test_index_refresh import one, IDS, Index
source = Desk()
source.commit("a", files_of([one(IDS[0])]))
source.commit("b", files_of([one(name, title="later") for name in IDS]))
index = Index.open({path!r})
if {role!r} == "killed":
    index.refresh("a", source, read_config=source.read_config)
    documents = source.documents
    def slowly(wanted):
        for row in documents(wanted):
            yield row
        print("now", flush=True)
        time.sleep(60)
    source.documents = slowly
    index.refresh("b", source)
for number in range(25):
    index.refresh("ab"[number % 2], source)
    titles = {{row[0] for row in index.connection.execute("SELECT title FROM tickets")}}
    assert titles in ({{"t"}}, {{"later"}}), titles
print("done", index.in_memory)
"""


def child(path: Path, role: str) -> subprocess.Popen[str]:
    folder = Path(__file__).parent
    text = textwrap.dedent(_CHILD).format(paths=[str(folder)], path=str(path), role=role)
    return subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )


def test_a_process_killed_in_the_middle_leaves_the_old_image(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    killed = child(path, "killed")
    assert killed.stdout is not None
    assert killed.stdout.readline() == "now\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    index, source = Index.open(str(path)), Desk()
    source.commit("a", files_of([one(IDS[0])]))
    assert (index.tip, index.in_memory) == ("a", False)
    assert image(index) == rebuilt(source, "a")
    index.close()


def test_many_processes_refresh_one_file_at_once(tmp_path: Path) -> None:
    children = [child(tmp_path / "index.sqlite", "writer") for _ in range(8)]
    answers = [process.communicate(timeout=120)[0] for process in children]
    assert answers == ["done False\n"] * 8
    assert [process.returncode for process in children] == [0] * 8


def git(where: Path, *arguments: str, text: str = "") -> str:
    done = subprocess.run(
        ["git", "-C", str(where), *arguments], input=text, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


class GitSource:
    """The simplest true Source: a program a question, a title a file."""

    def __init__(self, where: Path) -> None:
        self.where = where

    def diff(self, old: str | None, new: str) -> Iterable[tuple[str, str | None, str | None]]:
        empty = git(self.where, "hash-object", "-t", "tree", "-w", "--stdin")
        try:
            raw = git(
                self.where, "diff-tree", "-r", "--raw", "--no-renames", "--abbrev=40", old or empty, new
            )
        except subprocess.CalledProcessError:
            raise KeyError(old) from None
        for line in raw.splitlines():
            head, path = line.split("\t")
            _, _, before, after, _ = head.split()
            yield path, *(None if set(oid) == {"0"} else oid for oid in (before, after))  # type: ignore[misc]

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, Document]]:
        for path, oid in wanted:
            title = self.blob(oid).decode()
            name = TicketId(path.rpartition("/")[2][:-3])
            ticket = Ticket(id=name, title=title, created=datetime(2026, 1, 1, tzinfo=UTC), status="open")
            yield path, oid, document(path, ticket)

    def blob(self, oid: str) -> bytes:
        return git(self.where, "cat-file", "blob", oid).encode()


def test_it_follows_git_through_amend_reset_branches_and_lost_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")

    def commit(name: str, title: str | None, *options: str) -> str:
        file = tmp_path / f"tickets/{name[3:5]}/{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        git(tmp_path, "rm", "-q", "-f", str(file)) if title is None else file.write_text(title)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x", *options)
        return git(tmp_path, "rev-parse", "HEAD")

    index, source = Index.open(str(tmp_path / ".git/index.sqlite")), GitSource(tmp_path)

    def follows() -> None:
        tip = git(tmp_path, "rev-parse", "HEAD")
        index.refresh(tip, source)
        fresh = Index.open(":memory:")
        fresh.refresh(tip, source)
        assert image(index) == image(fresh)
        fresh.close()

    first = commit(IDS[0], "first")
    follows()
    commit(IDS[1], "second")
    follows()
    commit(IDS[1], "second, amended", "--amend")
    follows()
    git(tmp_path, "switch", "-q", "-c", "side", first)
    commit(IDS[0], None)
    follows()
    git(tmp_path, "switch", "-q", "main")
    git(tmp_path, "merge", "-q", "-m", "m", "side")
    follows()
    lost = index.tip
    git(tmp_path, "reset", "-q", "--hard", first)
    git(tmp_path, "branch", "-q", "-D", "side")
    git(tmp_path, "reflog", "expire", "--expire=now", "--all")
    git(tmp_path, "gc", "-q", "--prune=now")
    assert lost is not None
    with pytest.raises(LookupError):
        list(source.diff(lost, first))
    follows()
    index.close()
