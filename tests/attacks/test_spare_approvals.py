"""Approvals that are over, ways around a row, and good landings that a history must go on calling good."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitdesk.domain.approval import Net

from .attacking import IVA, attack
from .proposing import FIRST, SECOND, Scene, a_ticket, path_of


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Returns a desk that wants one lead's approval, on its server."""
    return Scene.of(tmp_path_factory.mktemp("spare") / "one")


@pytest.fixture
def scene(template: Scene, tmp_path: Path) -> Scene:
    """Returns a copy of it for one test."""
    return template.copied(tmp_path / "scene")


def config_of(scene: Scene) -> str:
    return scene.desk.git("cat-file", "blob", f"{scene.desk.base}:gitdesk.yaml") + "\n"


def with_config(scene: Scene, change: Callable[[str], str]) -> None:
    """Gives the desk other rules, past its server."""
    config = config_of(scene)
    assert change(config) != config
    scene.let_in(scene.desk.commit({"gitdesk.yaml": change(config)}, author=IVA))


def history(scene: Scene, commit: str) -> tuple[list[str], list[str]]:
    """Returns the codes of the errors and of the warnings about approvals in a history."""
    scene.desk.git("update-ref", "refs/heads/main", commit)
    told = scene.desk.gitdesk("check", "--history")
    assert "Traceback" not in told.stderr, told.stderr
    found = [re.findall(rf"\b(A\d{{3}}) {kind}", told.stdout) for kind in ("error", "warn")]
    return found[0], [one for one in found[1] if one == "A008"]


@attack("`git pull` after a good landing: the desk's branch as the second parent, in the history")
def test_a_history_follows_the_line_that_a_pull_makes_the_second_parent(scene: Scene) -> None:
    old = scene.desk.base
    edit = scene.change({path_of(FIRST): a_ticket(priority="high")})
    assert scene.pushed(edit)[0] == []
    scene.desk.base = edit
    approved = scene.word(scene.closing(parent=edit, priority="high"))
    land = scene.merge(approved, by="iva", message="land it\n\nApproved-by: Iva Kralj <iva@acme.example>")
    assert scene.pushed(land)[0] == []
    assert history(scene, land) == ([], [])
    low = {path_of(SECOND): a_ticket(SECOND, priority="low")}
    mine = scene.change(low, old, by="nina")
    pull = scene.merge(land, mine, by="nina", tree=scene.tree(low, land))
    assert scene.pushed(pull)[0] == []
    assert history(scene, pull) == ([], [])


@attack("A proposal that nobody approved, under a merge that calls it the desk's branch, in the history")
def test_no_line_makes_good_what_nobody_approved(scene: Scene) -> None:
    closed = scene.closing()
    mine = scene.change({path_of(SECOND): a_ticket(SECOND, priority="low")}, by="nina")
    tree = scene.tree({path_of(FIRST): a_ticket(status="closed")}, mine)
    assert history(scene, scene.merge(closed, mine, tree=tree))[0] == ["A008"]
    by_hand = scene.merge(scene.change({path_of(SECOND): a_ticket(SECOND, priority="high")}), mine, tree=tree)
    assert history(scene, by_hand)[0] == ["A008"]
    alone = scene.made(tree, (), "marko")
    assert history(scene, scene.merge(alone, mine, tree=tree))[0] == ["A008"]
    draft = scene.change({path_of(FIRST): a_ticket(priority="high")}, closed)
    landed = scene.merge(draft, mine, tree=scene.tree({path_of(FIRST): a_ticket(priority="high")}, mine))
    late = scene.change({path_of(SECOND): a_ticket(SECOND, priority="high")}, closed)
    assert "A008" in history(scene, scene.merge(late, landed, tree=scene.tree({}, late)))[0]


@attack("Rules that are tightened, and a landing good by the older ones, in one push")
def test_what_older_rules_allowed_is_a_warning_in_the_history(scene: Scene) -> None:
    tight = config_of(scene).replace("to: closed, approvals: {count: 1", "to: closed, approvals: {count: 2")
    change = scene.change({"gitdesk.yaml": tight}, by="iva")
    blobs = [scene.desk.git("rev-parse", f"{one}:gitdesk.yaml") for one in (scene.desk.base, change)]
    net = Net(path="gitdesk.yaml", old=blobs[0], new=blobs[1])
    rule = scene.merge(scene.word(change, "nina", net=net))
    files = {"gitdesk.yaml": tight, path_of(FIRST): a_ticket(status="closed")}
    both = scene.merge(scene.word(scene.closing()), rule, tree=scene.tree(files))
    assert scene.pushed(both)[0] == []
    assert history(scene, both) == ([], ["A008"])
    bare = scene.merge(scene.closing(), rule, tree=scene.tree(files))
    assert history(scene, bare) == (["A008"], [])


