"""Trees that Git's own commands never write: what they name twice, where they hide a file, and who sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .attacking import attack
from .proposing import FIRST, Scene, a_ticket, path_of

pytestmark = pytest.mark.xdist_group("attacks-trees")
NAME = f"{FIRST}.md".encode()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Returns the scene that every test gets a copy of."""
    return Scene.of(tmp_path_factory.mktemp("drawn"))


@pytest.fixture
def scene(drawn: Scene, tmp_path: Path) -> Scene:
    return drawn.copied(tmp_path / "scene")


def raw_tree(scene: Scene, *entries: tuple[str, bytes, str]) -> str:
    """Writes a tree as it is told, whatever Git thinks of it."""
    data = b"".join(f"{mode} ".encode() + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    return str(scene.desk.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", input=data))


def forged(scene: Scene, what: str) -> str:
    """Returns a commit of eve's in which a ticket is closed, by a tree of some kind."""
    git = scene.desk.git
    config, tickets, shard, other, file = (
        git("rev-parse", f"{scene.desk.base}:{path}")
        for path in ("gitdesk.yaml", "tickets", "tickets/7K", "tickets/9M", path_of(FIRST))
    )
    shut = scene.desk.blob(a_ticket(FIRST, "closed").encode())
    closed = raw_tree(scene, ("100644", NAME, shut))
    first, second = ("40000", b"7K", shard), ("40000", b"9M", other)
    inside = {
        "file": (("40000", b"7K", raw_tree(scene, ("100644", NAME, file), ("100644", NAME, shut))), second),
        "shard": (first, ("40000", b"7K", closed), second),
        "slash": (first, ("100644", b"7K/" + NAME, shut), second),
        "order": (second, first),
        "empty shard": (first, ("40000", b"7K", raw_tree(scene)), second),
        "new": (first, second, ("40000", b"ZZ", raw_tree(scene)), ("40000", b"YY", closed)),
    }
    top = [("100644", b"gitdesk.yaml", config)]
    if what in inside:
        top += [("40000", b"tickets", raw_tree(scene, *inside[what]))]
    elif what == "tickets":
        top += [
            ("40000", b"tickets", tickets),
            ("40000", b"tickets", raw_tree(scene, ("40000", b"7K", closed), second)),
        ]
    elif what == "no tickets":
        top += [("40000", b"tickets", tickets), ("40000", b"tickets", raw_tree(scene))]
    else:
        top += [("40000", b"gitdesk.yaml", closed), ("40000", b"tickets", tickets)]
    return scene.made(raw_tree(scene, *top), (scene.desk.base,), "eve", key=None)


KINDS = ("file", "shard", "slash", "order", "empty shard", "new", "tickets", "no tickets", "gitdesk.yaml")


@attack("A forged tree: a ticket, a folder or `gitdesk.yaml` twice, names out of order, a name with a slash")
@pytest.mark.parametrize("what", KINDS)
def test_a_tree_that_git_does_not_write_is_refused(scene: Scene, what: str) -> None:
    made = forged(scene, what)
    assert "F054" in scene.checked(made)[0]
    assert "F054" in scene.pushed(made)[0]


@attack("The same tree under a merge, and below a commit that mends it")
def test_it_is_found_wherever_it_comes_in(scene: Scene) -> None:
    made = forged(scene, "file")
    merge = scene.made(f"{made}^{{tree}}", (scene.desk.base, scene.closing(by="eve")), "eve", key=None)
    mended = scene.made(f"{scene.desk.base}^{{tree}}", (made,), "eve", key=None)
    assert "F054" in scene.pushed(merge)[0]
    assert "F054" in scene.pushed(mended)[0]


@attack("Such a tree on the desk, past every check")
@pytest.mark.parametrize("what", KINDS)
def test_commands_go_on_and_check_names_it(scene: Scene, what: str) -> None:
    made = forged(scene, what)
    scene.desk.gitdesk("list")
    scene.desk.git("update-ref", "refs/heads/main", made)
    for words in (
        ("list", "status:*"),
        ("show", FIRST),
        ("log",),
        ("doctor",),
        ("doctor", "--rebuild-index"),
    ):
        done = scene.desk.gitdesk(*words)
        assert done.returncode in (0, 1, 3, 5), (words, done.stderr)
    whole = scene.desk.gitdesk("check")
    assert (whole.returncode, "F054" in whole.stdout) == (1, True), whole.stdout + whole.stderr
    history = scene.desk.gitdesk("check", "--history")
    assert (history.returncode, "F054" in history.stdout) == (1, True)
