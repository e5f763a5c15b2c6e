"""Git's index, edited by Git on a private copy: for split, sparse and compressed ones."""

from __future__ import annotations

import os

from gitdesk.store import attributes
from gitdesk.store.index_file import EXTENDED, SKIP_WORKTREE, IndexEntry, Unsettled
from gitdesk.store.lock import cannot
from gitdesk.store.object_writer import discard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitdesk.store.git import Repo
    from gitdesk.store.plan import Touched
    from gitdesk.store.worktrees import Checkout


class GitIndex:
    """Does what IndexFile does, by calling Git; the index's lock must be held while it writes."""

    def __init__(self, repo: Repo, checkout: Checkout, keep_open: tuple[int, ...]) -> None:
        self._repo, self._checkout, self._keep_open = repo, checkout, keep_open

    def find(self, paths: Iterable[bytes]) -> dict[bytes, IndexEntry]:
        """Returns the entries of those paths that have one; raises Refused for one with a merge conflict."""
        wanted = set(paths)
        listed = self._run("ls-files", "-z", "-t", "--stage", "--", *map(os.fsdecode, sorted(wanted)))
        found = {}
        for record in listed.split(b"\0"):
            facts, _, path = record.partition(b"\t")
            if path not in wanted:
                continue
            tag, mode, oid, stage = facts.decode("ascii").split()
            if stage != "0":
                raise Unsettled(os.fsdecode(path))
            skipped = tag in "Ss"
            found[path] = IndexEntry(
                path=path,
                oid=oid,
                stat=(0,) * 6 + (int(mode, 8),) + (0,) * 3,
                flags=EXTENDED if skipped else 0,
                more_flags=SKIP_WORKTREE if skipped else 0,
            )
        return found

    def has_folder(self, path: bytes) -> bool:
        """Tells whether there are entries below a path."""
        return bool(self._run("ls-files", "-z", "--", os.fsdecode(path) + "/"))

    def prepare(self, touched: Sequence[Touched], entries: Mapping[str, IndexEntry]) -> None:
        """Makes the new index beside the old one."""
        try:
            # Its time comes along: Git tells by it which entries may hide a change made in the same instant.
            import shutil

            discard(self._new)
            shutil.copy2(self._checkout.index, self._new)
        except FileNotFoundError:
            pass
        except OSError as problem:
            raise cannot("write", self._new, problem) from None
        lines = [
            b"%s %s\t%s\0"
            % (b"100644" if one.new else b"0", (one.new or self._repo.no_id).encode(), os.fsencode(one.path))
            for one in touched
        ]
        self._run("update-index", "-z", "--add", "--remove", "--index-info", input=b"".join(lines), own=True)
        skipped = [
            one.path for one in touched if one.new and one.path in entries and entries[one.path].skip_worktree
        ]
        if skipped:
            names = b"".join(os.fsencode(path) + b"\0" for path in skipped)
            self._run("update-index", "-z", "--skip-worktree", "--stdin", input=names, own=True)

    def refresh(self, paths: Sequence[str]) -> None:
        """Records the files' stat in the new index; without it Git would only be slower."""
        if paths:
            names = b"".join(os.fsencode(path) + b"\0" for path in paths)
            words, env = self._call(
                "add", "--refresh", "--pathspec-from-file=-", "--pathspec-file-nul", own=True
            )
            self._repo.call(*words, input=names, env=env, keep_open=self._keep_open)

    @property
    def _new(self) -> str:
        return f"{self._checkout.git_dir}/gitdesk-index"

    def _run(self, *words: str, input: bytes = b"", own: bool = False) -> bytes:
        # Expanded: `update-index` puts a file beside the folder entry of a sparse index that covers it.
        called, env = self._call("-c", "index.sparse=false", *words, own=own)
        return self._repo.run(*called, input=input, env=env, keep_open=self._keep_open)

    def _call(self, *words: str, own: bool) -> tuple[tuple[str, ...], dict[str, str]]:
        """Returns words and environment of a call on the old index, or on our own. Filters may run in any of them."""
        options, environ = attributes.filters_off(self._repo)
        environ |= {"GIT_DIR": self._checkout.git_dir, "GIT_WORK_TREE": self._checkout.path}
        if own:
            environ["GIT_INDEX_FILE"] = self._new
        return ("-C", self._checkout.path, *options, *words), environ
