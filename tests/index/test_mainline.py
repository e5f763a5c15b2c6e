"""What merges brought in: found step by step it is what one look at the whole branch finds; first parents decide."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent.parent / "desk"))

from branches import ONE, START, TWO, History, config, text_of

from gitdesk.desk.audit import with_history
from gitdesk.index import mainline
from gitdesk.store import codec
from gitdesk.store.history import History as Source

_IDS = (ONE, TWO)


def noted(history: History, tip: str) -> tuple[list[Any], list[Any]]:
    """Returns what is known of a tip, by the ids of commits: what came by which merge, and what that changed."""
    history.git("update-ref", "refs/heads/main", tip)
    with history.desk(START) as desk:
        index = with_history(desk)
        with index.transaction() as connection:
            mainline.refresh(connection, Source(desk.repo, codec.parse), desk.tip)
        ask = index.connection.execute
        names = dict(ask("SELECT number, id FROM commits"))
        brought = sorted(
            (names[a], names[b], c) for a, b, c in ask("SELECT number, merge, counts FROM x_brought")
        )
        merged = sorted((names[number], *row) for number, *row in ask("SELECT * FROM x_merged"))
    return brought, merged


def graph(draw: Any, history: History) -> list[str]:
    """Writes commits that go on from anywhere and merge anything; returns the ids of all, oldest first."""
    trees: dict[str, dict[str, bytes]] = {":1": {}}
    history.commit(START - 60, {"gitdesk.yaml": config()})
    for number in range(draw(st.integers(2, 9))):
        parents = draw(st.lists(st.sampled_from(list(trees)), min_size=1, max_size=3, unique=True))
        tree = dict(trees[parents[0]])
        for other in parents[1:]:
            tree |= trees[other]
        if len(parents) == 1 or draw(st.booleans()):
            ticket = draw(st.sampled_from(_IDS))
            tree[ticket] = text_of(
                ticket, status=draw(st.sampled_from(("new", "open", "waiting"))), title=f"{number}"
            )
        files = {one: text for one, text in tree.items() if trees[parents[0]].get(one) != text}
        message = draw(st.sampled_from(("work", "work", "Import\n\nGitdesk-Source: zendesk:1\n")))
        mark = history.commit(START + number, files, parents=parents, message=message)
        trees[mark] = tree
    ids = history.write()
    return [ids[mark] for mark in trees]


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_step_by_step_it_is_what_a_look_at_the_whole_branch_finds(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "desk")
        commits = graph(data.draw, history)
        for tip in data.draw(st.lists(st.sampled_from(commits[1:]), min_size=2, max_size=4)):
            found = noted(history, tip)
            history.git("update-ref", "refs/heads/main", tip)
            other = History(Path(folder) / f"clone-{tip}")
            other.git("fetch", "-q", str(history.path), "main:refs/heads/new")
            assert noted(other, tip) == found
            line = set(history.git("rev-list", "--first-parent", tip).split())
            everything = set(history.git("rev-list", tip).split())
            assert {commit for commit, _, _ in found[0]} == everything - line
            assert {merge for _, merge, _ in found[0]} <= line
