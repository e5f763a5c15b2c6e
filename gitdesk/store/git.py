"""A Git repository as gitdesk uses it: its place, objects, references and settings, and Git itself, hardened."""

from __future__ import annotations

import os
import zlib

from gitdesk.errors import GitdeskError, SetupError, Unreadable
from gitdesk.store import discover, objects, process, refs, settings
from gitdesk.store.packs import Packs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitdesk.store.catfile import CatFile

OLDEST = (2, 39)

# What a repository could make Git run (decision 0011), or change in what it says.
_OPTIONS = (
    "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.pager=cat",
    "-c", "diff.external=",
    "-c", "log.showSignature=false",
    "-c", "core.quotePath=false",
    "-c", "i18n.commitEncoding=UTF-8",
    "-c", "i18n.logOutputEncoding=UTF-8",
    "-c", "advice.detachedHead=false",
)  # fmt: skip
_FORGOTTEN = frozenset({
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE",
    "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_PAGER", "GIT_CONFIG", "GIT_REPLACE_REF_BASE",
    "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_REFLOG_ACTION",
    "GIT_CEILING_DIRECTORIES", "GIT_INTERNAL_SUPER_PREFIX", "GIT_TEST_ASSUME_DIFFERENT_OWNER", "GIT_ATTR_SOURCE",
})  # fmt: skip
_PINNED = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",  # no parents but those that commits name
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
# A partial clone's promised objects are never fetched behind our back; Git before 2.44 knows no other switch.
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}
_TREES_KEPT = 2_000  # all folders of a desk; four megabytes of a hundred thousand tickets


