"""History: the commits of a desk with what each changed itself, from one stream of `git log`."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

from gitdesk.domain.change import Commit, CommitRecord, FileVersion, Signature
from gitdesk.errors import Unreadable
from gitdesk.store import process
from gitdesk.store.git import require_version
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from gitdesk.domain.document import Document
    from gitdesk.store.git import Repo

Progress = Callable[[int, int | None], None]

# The raw format shows a commit as it is stored, so that no name, date or header is guessed at by Git;
# -m shows a merge once for every parent from which it differs.
_LOG = (
    "--no-replace-objects", "log", "--format=raw", "--parents", "--raw", "-z", "-m", "--root", "--no-abbrev",
    "--no-renames", "--no-color", "--no-decorate", "--no-notes", "--no-mailmap", "--no-show-signature",
    "--no-expand-tabs", "--no-ext-diff", "--no-textconv", "--no-relative", "--encoding=UTF-8",
)  # fmt: skip
_READ = 1 << 16
_AHEAD = 1 << 20  # bytes Git may be ahead of us: some two thousand commits
_EPOCH = datetime.fromtimestamp(0, UTC)
_LAST_SECOND = 253_402_128_000  # two days before the year 10000, so that every zone can show it
_ASKED = 1000  # commits that one command line names
_STEP = 500  # commits between two reports of progress


class MergeRecord(Value):
    """A merge: `changes` are the files that differ from every parent, `sides` those that differ from any.

    In both a file has one blob id before for each parent.
    """

    commit: Commit
    changes: tuple[FileVersion, ...]
    sides: tuple[FileVersion, ...]
    folders: tuple[tuple[str, str], ...] = ()


Record = CommitRecord | MergeRecord


class History:
    """What the index asks of history, over a repository; `parse` reads a ticket file."""

    def __init__(self, repo: Repo, parse: Callable[[bytes, str], Document]) -> None:
        self._repo, self._parse = repo, parse

    def commits(self, tip: str, known: str | None) -> Iterator[Record]:
        """Yields the commits of a tip that an older tip does not have, newest first.

        Git stops looking by the commits' dates: where clocks were wrong, it yields some that both have.
        """
        return commits(self._repo, tip, since_commits=() if known is None else (known,))

    def has(self, commit_id: str) -> bool:
        """Tells whether a commit is still in this clone."""
        return self._repo.has(commit_id)

    def parents(self, commit_id: str) -> tuple[str, ...] | None:
        """Returns the parents a commit names, None when it is no longer in this clone."""
        try:
            header, _, _ = self._repo.commit(commit_id).partition(b"\n\n")
        except Unreadable:
            return None
        lines = (line for line in header.split(b"\n") if line.startswith(b"parent "))
        return tuple(line[7:].decode("ascii") for line in lines)

    def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yields id and content of blobs in order, while the ids are still coming in."""
        return self._repo.blobs(oids)

    def parse(self, data: bytes, path: str) -> Document:
        """Reads one version of a ticket file."""
        return self._parse(data, path)

    def first_parents(self, tip: str) -> tuple[str, ...]:
        """Returns all commits of a tip by first parents, newest first."""
        words = ("--no-replace-objects", "rev-list", "--first-parent", "--end-of-options", tip, "--")
        return tuple(self._repo.run(*words).decode("ascii").split())

    def diff(self, old: str | None, new: str) -> Iterator[tuple[str, str | None, str | None]]:
        """Yields path, old and new blob id of the desk's files that differ between two commits."""
        from gitdesk.store.read import Source

        return Source(self._repo, self._parse).diff(old, new)

    def horizon(self) -> str:
        """Returns a text that changes when a shallow clone gets more of history, or less."""
        try:
            with open(os.path.join(self._repo.common_dir, "shallow"), "rb") as file:
                return file.read().decode("ascii", "replace")
        except FileNotFoundError:
            return ""


def commits(
    repo: Repo,
    tip: str,
    *,
    since_commits: Sequence[str] = (),
    progress: Progress | None = None,
    oldest_first: bool = False,
    marks: bool = False,
) -> Iterator[Record]:
    """Yields the commits of a tip that none of the others has, newest first; raises Unreadable.

    With `oldest_first` no commit comes before its parents. With `marks` what is no file of mode 100644 has, for its
    blob id, mode and id with a blank between them, and each record names the trees that may hold a name twice; else
    what is no plain file counts as none.
    """
    order = ("--topo-order", "--reverse") if oldest_first else ()
    known = (f"^{one}" for one in since_commits)
    trees = ("-t",) if marks else ()
    words = repo.words(*_LOG, *trees, *order, "--end-of-options", tip, *known, "--")
    for count, record in enumerate(parse_log(_chunks(repo, words), marks=marks)):
        if progress is not None and count % _STEP == 0:
            progress(count, None)
        yield record


def is_below(repo: Repo, commit: str, other: str) -> bool:
    """Tells whether a commit is another one or in its history; False where this clone lacks one of them."""
    return not repo.call("merge-base", "--is-ancestor", "--end-of-options", commit, other).status


