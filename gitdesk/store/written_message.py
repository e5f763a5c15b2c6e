"""The message of a commit that is about to be made: the file Git hands a hook, reduced to what Git will keep of it."""

from __future__ import annotations

from gitdesk.lazy import pattern
from gitdesk.store import settings
from gitdesk.store.git import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.store.git import Repo

_SCISSORS = pattern(r"(?m)^\S+ -{24} >8 -{24}$")
_CHOSEN = "#;@!$%^&|:"  # what Git takes a comment sign from when core.commentChar is "auto"
_SIGN_KEYS = ("core.commentchar", "core.commentstring")
_NO_EDITOR = ":"  # Git tells a hook so that nobody edits the message


def reduced(repo: Repo, environ: Mapping[str, str], data: bytes) -> str:
    """Returns the text that Git will commit: without comments, what is below the scissors, and blanks.

    Goes by commit.cleanup, commit.verbose and core.commentChar; `--cleanup` and `--verbose` no hook is told of, the
    latter is known by its scissors.
    """
    text = data.decode(_encoding(repo), "replace")
    edited = environ.get("GIT_EDITOR") != _NO_EDITOR
    mode = repo.config("commit.cleanup") or "default"
    if edited or _is_verbose(repo):
        cut = _SCISSORS.search(text)
        text = text[: cut.start()] if cut is not None else text
    if mode == "verbatim":
        return text
    words = ["stripspace"]
    if mode == "strip" or (mode not in ("whitespace", "scissors") and edited):
        words = ["-c", f"core.commentChar={_comment_sign(repo, text)}", *words, "--strip-comments"]
    return repo.run(*words, input=text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _encoding(repo: Repo) -> str:
    named = repo.config("i18n.commitEncoding") or "utf-8"
    try:
        "".encode(named)
    except (LookupError, ValueError):
        return "utf-8"
    return named


def _is_verbose(repo: Repo) -> bool:
    value = repo.config("commit.verbose")
    return value is not None and ((value.isdecimal() and int(value) > 0) or settings.parse_bool(value))


def _given_sign(repo: Repo) -> str:
    """Returns what the settings say: of both keys the last one, for Git since 2.45, which is the first to know both."""
    found = {key: value for key, value in repo.settings().items() if key in _SIGN_KEYS and value}
    if _SIGN_KEYS[1] in found and version(repo.environ) < (2, 45):
        del found[_SIGN_KEYS[1]]
    return next(reversed(found.values()), "#")


def _comment_sign(repo: Repo, text: str) -> str:
    """Returns what comments begin with; "auto" is a sign no line of the message began with, as Git's own end it."""
    given = _given_sign(repo)
    if given != "auto":
        return given
    last = text.rstrip().rpartition("\n")[2][:1]
    return last if last and last in _CHOSEN else "#"
