"""Trees are read and edited by whole entries, whatever the names in them look like."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repository import GitRepository, RepoFactory

from gitdesk.store import objects, read
from gitdesk.store.git import Repo
from gitdesk.store.objects import TreeEntry

# Names that look like entries, like the ends of entries, or like each other.
_PIECES = (
    b"100644 ",
    b"40000 ",
    b"040000 ",
    b"0100644 ",
    b"120000 ",
    b"a",
    b"XJ",
    b"GD-7K3QX4M2.md",
    b" ",
    b"-",
)
names = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4).map(b"".join)
ids = st.one_of(
    st.binary(min_size=20, max_size=20),
    st.sampled_from(
        [b"100644 a\0" + b"100644 XJ\0x", b"\0" * 20, b"40000 XJ\x00" * 2 + b" a\0-", b" a\0" * 6 + b" a"]
    ),
).map(lambda raw: raw[:20].ljust(20, b"\0").hex())
trees = st.dictionaries(
    names, st.tuples(st.sampled_from(["100644", "40000", "100755", "120000", "160000"]), ids)
)


def rendered(tree: dict[bytes, tuple[str, str]]) -> bytes:
    return objects.render_tree(TreeEntry(mode, name, oid) for name, (mode, oid) in tree.items())


@settings(max_examples=400)
@given(tree=trees, others=st.lists(names))
def test_an_entry_is_found_by_its_whole_name_and_nothing_else_is(
    tree: dict[bytes, tuple[str, str]], others: list[bytes]
) -> None:
    data = rendered(tree)
    assert {name: (one.mode, one.oid) for name, one in objects.parse_tree(data, 20).items()} == tree
    for name in [*tree, *others, *_PIECES]:
        found = objects.find_in_tree(data, name, 20)
        assert (found and (found.mode, found.oid)) == tree.get(name)


@settings(max_examples=400)
@given(
    tree=trees,
    changes=st.dictionaries(names, st.none() | st.tuples(st.sampled_from(["100644", "40000"]), ids)),
)
def test_an_edited_tree_is_the_tree_of_the_edited_entries(
    tree: dict[bytes, tuple[str, str]], changes: dict[bytes, tuple[str, str] | None]
) -> None:
    wanted = {name: one for name, one in (tree | changes).items() if one is not None}
    edits = {name: TreeEntry(one[0], name, one[1]) if one else None for name, one in changes.items()}
    assert objects.edit_tree(rendered(tree), edits, 20) == rendered(wanted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.sets(names.filter(lambda name: b"/" not in name), min_size=1, max_size=6))
def test_hostile_names_are_found_where_git_finds_them(
    wanted: set[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = GitRepository(tmp_path_factory.mktemp("hostile"))
    made.git("init", "-q")
    blobs = {name: made.git("hash-object", "-w", "--stdin", input=name) for name in wanted}
    entries = b"".join(b"100644 blob %s\t%s\0" % (oid.encode(), name) for name, oid in blobs.items())
    tree = made.git("mktree", "-z", input=entries)
    repo = Repo.discover(str(made.path), os.environ)
    data = repo.tree_data(tree)
    for name in wanted | set(_PIECES):
        listed = made.git("ls-tree", "-z", tree, "--", os.fsdecode(name)) if name.strip() else ""
        found = objects.find_in_tree(data, name, 20)
        if name in wanted:
            assert found == TreeEntry("100644", name, blobs[name])
        else:
            assert found is None
            assert not [one for one in listed.split("\0") if one.endswith(f"\t{os.fsdecode(name)}")]


def test_a_name_that_looks_like_an_entry_makes_no_desk_and_no_ticket(repo: RepoFactory) -> None:
    made = repo()
    tip = made.commit(
        {"0100644 gitdesk.yaml": "x", "tickets/0100644 GD-7K3QX4M2.md": "x", "tickets/040000 XJ": "x"}
    )
    opened = Repo.discover(str(made.path), os.environ)
    assert not read.holds_desk(opened, tip)
    assert read.find_entry(opened, tip, "tickets/GD-7K3QX4M2.md") is None
    assert read.find_entry(opened, tip, "tickets/XJ/GD-XJ000000.md") is None
    assert read.find_file(opened, tip, "tickets/0100644 GD-7K3QX4M2.md") == b"x"


@pytest.mark.parametrize("change", [{}, {b"new": TreeEntry("100644", b"new", "2" * 40)}])
def test_the_modes_of_old_gits_are_those_of_plain_files(change: dict[bytes, TreeEntry]) -> None:
    old = b"100664 a\0" + b"1" * 20 + b"100664 b\0" + b"1" * 20
    found = objects.find_in_tree(old, b"a", 20)
    assert found is not None
    assert found.mode == objects.parse_tree(old, 20)[b"b"].mode == "100644"
    edited = objects.edit_tree(old, {b"a": TreeEntry("100644", b"a", "3" * 40), **change}, 20)
    assert objects.parse_tree(edited, 20)[b"a"] == TreeEntry("100644", b"a", "3" * 40)
    new = old.replace(b"100664", b"100644")
    assert objects.compare_trees(old, new, 20) == []


def test_looking_for_an_entry_stays_cheap_where_many_names_look_like_it() -> None:
    entries = {b"%d 100644 a" % number: ("100644", "1" * 40) for number in range(20_000)}
    data = rendered(entries)
    started = time.perf_counter()
    assert objects.find_in_tree(data, b"a", 20) is None
    assert time.perf_counter() - started < 1
