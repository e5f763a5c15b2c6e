"""Rejections: lifted by a forged or an old word, used up by a merge, or made to stop what they are not about."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitdesk.domain.approval import APPROVES, REJECTS, WITHDRAWS

from .attacking import IVA, attack
from .proposing import FIRST, Scene, path_of

REF = f"refs/heads/propose/{FIRST}/one"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Returns a desk that wants one lead's approval, on its server."""
    return Scene.of(tmp_path_factory.mktemp("rejections") / "one")


@pytest.fixture
def scene(template: Scene, tmp_path: Path) -> Scene:
    """Returns a copy of it for one test."""
    return template.copied(tmp_path / "scene")


def old_withdrawal(scene: Scene) -> str:
    """Returns a rejection of another version that nina herself has taken back, long ago."""
    closed = scene.closing(priority="low")
    no = scene.word(closed, "nina", kind=REJECTS)
    return scene.word(no, "nina", net=scene.net(closed), kind=WITHDRAWS)


@attack("A forged withdrawal or approval on the branch of a rejected proposal")
@pytest.mark.parametrize("kind", [WITHDRAWS, APPROVES])
@pytest.mark.parametrize("key", [None, "marko"])
def test_a_forged_word_on_an_open_proposal_lifts_nothing(scene: Scene, kind: str, key: str | None) -> None:
    closed = scene.closing()
    no = scene.word(closed, "nina", kind=REJECTS)
    scene.proposed(no)
    scene.proposed(scene.word(no, "nina", net=scene.net(closed), kind=kind, key=key))
    assert scene.pushed(scene.merge(scene.word(closed)))[0] == ["A009"]


@attack("A forged approval in the landing, by who has rejected another version")
def test_a_forged_approval_in_the_landing_lifts_nothing(scene: Scene) -> None:
    scene.proposed(scene.word(scene.closing(), "nina", kind=REJECTS))
    other = scene.closing(priority="high")
    forged = scene.word(scene.word(other), "nina", net=scene.net(other), key=None)
    assert scene.pushed(scene.merge(forged))[0] == ["A009"]


@attack("An old withdrawal, landed with a new rejection or beside it")
@pytest.mark.parametrize("where", ["in the landing", "elsewhere", "merged"])
def test_an_old_withdrawal_lifts_no_new_rejection(scene: Scene, where: str) -> None:
    old = old_withdrawal(scene)
    scene.proposed(old, "old")
    closed = scene.closing()
    no = scene.word(closed, "nina", kind=REJECTS)
    scene.proposed(no)
    landing = scene.word(no if where == "in the landing" else closed, net=scene.net(closed))
    if where == "elsewhere":
        scene.desk.at += 6000
        tree = scene.desk.git("rev-parse", f"{scene.desk.base}^{{tree}}")
        scene.proposed(scene.made(tree, (old,), "marko", message="nothing"), "zz")
    elif where == "merged":
        landing = scene.merge(old, landing, tree=scene.desk.git("rev-parse", f"{closed}^{{tree}}"))
    assert "A009" in scene.pushed(scene.merge(landing))[0]


@attack("An old withdrawal, merged into the branch of a rejected proposal to have it deleted")
def test_an_old_withdrawal_merged_in_does_not_free_a_branch(scene: Scene) -> None:
    old = old_withdrawal(scene)
    no = scene.word(scene.closing(), "nina", kind=REJECTS)
    scene.proposed(no)
    tree = scene.desk.git("rev-parse", f"{no}^{{tree}}")
    assert scene.server.push(f"{scene.made(tree, (no, old), 'marko')}:{REF}").returncode == 0
    assert scene.server.push(f":{REF}").returncode != 0
    assert scene.server.has(REF)


@attack("A rejected proposal, used up by a merge that takes nothing of it, with the rejection or without")
@pytest.mark.parametrize("what", ["with", "without"])
def test_a_merge_that_takes_nothing_does_not_use_a_rejection_up(scene: Scene, what: str) -> None:
    closed = scene.closing()
    no = scene.word(closed, "nina", kind=REJECTS)
    scene.proposed(no)
    nothing = scene.desk.git("rev-parse", f"{scene.desk.base}^{{tree}}")
    ours = scene.merge(no if what == "with" else closed, tree=nothing)
    other = scene.word(scene.closing(priority="high"))
    assert scene.pushed(scene.merge(other, first=ours))[0] == ["A009"]


@attack("An approval of one version, landed although the same person has rejected another one since")
def test_a_later_no_to_another_version_holds(scene: Scene) -> None:
    approved = scene.word(scene.closing(), "nina")
    scene.proposed(scene.word(scene.closing(priority="high"), "nina", kind=REJECTS))
    assert "A009" in scene.pushed(scene.merge(approved))[0]


@attack("A branch `propose/*` on which the ticket is a folder or a submodule, with a word of a stranger")
@pytest.mark.parametrize("what", ["submodule", "folder"])
@pytest.mark.parametrize("who", ["eve", "nina"])
def test_a_junk_proposal_does_not_stop_others(scene: Scene, what: str, who: str) -> None:
    net, path = scene.net(scene.closing(priority="high")), path_of(FIRST)
    if what == "submodule":
        junk = scene.desk.commit({path: ("160000", "12345678" * 5)})
    else:
        junk = scene.desk.commit({f"{path}/x": "y"}, parents=(scene.desk.commit({path: None}),))
    key = None if who == "eve" else who
    scene.proposed(scene.word(junk, who, net=net, kind=REJECTS, key=key), "junk")
    assert scene.pushed(scene.merge(scene.word(scene.closing())))[0] == []


def forging(scene: Scene, parent: str, words: int) -> str:
    """Makes a commit in the name of iva with many words and without a signature."""
    path, tree = path_of(FIRST), scene.desk.git("rev-parse", f"{parent}^{{tree}}")
    rows = "\n".join(
        f"Gitdesk-{('Rejects', 'Approves')[at % 2]}: sha256:{at:064x} {path}" for at in range(words)
    )
    who = f"{IVA} {scene.later()} +0000"
    data = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nmany\n\n{rows}\n"
    return scene.desk.git("hash-object", "-t", "commit", "-w", "--stdin", input=data.encode())


@attack("Thousands of forged words in a landing, or on a branch beside it")
def test_many_forged_words_change_nothing(scene: Scene) -> None:
    closed = scene.closing()
    landing = scene.merge(forging(scene, scene.word(closed), 2000))
    beside = closed
    for _ in range(20):
        beside = forging(scene, beside, 100)
    scene.proposed(beside)
    assert scene.pushed(landing)[0] == []
