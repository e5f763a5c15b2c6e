"""Finds the repository around a folder: the usual shapes in process, the rest by asking Git."""

from __future__ import annotations

import os

from gitdesk.errors import SetupError
from gitdesk.store import process, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# With any of these set, or with a setting that moves things about, Git's own answer is asked for.
_STEERING = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_TEST_ASSUME_DIFFERENT_OWNER",
)
_KNOWN_EXTENSIONS = {"objectformat", "worktreeconfig", "partialclone", "preciousobjects", "noop"}


class NoRepositoryError(SetupError):
    """There is no Git repository around a folder."""


class Found:
    """Where a repository is: absolute paths, `work_tree` None when there is none around us."""

    __slots__ = ("common_dir", "git_dir", "hash_name", "odd_refs", "work_tree")

    def __init__(
        self, *, git_dir: str, common_dir: str, work_tree: str | None, hash_name: str, odd_refs: bool
    ) -> None:
        self.git_dir, self.common_dir, self.work_tree = git_dir, common_dir, work_tree
        self.hash_name, self.odd_refs = hash_name, odd_refs


def find_repository(start: str, environ: Mapping[str, str]) -> Found:
    """Returns the repository around a folder; raises SetupError when there is none or Git refuses it."""
    if any(name in environ for name in _STEERING):
        return _ask_git(start, environ)
    return _walk(start) or _ask_git(start, environ)


def _walk(start: str) -> Found | None:
    """Returns a repository of a usual shape that belongs to us, None for anything else."""
    here = os.path.realpath(start)
    try:
        device = os.stat(here).st_dev
        while True:
            entry = f"{here}/.git" if here != "/" else "/.git"
            if os.path.lexists(entry):
                return _at(here, entry)
            if os.path.exists(f"{here}/HEAD") or os.stat(here).st_dev != device:
                return None  # a bare repository perhaps, or another file system, where Git stops
            if here == "/":
                return None
            here = os.path.dirname(here)
    except OSError:
        return None


def _at(work_tree: str, entry: str) -> Found | None:
    is_file = os.path.isfile(entry)
    git_dir = pointed(work_tree, entry) if is_file else entry
    if git_dir is None or os.path.islink(entry) or not os.path.exists(f"{git_dir}/HEAD"):
        return None
    common_dir = common_dir_of(git_dir)
    owned = (work_tree, git_dir, entry)
    if any(os.lstat(path).st_uid != os.geteuid() for path in owned):
        return None  # Git decides whom it trusts
    with open(f"{common_dir}/config", "rb") as file:
        config = settings.parse_file(file.read())
    if config is None or not _is_plain(config, git_dir, linked=common_dir != git_dir):
        return None
    return Found(
        git_dir=git_dir,
        common_dir=common_dir,
        work_tree=work_tree,
        hash_name=config.get("extensions.objectformat", "sha1"),
        odd_refs=False,
    )


def _is_plain(config: Mapping[str, str], git_dir: str, *, linked: bool) -> bool:
    if config.get("core.repositoryformatversion", "0") not in ("0", "1") or "core.worktree" in config:
        return False
    if not linked and settings.parse_bool(config.get("core.bare")):
        return False
    extensions = {key.partition(".")[2] for key in config if key.startswith("extensions.")}
    if not extensions <= _KNOWN_EXTENSIONS or config.get("extensions.objectformat", "sha1") not in (
        "sha1",
        "sha256",
    ):
        return False
    if "worktreeconfig" in extensions and os.path.exists(f"{git_dir}/config.worktree"):
        with open(f"{git_dir}/config.worktree", "rb") as file:
            own = settings.parse_file(file.read())
        return own is not None and not {"core.bare", "core.worktree"} & own.keys()
    return True


def pointed(folder: str, entry: str) -> str | None:
    """Returns the Git directory that the `.git` file of a work tree names, None when it names none."""
    with open(entry, "rb") as file:
        line = file.read(65536)
    if not line.startswith(b"gitdir: "):
        return None
    return os.path.realpath(os.path.join(folder, os.fsdecode(line[8:].strip(b"\r\n"))))


def common_dir_of(git_dir: str) -> str:
    """Returns the directory that a Git directory shares with the clone's other work trees, or itself."""
    try:
        with open(f"{git_dir}/commondir", "rb") as file:
            return os.path.realpath(os.path.join(git_dir, os.fsdecode(file.read().strip(b"\r\n"))))
    except FileNotFoundError:
        return git_dir


def _ask_git(start: str, environ: Mapping[str, str]) -> Found:
    words = ["git", "-C", start, "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir"]
    words += ["--show-object-format", "--is-inside-work-tree"]
    answer = _git(words, environ, start)
    git_dir, common_dir, hash_name, inside = os.fsdecode(answer).split("\n")[:4]
    work_tree = None
    if inside == "true":
        words = ["git", "-C", start, "rev-parse", "--path-format=absolute", "--show-toplevel"]
        work_tree = os.fsdecode(_git(words, environ, start)).rstrip("\n")
    elif "GIT_WORK_TREE" in environ:
        work_tree = os.path.realpath(os.path.join(start, environ["GIT_WORK_TREE"]))
    return Found(
        git_dir=git_dir,
        common_dir=common_dir,
        work_tree=work_tree,
        hash_name=hash_name,
        odd_refs=os.path.isdir(f"{common_dir}/reftable"),
    )


def _git(words: list[str], environ: Mapping[str, str], start: str) -> bytes:
    try:
        done = process.run(words, {**environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"})
    except FileNotFoundError:
        raise git_missing() from None
    if done.status == 0:
        return done.output
    said = done.error.decode("utf-8", "replace").strip()
    if "not a git repository" in said:
        raise NoRepositoryError(
            f'no Git repository here or above "{start}"', hint="`gitdesk init` makes a desk here"
        )
    if "dubious ownership" in said:
        first = said.splitlines()[0].removeprefix("fatal: ")
        where = first.partition("'")[2].rstrip("'") or start
        raise SetupError(
            f"Git refuses this repository: {first}",
            hint=f"if you trust it: git config --global --add safe.directory {where}",
        )
    first = said.splitlines()[0].removeprefix("fatal: ") if said else f"it ended with status {done.status}"
    raise SetupError(f"Git cannot use this repository: {first}")


def git_missing() -> SetupError:
    """Returns the error for a machine without Git."""
    return SetupError("there is no `git` program on the PATH", hint="install Git 2.39 or newer")