@attack(
    "Rules that were loosened while a proposal was open, and its landing good by the new ones, in the history"
)
@pytest.mark.parametrize("what", ["fewer", "none", "no correction"])
def test_a_history_asks_what_the_rules_asked_when_it_landed(
    template: Scene, tmp_path: Path, what: str
) -> None:
    scene = Scene.of(tmp_path / "scene", count=2)
    was, given = config_of(scene), ", approvals: {count: 2, roles: [lead]}"
    loose = {
        "fewer": was.replace("count: 2", "count: 1"),
        "none": was.replace(given, ""),
        "no correction": was.replace(", correct: {roles: [lead]}", ""),
    }[what]
    assert loose != was
    change = scene.change({"gitdesk.yaml": loose}, by="iva")
    blobs = [scene.desk.git("rev-parse", f"{one}:gitdesk.yaml") for one in (scene.desk.base, change)]
    net = Net(path="gitdesk.yaml", old=blobs[0], new=blobs[1])
    rule = scene.merge(scene.word(change, "nina", net=net))
    assert scene.pushed(rule)[0] == []
    if what == "no correction":
        file = a_ticket().replace("By noon.", "By Friday.")
        made = scene.change({path_of(FIRST): file}, by="iva", message="correct\n\nit was Friday")
    else:
        file = a_ticket(status="closed")
        made = scene.word(scene.closing()) if what == "fewer" else scene.closing()
    landed = scene.merge(made, rule, tree=scene.tree({"gitdesk.yaml": loose, path_of(FIRST): file}))
    assert scene.pushed(landed)[0] == []
    assert history(scene, landed) == ([], [])


@attack("A clock that is ahead, no more than honest clocks are, of an approver who lands")
def test_a_clock_that_is_a_little_ahead_lands_what_its_owner_approved(scene: Scene) -> None:
    now = int(time.time())
    approved = scene.word(scene.closing())
    tree = scene.desk.git("rev-parse", f"{approved}^{{tree}}")
    message = f"land it\n\nApproved-by: {IVA}"
    late = scene.made(tree, (scene.desk.base, approved), "iva", message=message, at=now + 3600)
    assert scene.pushed(late)[0] == ["A006"]
    ahead = scene.made(tree, (scene.desk.base, approved), "iva", message=message, at=now + 200)
    assert scene.pushed(ahead)[0] == []


@attack("A spare approval, landed once the ticket is set back to what it was")
def test_a_spare_approval_does_not_close_a_second_time(scene: Scene) -> None:
    closed = scene.closing()
    approved = scene.word(closed)
    spare = scene.word(approved, "nina", net=scene.net(closed))
    landed = scene.merge(approved)
    assert scene.pushed(landed)[0] == []
    again = scene.change({path_of(FIRST): a_ticket()}, landed)
    assert scene.pushed(again)[0] == []
    scene.desk.base = again
    tree = scene.tree({path_of(FIRST): a_ticket(status="closed")}, again)
    assert scene.pushed(scene.merge(spare, tree=tree))[0] == ["A008"]
    anew = scene.closing()
    assert scene.pushed(scene.merge(scene.word(anew)))[0] == []


@attack("An approval that stands on another change than it names")
def test_an_approval_does_not_count_where_the_change_is_not_below_it(scene: Scene) -> None:
    closed = scene.closing()
    aside = scene.word(scene.desk.base, net=scene.net(closed))
    assert scene.refused(scene.merge(closed, others=(aside,)))[0] == ["A008"]


@attack("`merged_into`, as a way into a cancelled status that asks for approval")
def test_merged_into_is_no_way_to_the_status_of_spam(scene: Scene) -> None:
    row = "    - {name: merged, category: cancelled}\n"
    with_config(scene, lambda text: text.replace("  merged: merged\n", "").replace(row, ""))
    spam = a_ticket(status="spam", merged_into=SECOND)
    assert scene.refused(scene.change({path_of(FIRST): spam}))[0] == ["A008"]


@attack("`merged_into`, taken back to a status that asks for approval")
def test_unmerging_leads_back_and_not_on(scene: Scene) -> None:
    with_config(
        scene,
        lambda text: text.replace("    - {from: [res", "    - {from: new, to: closed}\n    - {from: [res"),
    )
    merged = scene.change({path_of(FIRST): a_ticket(status="merged", merged_into=SECOND)})
    assert scene.pushed(merged)[0] == []
    scene.desk.base = merged
    assert scene.refused(scene.change({path_of(FIRST): a_ticket(status="closed")}))[0] == ["A008"]
    assert scene.pushed(scene.change({path_of(FIRST): a_ticket()}))[0] == []