def these(repo: Repo, oids: Sequence[str], *, marks: bool = False) -> Iterator[Record]:
    """Yields some commits in the order they are given; Git is asked once for a thousand; raises Unreadable."""
    for start in range(0, len(oids), _ASKED):
        words = (*_LOG, "--no-walk=unsorted", "--end-of-options", *oids[start : start + _ASKED], "--")
        yield from parse_log(_chunks(repo, repo.words(*words)), marks=marks)


def line(repo: Repo, tip: str, paths: Sequence[str], since: int | None = None) -> Iterator[CommitRecord]:
    """Yields the commits by first parents that change some paths, newest first, a merge by what it brought in.

    With `since` Git stops at the first commit that is dated before it. Raises Unreadable.
    """
    options = [word for word in _LOG if word != "-m"]
    options += ["--first-parent", "--diff-merges=first-parent"]
    if since is not None:
        options.append(f"--since=@{since}")
    words = repo.words(*options, "--end-of-options", tip, "--", *paths)
    for record in parse_log(_chunks(repo, words)):
        assert isinstance(record, CommitRecord)
        yield record


def parse_log(chunks: Iterable[bytes], *, marks: bool = False) -> Iterator[Record]:
    """Parses `git log --format=raw --parents --raw -z -m`, however its bytes are cut; `marks` as in `commits`."""
    reader = _Reader(marks)
    rest = b""
    for chunk in chunks:
        *tokens, rest = (rest + chunk).split(b"\0") if rest else chunk.split(b"\0")
        for token in tokens:
            record = reader.take(token)
            if record is not None:
                yield record
    for last in (rest, None):
        record = reader.take(last)
        if record is not None:
            yield record


def _chunks(repo: Repo, words: Sequence[str]) -> Iterator[bytes]:
    import fcntl

    # Git would otherwise write each commit on its own, and reading them so costs as much as parsing them.
    pipes = process.open_pipes(words, repo.environment({"GIT_FLUSH": "0"}))
    # Git need not wait while what it said is being worked on; only Linux knows how.
    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipes.output, fcntl.F_SETPIPE_SZ, _AHEAD)
    finished = False
    try:
        while chunk := os.read(pipes.output, _READ):
            yield chunk
        finished = True
    finally:
        status = pipes.close()
    if finished and status:
        require_version(repo.environ)
        raise Unreadable("the history cannot be read to its end", hint="`git fsck` tells what is wrong")


def _line(header: bytes, start: bytes) -> bytes:
    """Returns the rest of the first line of a header that begins with a word, b"" when none does."""
    place = header.find(start)
    if place < 0:
        return b""
    end = header.find(b"\n", place + 1)
    return header[place + len(start) : end if end >= 0 else len(header)]


def mark(mode: bytes, oid: bytes) -> str:
    """Returns the id of a usual file, "" for none, else mode and id."""
    if mode == b"100644":
        return oid.decode("ascii")
    return "" if mode == b"000000" else f"{mode.decode('ascii')} {oid.decode('ascii')}"


