"""The person's editor, and drafts that are never lost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from types import TracebackType

from gitdesk.cli.crash import state_directory
from gitdesk.cli.terminal import program
from gitdesk.errors import GitdeskError, Interrupted, Refused, SetupError

# All from here on is for the person who writes and is dropped. Markdown's own headings start with #, so a sign of
# comment at the start of a line will not do.
SCISSORS = "<!-- gitdesk: this line and all below it is dropped -->"

_OVER = os.O_WRONLY | os.O_TRUNC


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Returns the editor as words: GIT_EDITOR, core.editor of the person's or the machine's Git, VISUAL, EDITOR, vi.

    A repository's own configuration is never asked: whoever made the repository would choose what runs here.
    """
    wanted = (
        environ.get("GIT_EDITOR")
        or _configured(environ)
        or environ.get("VISUAL")
        or environ.get("EDITOR")
        or "vi"
    )
    words = program(wanted)
    if words is None:
        raise SetupError(
            f'the editor "{wanted}" is not installed', hint="set EDITOR, or give the text with -m or -F"
        )
    return words


def _configured(environ: Mapping[str, str]) -> str:
    import subprocess

    outside = {**environ, "GIT_DIR": os.devnull}
    try:
        said = subprocess.run(
            ["git", "config", "--get", "core.editor"], cwd="/", env=outside, capture_output=True, check=False
        )
    except OSError:
        return ""
    return os.fsdecode(said.stdout).strip()


def run_editor(path: str, environ: Mapping[str, str]) -> None:
    """Opens a file in the editor and waits; raises Refused when the editor fails, Interrupted when it was stopped."""
    import signal
    import subprocess

    words = editor_command(environ)
    # A handler that does nothing, not SIG_IGN: the editor would inherit that, and Ctrl-C is the editor's.
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.call([*words, path], env=dict(environ))
    except OSError as error:
        raise SetupError(
            f'the editor "{words[0]}" cannot be started: {(error.strerror or "").lower()}'
        ) from error
    finally:
        signal.signal(signal.SIGINT, previous)
    if code in (-signal.SIGINT, 128 + signal.SIGINT):
        raise Interrupted("the editor was interrupted; nothing was changed")
    if code != 0:
        raise Refused(f"the editor ended with status {code}; nothing was changed")


class Draft:
    """`with Draft("reply GD-7K3QX4M2", environ) as draft:` keeps the text in a file until the body has gone well."""

    def __init__(self, about: str, environ: Mapping[str, str], suffix: str = ".md") -> None:
        self._environ = environ
        self._folder = os.path.join(state_directory(environ), "drafts")
        self._name, self._suffix = f"{_file_name(about)}-{os.getpid()}", suffix
        self.path = ""  # until there is a text to keep
        self._started = b""

    def __enter__(self) -> Draft:
        return self

    def edit(self, start: str, explained: str = "") -> str:
        """Returns the text as the person left it, without what stands below the scissors line."""
        from gitdesk.cli.message import clean

        below = f"\n\n{SCISSORS}\n{explained}".rstrip("\n") + "\n"
        text = self.edit_whole((start + below).encode())
        return clean(text.partition(SCISSORS.encode())[0], self.path)

    def edit_whole(self, data: bytes, *, resumed: bool = False) -> bytes:
        """Returns the bytes of the file as the person left it; what is `resumed` is kept even if left as it is."""
        try:
            with open(self._created() if not self.path else os.open(self.path, _OVER, 0o600), "wb") as file:
                file.write(data)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SetupError(f'cannot keep a draft in "{self._folder}": {reason}') from error
        self._started = b"" if resumed else _content(data)
        run_editor(self.path, self._environ)
        return self._read()

    def _created(self) -> int:
        """Makes the file and returns its descriptor; never over the draft of a call that had the same number."""
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        for number in count(1):
            more = f"-{number}" if number > 1 else ""
            path = os.path.join(self._folder, f"{self._name}{more}{self._suffix}")
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            self.path = path
            return descriptor
        raise AssertionError("unreachable")

    def _read(self) -> bytes:
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.path:
            return
        written = _content(self._read())
        if error is None or not written or written == self._started:
            _remove(self.path)
        elif isinstance(error, GitdeskError):
            kept = f"your text is kept in {self.path}"
            error.hint = f"{error.hint}; {kept}" if error.hint else kept
        else:
            error.add_note(f"The draft is kept in {self.path}")


def drafts(about: str, environ: Mapping[str, str]) -> list[str]:
    """Returns the paths of the drafts kept about something, the newest first."""
    start = _file_name(about) + "-"
    return [path for path, _ in all_drafts(environ) if os.path.basename(path).startswith(start)]


def all_drafts(environ: Mapping[str, str]) -> list[tuple[str, float]]:
    """Returns the paths of all drafts that are kept and when each was written, the newest first."""
    folder = os.path.join(state_directory(environ), "drafts")
    found = []
    with suppress(OSError):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            with suppress(OSError):  # somebody is just done with it
                found.append((path, os.path.getmtime(path)))
    return sorted(found, key=lambda one: one[1], reverse=True)


def _file_name(about: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in about).strip(".-") or "draft"


def _content(data: bytes) -> bytes:
    return data.partition(SCISSORS.encode())[0].strip()


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
