"""Folders written into packs of our own are the folders Git would have made."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.store import tree_pack
from gitdesk.store.git import Repo
from gitdesk.store.tree_pack import TreePack, Trees

NAMES = ["a", "a.md", "a-b", "a0", "b", "ž", "tickets", "A", "z" * 100]


def blobs(made: GitRepository, number: int) -> list[str]:
    """Writes blobs and returns their ids."""
    paths = []
    for each in range(number):
        path = made.path / f"blob-{each}"
        path.write_text(f"content {each}\n")
        paths.append(str(path))
    return made.git("hash-object", "-w", "--stdin-paths", input="\n".join(paths)).split("\n")


def listed(made: GitRepository, tree: str) -> dict[str, str]:
    """Returns the files of a tree as Git lists them."""
    records = made.git("ls-tree", "-r", "-z", "--full-tree", tree).split("\0")
    return {path: facts.split()[2] for facts, _, path in (one.partition("\t") for one in records if one)}


def empty_tree(made: GitRepository) -> str:
    return made.git("hash-object", "-t", "tree", "-w", "--stdin", input="")


def written(
    made: GitRepository, root: str, steps: list[dict[str, str | None]], per_pack: int = 10**9
) -> list[str]:
    """Sets and removes files step by step; returns the tree after each."""
    found = []
    with Repo.discover(str(made.path), os.environ) as repo:
        folder = f"{repo.objects_dir}/pack"
        os.makedirs(folder, exist_ok=True)
        pack = TreePack(folder, repo.hash_name)
        trees = Trees(repo, root, pack)
        for number, files in enumerate(steps, 1):
            for path, oid in files.items():
                if oid is None:
                    trees.remove(path)
                else:
                    trees.set(path, oid)
            found.append(trees.write())
            if number % per_pack == 0:
                pack.finish(lambda _: None)
                pack = TreePack(folder, repo.hash_name)
                trees.use(pack)
        if len(pack):
            pack.finish(lambda _: None)
        else:
            pack.discard()
    return found


def fsck(made: GitRepository, trees: list[str]) -> str:
    """Lets Git look at every object, reachable from commits of ours."""
    tip: list[str] = []
    for tree in trees[:: max(1, len(trees) // 20)] + trees[-1:]:
        tip = ["-p", made.git("commit-tree", tree, *tip, "-m", "x")]
    made.git("update-ref", "refs/heads/made", tip[1])
    made.git("verify-pack", *(str(path) for path in (made.path / ".git/objects/pack").glob("*.idx")))
    return made.git("fsck", "--full", "--strict", "--no-dangling")


def walk(seed: int, oids: list[str], steps: int) -> list[tuple[dict[str, str | None], dict[str, str]]]:
    """Returns random steps, each with the files there are after it."""
    source = random.Random(seed)
    there: dict[str, str] = {"gitdesk.yaml": oids[0]}
    found: list[tuple[dict[str, str | None], dict[str, str]]] = [({"gitdesk.yaml": oids[0]}, dict(there))]
    for _ in range(steps):
        step: dict[str, str | None] = {}
        for _ in range(source.choice([1, 1, 1, 2, 5])):
            if there and source.random() < 0.35:
                path = source.choice(sorted(there))
                if path != "gitdesk.yaml":
                    step[path] = None
                    there.pop(path)
            else:
                depth = source.choice([1, 2, 3, 3, 4])
                path = "/".join(source.choice(NAMES) for _ in range(depth))
                taken = any(one.startswith(f"{path}/") or path.startswith(f"{one}/") for one in there)
                if taken or path in step:
                    continue
                step[path] = there[path] = source.choice(oids)
        found.append((step, dict(there)))
    return found


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("per_pack", [1, 7, 10**9])
def test_random_changes_give_the_trees_that_git_lists(
    repo: RepoFactory, hash_name: str, per_pack: int
) -> None:
    made = repo("desk", f"--object-format={hash_name}")
    steps = walk(per_pack, blobs(made, 30), 150)
    found = written(made, empty_tree(made), [step for step, _ in steps], per_pack)
    for tree, (_, files) in list(zip(found, steps, strict=True))[::6]:
        assert listed(made, tree) == files
    assert fsck(made, found) == ""


def test_going_on_from_a_tree_that_is_there_keeps_what_it_has(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"src/x.py": "x", "tickets/7K/a.md": "a", "tickets/7K/b/c.png": "c", "README": "r"})
    (made.path / "run.sh").write_text("#!/bin/sh\n")
    os.chmod(made.path / "run.sh", 0o755)
    os.symlink("README", made.path / "link")
    made.git("add", ".")
    made.git("commit", "-q", "-m", "modes")
    root, before = made.tip("HEAD^{tree}"), listed(made, "HEAD")
    (oid,) = blobs(made, 1)
    (tree,) = written(made, root, [{"tickets/7K/a.md": oid, "tickets/AA/n.md": oid, "src/x.py": None}])
    after = {**before, "tickets/7K/a.md": oid, "tickets/AA/n.md": oid}
    del after["src/x.py"]
    assert listed(made, tree) == after
    assert "100755" in made.git("ls-tree", tree, "run.sh")
    assert "120000" in made.git("ls-tree", tree, "link")
    assert fsck(made, [tree]) == ""


def test_folders_that_become_empty_go_and_may_come_again(repo: RepoFactory) -> None:
    made = repo()
    oid, other = blobs(made, 2)
    steps: list[dict[str, str | None]] = [
        {"k": oid}, {"a/b/c": oid}, {"a/b/c": None}, {"a/b/c": other, "a/b/d": oid}, {"a/b/c": None}, {"a/b/d": None},
    ]  # fmt: skip
    found = written(made, empty_tree(made), steps)
    assert [listed(made, tree) for tree in found] == [
        {"k": oid}, {"k": oid, "a/b/c": oid}, {"k": oid}, {"k": oid, "a/b/c": other, "a/b/d": oid},
        {"k": oid, "a/b/d": oid}, {"k": oid},
    ]  # fmt: skip
    assert fsck(made, found) == ""


def test_a_root_that_becomes_empty_is_the_empty_tree_and_may_grow_again(repo: RepoFactory) -> None:
    made = repo()
    (oid,) = blobs(made, 1)
    found = written(made, empty_tree(made), [{"a/b": oid}, {"a/b": None}, {"x": oid}])
    assert [listed(made, tree) for tree in found] == [{"a/b": oid}, {}, {"x": oid}]
    assert fsck(made, found) == ""


def test_removing_what_is_not_there_changes_nothing(repo: RepoFactory) -> None:
    made = repo()
    (oid,) = blobs(made, 1)
    one, other = written(made, empty_tree(made), [{"a/b": oid}, {"a/x": None, "n/o": None, "y": None}])
    assert one == other


def test_the_same_folder_again_is_written_once(repo: RepoFactory) -> None:
    made = repo()
    one, other = blobs(made, 2)
    steps: list[dict[str, str | None]] = [{"a/b": one}, {"a/b": other}] * 200
    found = written(made, empty_tree(made), steps)
    assert len(set(found)) == 2
    assert fsck(made, found) == ""
    (index,) = (made.path / ".git/objects/pack").glob("*.idx")
    assert made.git("verify-pack", "-v", str(index)).count(" tree ") == 4


def test_chains_of_differences_stay_as_short_as_git_wants_them(repo: RepoFactory) -> None:
    made = repo()
    oids = blobs(made, 40)
    steps: list[dict[str, str | None]] = [
        {f"tickets/{number % 32:02}/{number}.md": oids[number % 40]} for number in range(1_500)
    ]
    found = written(made, empty_tree(made), steps)
    assert len(listed(made, found[-1])) == 1_500
    (index,) = (made.path / ".git/objects/pack").glob("*.idx")
    told = made.git("verify-pack", "-v", str(index))
    lengths = [int(length) for length in re.findall(r"^chain length = (\d+):", told, re.MULTILINE)]
    assert 10 < max(lengths) <= 50
    assert fsck(made, found) == ""


def test_a_folder_of_many_thousand_files_is_changed_at_every_place(repo: RepoFactory) -> None:
    made = repo()
    oids = blobs(made, 3)
    first: dict[str, str | None] = {f"big/{number:05}": oids[0] for number in range(6_000)}
    steps: list[dict[str, str | None]] = [first]
    there = dict.fromkeys(first, oids[0])
    source = random.Random(4)
    for _ in range(30):
        step: dict[str, str | None] = {}
        for path in source.sample(sorted(there), 3):
            step[path] = None if source.random() < 0.5 else oids[2]
        step[f"big/{source.random()}"] = oids[1]
        steps.append(step)
        there |= {path: oid for path, oid in step.items() if oid is not None}
        for path, oid in step.items():
            if oid is None:
                del there[path]
    found = written(made, empty_tree(made), steps)
    assert listed(made, found[-1]) == there
    assert fsck(made, found) == ""


@pytest.mark.parametrize("edits", [1, 2, 10])
def test_a_difference_rebuilds_the_new_version(edits: int) -> None:
    source = random.Random(edits)
    for _ in range(200):
        old = bytearray(source.randbytes(source.choice([0, 5, 300, 70_000])))
        new, told = bytearray(old), []
        for _ in range(edits):
            at = source.randint(0, len(new))
            went = source.randint(0, min(20, len(new) - at))
            came = source.choice([0, 1, 20, 130])
            new[at : at + went] = source.randbytes(came)
            told.append((at, went, came))
        assert applied(bytes(old), tree_pack._delta(len(old), bytearray(new), told)) == bytes(new)


def applied(old: bytes, delta: bytes) -> bytes:
    """Returns what a delta makes of a base, as gitformat-pack says."""

    def size(at: int) -> tuple[int, int]:
        number = shift = 0
        while True:
            byte = delta[at]
            number |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if not byte & 0x80:
                return number, at

    of_old, at = size(0)
    of_new, at = size(at)
    assert of_old == len(old)
    made = bytearray()
    while at < len(delta):
        code = delta[at]
        at += 1
        if code & 0x80:
            numbers = [0, 0]
            for bit in range(7):
                if code & 1 << bit:
                    numbers[bit >= 4] |= delta[at] << 8 * (bit if bit < 4 else bit - 4)
                    at += 1
            made += old[numbers[0] : numbers[0] + (numbers[1] or 0x10000)]
        else:
            assert code
            made += delta[at : at + code]
            at += code
    assert len(made) == of_new
    return bytes(made)


def test_what_is_discarded_leaves_nothing(tmp_path: Path) -> None:
    pack = TreePack(str(tmp_path), "sha1")
    assert list(tmp_path.iterdir())
    pack.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_is_wanted_gives_way_and_the_other_way_round(repo: RepoFactory) -> None:
    made = repo()
    one, other = blobs(made, 2)
    found = written(made, empty_tree(made), [{"a": one}, {"a/b": other}, {"a/b": None, "a": one}])
    assert [listed(made, tree) for tree in found] == [{"a": one}, {"a/b": other}, {"a": one}]
    assert fsck(made, found) == ""


def test_a_file_in_place_of_a_link_is_a_plain_file(repo: RepoFactory) -> None:
    made = repo()
    made.write({"x": "x"})
    os.symlink("x", made.path / "link")
    made.git("add", ".")
    made.git("commit", "-q", "-m", "x")
    (oid,) = blobs(made, 1)
    (tree,) = written(made, made.tip("HEAD^{tree}"), [{"link": oid}])
    assert made.git("ls-tree", tree, "link").startswith("100644 ")