class _Reader:
    """Puts NUL-separated pieces together: a commit with its message, then `:modes ids` and path in turn."""

    __slots__ = (
        "_changes", "_commit", "_entry", "_from", "_grown", "_marks", "_offsets", "_people", "_root", "_sides",
        "_trees",
    )  # fmt: skip

    def __init__(self, marks: bool) -> None:
        self._marks = marks
        self._commit: Commit | None = None
        self._changes: list[FileVersion] = []
        self._from: str = ""  # the parent a merge is being compared with
        self._sides: dict[str, dict[str, FileVersion]] = {}  # of a merge: by parent and path
        self._entry: bytes = b""
        self._root: bytes = b""  # the id of the commit's own tree
        self._trees: dict[bytes, list[bytes]] = {}  # ids of the folders that differ from a parent's, by path
        self._grown: set[bytes] = set()  # folders with a name that a parent does not have there
        self._people: dict[bytes, tuple[str, str]] = {}
        self._offsets: dict[bytes, tzinfo] = {}

    def take(self, token: bytes | None) -> Record | None:
        """Takes the next piece, None at the end; returns a commit once the next one has begun."""
        if self._entry:
            if token is not None:
                self._add(self._entry, token)
            self._entry = b""
            return None
        if token is None or token.startswith(b"commit "):
            done = None
            # Message lines are indented, so a line that begins with a colon is the first entry.
            block, _, last = (token or b"").rpartition(b"\n")
            first, origin, parent = block.partition(b"\n")[0].partition(b" (from ")
            if (
                self._commit is None
                or not origin
                or not first.startswith(b"commit " + self._commit.id.encode())
            ):
                done = self._done()
                if token is not None:
                    self._commit = self._parse_commit(block)
            self._from = parent[:-1].decode("ascii")
            self._entry = last
            return done
        self._entry = token
        return None

    def _done(self) -> Record | None:
        commit = self._commit
        if commit is None:
            return None
        if not self._sides:
            changes = tuple(self._changes)
            return CommitRecord(commit=commit, changes=changes, folders=tuple(self._suspects()))
        sides = tuple(self._merged(commit.parents))
        own = tuple(version for version in sides if version.new not in version.old)
        return MergeRecord(commit=commit, changes=own, sides=sides, folders=tuple(self._suspects()))

    def _suspects(self) -> Iterator[tuple[str, str]]:
        """Yields path and id of each tree with a name that a parent lacks, and of those above it.

        Git goes through two trees side by side: of a tree without such a name every name is one of the parent's, in the
        order they have there. An id is "" where Git names a folder of which there is no tree.
        """
        above: set[bytes] = set()
        for path in self._grown:
            above.add(path)
            while path:
                path = path.rpartition(b"/")[0]
                above.add(path)
        for path in sorted(above):
            for oid in self._trees.get(path, (b"",)) if path else (self._root,):
                yield path.decode("utf-8", "replace"), oid.decode("ascii")

    def _merged(self, parents: Sequence[str]) -> Iterator[FileVersion]:
        """Yields each file in which a merge differs from a parent, with what all parents have."""
        seen: set[str] = set()
        for side in self._sides.values():
            for path, version in side.items():
                if path not in seen:
                    seen.add(path)
                    others = (self._sides.get(parent, {}).get(path) for parent in parents)
                    old = tuple(version.new if other is None else other.old[0] for other in others)
                    yield FileVersion(path=path, old=old, new=version.new)

    def _put(self, path: bytes, old: str, new: str) -> None:
        version = FileVersion(path=path.decode("utf-8", "replace"), old=(old,), new=new)
        if self._from:
            self._sides.setdefault(self._from, {})[version.path] = version
        else:
            self._changes.append(version)

    def _add(self, entry: bytes, path: bytes) -> None:
        """Adds one entry: the mode before and after behind a colon, then the ids."""
        words = entry.split()
        if self._marks:
            if words[0] == b":000000":
                self._grown.add(path.rpartition(b"/")[0])
            if words[1] == b"040000":
                self._trees.setdefault(path, []).append(words[3])
            if b"040000" in (words[0][1:], words[1]):
                return
        if words[0] == b":100644" and words[1] == b"100644":
            old, new = words[2].decode("ascii"), words[3].decode("ascii")
        elif self._marks:
            old, new = mark(words[0][1:], words[2]), mark(words[1], words[3])
        else:
            # Only plain files hold anything of a desk: a link or a submodule is as good as no file.
            old = words[2].decode("ascii") if words[0].startswith(b":100") else ""
            new = words[3].decode("ascii") if words[1].startswith(b"100") else ""
        if old != new:
            self._put(path, old, new)

    def _parse_commit(self, block: bytes) -> Commit:
        self._changes, self._sides = [], {}
        head, _, message = block.partition(b"\n\n")
        first, _, header = head.partition(b"\n")
        if self._marks:
            self._root = header[5:].partition(b"\n")[0]
            self._trees, self._grown = {}, set()
        commit_id, *parents = first[7:].partition(b" (")[0].decode("ascii").split()
        author, committer = _line(header, b"\nauthor "), _line(header, b"\ncommitter ")
        # Most commits have one and the same line for both.
        by = self._parse_person(author)
        text = (b"\n" + message).replace(b"\n    ", b"\n").strip(b"\n")
        return Commit(
            id=commit_id,
            parents=tuple(parents),
            author=by,
            committer=by if committer == author else self._parse_person(committer),
            message=text.decode("utf-8", "replace"),
            signed=b"\ngpgsig" in header,
            shallow=len(parents) < header.count(b"\nparent "),
        )

    def _parse_person(self, line: bytes) -> Signature:
        """Reads `Name <address> seconds zone`; what is missing or nonsense becomes "" and 1970."""
        person, bracket, time = line.rpartition(b">")
        if not bracket:
            person, time = line, b""
        found = self._people.get(person)
        if found is None:
            name, _, email = person.partition(b"<")
            found = name.decode("utf-8", "replace").strip(), email.decode("utf-8", "replace").strip()
            self._people[person] = found
        return Signature(name=found[0], email=found[1], at=self._parse_time(time))

    def _parse_time(self, text: bytes) -> datetime:
        words = text.split()
        if not words or not words[0].isdigit():
            return _EPOCH
        seconds = min(int(words[0][:20]), _LAST_SECOND)
        return datetime.fromtimestamp(seconds, self._zone(words[1] if len(words) > 1 else b"+0000"))

    def _zone(self, text: bytes) -> tzinfo:
        zone = self._offsets.get(text)
        if zone is None:
            digits = text[1:]
            minutes = int(digits[:-2]) * 60 + int(digits[-2:]) if digits.isdigit() and len(digits) == 4 else 0
            usable = minutes < 24 * 60 and text[:1] in b"+-"
            sign = -1 if text.startswith(b"-") else 1
            zone = timezone(timedelta(minutes=sign * minutes)) if usable and minutes else UTC
            self._offsets[text] = zone
        return zone