class GitError(SetupError):
    """Git ended with an error; `said` is what it said, `status` its exit status."""

    def __init__(self, message: str, *, status: int, said: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status, self.said = status, said


class Repo:
    """One repository. Paths are absolute; `work_tree` is the work tree around the start, None where there is none."""

    def __init__(self, found: discover.Found, environ: Mapping[str, str]) -> None:
        self.git_dir, self.common_dir, self.work_tree = found.git_dir, found.common_dir, found.work_tree
        self.hash_name = found.hash_name
        self.odd_refs = found.odd_refs
        self.environ = environ
        self.id_size = 32 if found.hash_name == "sha256" else 20
        self.no_id = "0" * (2 * self.id_size)
        self.objects_dir = environ.get("GIT_OBJECT_DIRECTORY") or f"{self.common_dir}/objects"
        self.lock_mark = f"{self.common_dir}/gitdesk/mark"
        self._packs = Packs(self.objects_dir, self.id_size)
        self._trees: dict[str, bytes] = {}
        self._idle: list[CatFile] = []
        self._settings: dict[str, str] | None = None
        self._scoped: list[tuple[str, str, str]] | None = None
        self._asked: process.Started | None = None

    @classmethod
    def discover(cls, start: str, environ: Mapping[str, str]) -> Repo:
        """Returns the repository around a folder; raises SetupError when there is none, or no Git."""
        return cls(discover.find_repository(start, environ), environ)

    def __enter__(self) -> Repo:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the programs this repository has running."""
        while self._idle:
            self._idle.pop().close()
        self.forget_settings()

    # Git itself

    def words(self, *arguments: str) -> list[str]:
        """Returns the command line of a hardened call of Git."""
        return ["git", *_OPTIONS, *arguments]

    def environment(self, extra: Mapping[str, str] | None = None, *, network: bool = False) -> dict[str, str]:
        """Returns the environment of a hardened call of Git on this repository."""
        plain = {name: value for name, value in self.environ.items() if name not in _FORGOTTEN}
        plain.update(_PINNED)
        if not network:
            plain.update(_OFFLINE)
        plain["GIT_DIR"] = self.git_dir
        if self.work_tree is not None:
            plain["GIT_WORK_TREE"] = self.work_tree
        plain.update(extra or {})
        return plain

    def run(
        self,
        *arguments: str,
        input: bytes = b"",
        env: Mapping[str, str] | None = None,
        check: bool = True,
        network: bool = False,
        keep_open: Sequence[int] = (),
    ) -> bytes:
        """Runs Git and returns its output; raises GitError when it fails and `check` holds."""
        done = self.call(*arguments, input=input, env=env, network=network, keep_open=keep_open)
        if done.status and check:
            raise self.failure(arguments, done)
        return done.output

    def call(
        self,
        *arguments: str,
        input: bytes = b"",
        env: Mapping[str, str] | None = None,
        network: bool = False,
        keep_open: Sequence[int] = (),
    ) -> process.Finished:
        """Runs Git and returns status, output and error, whatever they are."""
        try:
            return process.run(
                self.words(*arguments),
                self.environment(env, network=network),
                input=input,
                keep_open=keep_open,
            )
        except FileNotFoundError:
            raise discover.git_missing() from None

    def failure(self, arguments: Sequence[str], done: process.Finished) -> GitdeskError:
        """Returns the error for a call of Git that failed; a Git too old is named as the reason."""
        require_version(self.environ)
        said = done.error.decode("utf-8", "replace").strip()
        lines = [line for line in said.splitlines() if not line.startswith(("hint:", "warning:"))]
        first = lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else f"status {done.status}"
        name = arguments[_first_word(arguments)]
        return GitError(f"`git {name}` failed: {first}", status=done.status, said=said)

    def config(self, key: str) -> str | None:
        """Returns a setting of Git (`user.name`), as the last of all its files has it; None when unset."""
        return self.settings().get(_canonical(key))

    def config_bool(self, key: str, default: bool = False) -> bool:
        """Returns a setting that is true or false."""
        return settings.parse_bool(self.config(key), default)

    def settings(self) -> dict[str, str]:
        """Returns all settings; one call of Git, once."""
        if self._settings is None:
            self.ask_settings()
            asked, self._asked = self._asked, None
            assert asked is not None
            done = asked.finish()
            if done.status:
                raise self.failure(("config",), done)
            self._settings = settings.parse_list(done.output)
        return self._settings

    def ask_settings(self) -> None:
        """Asks Git for all settings; it answers beside us, until the first one is needed."""
        if self._settings is None and self._asked is None:
            try:
                # Without our own options: they would be listed as if they were the user's.
                self._asked = process.start(["git", "config", "-z", "--list"], self.environment())
            except FileNotFoundError:
                raise discover.git_missing() from None

    def scoped_settings(self) -> list[tuple[str, str, str]]:
        """Returns scope, key and value of every setting, in the order in which Git takes them."""
        if self._scoped is None:
            # Without our own options: they would be listed as if they were the user's.
            done = process.run(["git", "config", "-z", "--show-scope", "--list"], self.environment())
            if done.status:
                raise self.failure(("config",), done)
            self._scoped = settings.parse_scoped(done.output)
        return self._scoped

    def forget_settings(self) -> None:
        """Makes the next question for a setting ask Git anew."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.finish()
        self._settings = self._scoped = None

    def is_partial(self) -> bool:
        """Tells whether this clone lacks objects that its remote has promised."""
        return any(key.endswith(".promisor") or key == "extensions.partialclone" for key in self.settings())

    def own_setting(self, key: str) -> str | None:
        """Returns a setting of gitdesk's, asking Git only when some file could hold one."""
        files = (f"{self.common_dir}/config", f"{self.git_dir}/config.worktree")
        word = key.partition(".")[0]
        if self._settings is None and not settings.mentions(word, files, self.environ):
            return None
        return self.config(key)

    # objects

    def object(self, oid: str) -> tuple[str, bytes]:
        """Returns kind and content of an object; raises Unreadable when it is missing or broken."""
        try:
            found = objects.read_loose(self.objects_dir, oid) or self._packs.find(oid)
        except (zlib.error, ValueError, IndexError):
            found = None  # Git says better what is wrong with it
        if found is None:
            ((_, kind, content),) = self._stream([oid])
            if kind is None:
                raise self._missing(oid)
            found = kind, content
        return found

    def blob(self, oid: str) -> bytes:
        """Returns a blob's content."""
        return self._of_kind(oid, objects.BLOB)

    def commit(self, oid: str) -> bytes:
        """Returns a commit object's content."""
        return self._of_kind(oid, objects.COMMIT)

    def tree(self, oid: str) -> dict[bytes, objects.TreeEntry]:
        """Returns a tree's entries by name."""
        return objects.parse_tree(self.tree_data(oid), self.id_size)

    def tree_data(self, oid: str) -> bytes:
        """Returns a tree object's content; those of the folders a call goes through again and again are kept."""
        known = self._trees.get(oid)
        if known is None:
            known = self._of_kind(oid, objects.TREE)
            if len(self._trees) < _TREES_KEPT:
                self._trees[oid] = known
        return known

    def has(self, oid: str) -> bool:
        """Tells whether an object is in this clone."""
        try:
            self.object(oid)
        except Unreadable:
            return False
        return True

    def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yields id and content of many blobs in order, streaming; raises Unreadable for a missing one."""
        for oid, kind, content in self._stream(oids):
            if kind is None:
                raise self._missing(oid)
            yield oid, content

    def _of_kind(self, oid: str, kind: str) -> bytes:
        found, content = self.object(oid)
        if found != kind:
            raise Unreadable(f'object "{oid}" is a {found}, not a {kind}')
        return content

    def _stream(self, oids: Iterable[str]) -> Iterator[tuple[str, str | None, bytes]]:
        if not self._idle:
            from gitdesk.store.catfile import CatFile

            try:
                self._idle.append(CatFile(self.words(), self.environment()))
            except FileNotFoundError:
                raise discover.git_missing() from None
        # Taken out while it answers: a question asked in the middle of a stream gets a program of its own.
        reader = self._idle.pop()
        finished = False
        try:
            yield from reader.contents(oids)
            finished = True
        except (EOFError, BrokenPipeError) as problem:
            require_version(self.environ)
            raise self._missing(str(problem)) from None
        finally:
            if finished:
                self._idle.append(reader)
            else:
                reader.close()

    def _missing(self, oid: str) -> Unreadable:
        if self.is_partial():
            hint = "this is a partial clone; `git fetch --refetch --no-filter` brings the rest"
        else:
            hint = "`git fsck` tells what is wrong"
        error = Unreadable(f'object "{oid}" is not in this clone', hint=hint)
        error.missing = oid
        return error

    # references

    def read_ref(self, name: str) -> str | None:
        """Returns the id a reference points to, symbolic ones followed; None when there is none."""
        return refs.read(self, name)

    def head(self) -> tuple[str | None, str | None]:
        """Returns the branch HEAD is on (None when detached) and the commit (None when unborn)."""
        return refs.head(self)


def _first_word(arguments: Sequence[str]) -> int:
    """Returns where the command stands among the arguments: after `-C folder` and `-c setting`."""
    at = 0
    while arguments[at].startswith("-"):
        at += 2 if arguments[at] in ("-C", "-c") else 1
    return at


def _canonical(key: str) -> str:
    """Returns a key as `git config --list` writes it: section and name in lower case, what is between as it is."""
    section, _, rest = key.partition(".")
    middle, dot, name = rest.rpartition(".")
    return f"{section.lower()}.{middle}{dot}{name.lower()}"


def version(environ: Mapping[str, str]) -> tuple[int, ...]:
    """Returns Git's version, (2, 39, 5)."""
    try:
        done = process.run(["git", "--version"], environ)
    except FileNotFoundError:
        raise discover.git_missing() from None
    words = done.output.decode("utf-8", "replace").split()
    numbers = words[2].split(".") if len(words) > 2 else []
    return tuple(int(number) for number in numbers if number.isdigit())


def require_version(environ: Mapping[str, str]) -> None:
    """Raises SetupError when Git is missing or older than 2.39."""
    found = version(environ)
    if found < OLDEST:
        shown = ".".join(str(number) for number in found) or "unknown"
        raise SetupError(f"Git {shown} is too old", hint="install Git 2.39 or newer")
