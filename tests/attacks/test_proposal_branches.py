"""Branches of proposals: who deletes, hides or blocks them to get rid of what others said, or to stop them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gitdesk.domain.approval import APPROVES, REJECTS, WITHDRAWS

from .attacking import IVA, attack
from .proposing import FIRST, Scene

pytestmark = pytest.mark.xdist_group("attacks-proposal-branches")
REF = f"refs/heads/propose/{FIRST}/one"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Returns the scene that every test gets a copy of."""
    return Scene.of(tmp_path_factory.mktemp("branches"))


@pytest.fixture
def scene(drawn: Scene, tmp_path: Path) -> Scene:
    return drawn.copied(tmp_path / "scene")


@attack("A second branch of a desk, `desk`, whose own `gitdesk.yaml` asks for no approvals")
def test_a_second_desk_does_not_switch_the_guard_off(scene: Scene) -> None:
    closing = scene.closing()
    scene.proposed(scene.word(closing, "nina", kind=REJECTS))
    asks = scene.desk.git("cat-file", "blob", f"{scene.desk.base}:gitdesk.yaml")
    config = re.sub(r", approvals: \{[^}]*\}", "", asks).split("rules:")[0]
    own = scene.desk.commit({"gitdesk.yaml": config + "\n"}, parents=(), author="Eve <eve@evil.example>")
    assert scene.server.push(f"{own}:refs/heads/desk").returncode == 0
    for _ in range(6):  # a set of two names has another order each time
        assert scene.server.push(f"+{closing}:{REF}").returncode != 0


@attack("A branch deleted on which an approval was taken back, so that the approval counts again")
def test_what_was_taken_back_stays_with_its_branch(scene: Scene) -> None:
    yes = scene.word(scene.closing())
    scene.proposed(scene.word(yes, kind=WITHDRAWS))
    done = scene.server.push(f":{REF}")
    assert "took back" in done.stderr
    assert scene.pushed(scene.merge(yes))[0] == ["A008"]


@attack(
    "The guard of branches turned against honest people: one of approvals alone, one whose rejection is gone"
)
@pytest.mark.parametrize("kinds", [(), (APPROVES,), (REJECTS, WITHDRAWS), (APPROVES, WITHDRAWS, APPROVES)])
def test_other_branches_are_deleted(scene: Scene, kinds: tuple[str, ...]) -> None:
    closing = head = scene.closing()
    for kind in kinds:
        head = scene.word(head, net=scene.net(closing), kind=kind)
    scene.proposed(head)
    assert scene.server.push(f":{REF}").returncode == 0
    assert scene.server.has(REF) in (None, "")


@attack("A branch `propose`, one in the way of a ticket's proposals, one named with signs that end a line")
@pytest.mark.parametrize(
    "name", ["propose", f"propose/{FIRST}", f"propose/{FIRST}/a/b", f"propose/{FIRST}/\u2028x"]
)
def test_a_branch_that_stands_in_the_way_is_not_taken(scene: Scene, name: str) -> None:
    done = scene.server.push(f"{scene.closing()}:refs/heads/{name}")
    assert done.returncode != 0
    assert "is no name of a proposal" in done.stderr
    scene.proposed(scene.closing())


@attack("A branch named so, or of thousands of commits, from a server without the hook")
def test_an_odd_branch_does_not_hide_the_others(scene: Scene) -> None:
    git = scene.desk.git
    git("update-ref", REF, scene.closing())
    git("update-ref", f"refs/heads/propose/{FIRST}/a\u2028b\u0085c", scene.closing(priority="low"))
    branch = f"refs/heads/propose/{FIRST}/long"
    one = f"commit {branch}\ncommitter {IVA} {scene.desk.at} +0000\ndata 1\nx\nM 100644 inline f\ndata 4\n"
    stream = [f"reset {branch}\nfrom {scene.desk.base}\n", *(f"{one}{number:04}\n" for number in range(2001))]
    git("fast-import", "--quiet", input="\n".join(stream).encode())
    done = scene.desk.gitdesk("review", "--format", "ids")
    assert done.returncode == 0, done.stderr
    assert f"propose/{FIRST}/one\n" in done.stdout
    assert "/long" not in done.stdout
    assert f'propose/{FIRST}/long" has too many commits' in done.stderr
    named = scene.desk.gitdesk("review", f"propose/{FIRST}/long")
    assert (named.returncode, "more than 2,000 commits" in named.stderr) == (2, True), named.stderr
