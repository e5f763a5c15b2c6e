"""Where a report is written: standard output, and files whose names or words before them say the format."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial

from gitdesk.errors import Place, UsageError
from gitdesk.reports.writing import ENDINGS, WRITERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitdesk.cli.output import Output
    from gitdesk.reports.writing import Put

STDOUT = "-"
_JSON = ("json", "jsonl", "sarif", "gitlab")
_PEOPLE = ("table", "markdown")  # in the encoding of the reader's language
_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def parse(words: Sequence[str], known: Sequence[str] = tuple(WRITERS)) -> list[tuple[str, str]]:
    """Returns format and path of each `-o` word: FILE whose ending names a format, or FORMAT=FILE; UsageError else."""
    found = [_parse_one(word, known) for word in words]
    paths = [path if path == STDOUT else os.path.abspath(path) for _, path in found]
    for index, path in enumerate(paths):
        if path in paths[:index]:
            raise UsageError(f'two outputs go to "{found[index][1]}"')
    return found


def _parse_one(word: str, known: Sequence[str]) -> tuple[str, str]:
    name, equals, path = word.partition("=")
    if equals and name in known:
        if not path:
            raise UsageError(f'no file after "{word}"', hint=f"-o {name}=FILE")
        return name, path
    ending = next((ending for ending in ENDINGS if word.lower().endswith(ending)), None)
    if ending is None or ENDINGS[ending] not in known:
        raise UsageError(
            f'"{word}" does not tell its format',
            hint=f"say it: -o FORMAT={word}, where FORMAT is {_listed(known)}",
        )
    return ENDINGS[ending], word


def _listed(known: Sequence[str]) -> str:
    *names, last = known
    return f"{', '.join(names)} or {last}"


@contextmanager
def opened(
    outputs: Sequence[tuple[str, str]], out: Output, environ: Mapping[str, str]
) -> Iterator[list[tuple[str, Put]]]:
    """Gives what writes to each output. A file takes its place once all went well, and replaces what was there."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield [
            (name, standard(name, out) if path == STDOUT else stack.enter_context(_file(name, path, environ)))
            for name, path in outputs
        ]


def standard(format_: str, out: Output) -> Put:
    """Returns what writes a format to standard output, harmless where that is a terminal."""
    if not out.is_terminal:
        return out.raw if format_ not in _PEOPLE else lambda data: out.write(data.decode())
    if format_ in _JSON:
        from gitdesk.render.json_lines import for_terminal

        return lambda data: out.write(for_terminal(data.decode()))
    if format_ == "csv":
        return lambda data: out.text(data.decode())
    return lambda data: out.write(data.decode())


@contextmanager
def _file(format_: str, path: str, environ: Mapping[str, str]) -> Iterator[Put]:
    from gitdesk.exporters import target

    # The summary of a step is one file for all of its commands, and a device or a pipe cannot be replaced.
    adding = format_ == "summary" and path == environ.get(_STEP_SUMMARY)
    if adding or (os.path.exists(path) and not os.path.isfile(path)):
        target.check(path, force=True)
        with _stream(path) as number:
            yield partial(_put, number, path)
        return
    with target.file(path, force=True) as write:
        yield write


@contextmanager
def _stream(path: str) -> Iterator[int]:
    try:
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield number
    finally:
        os.close(number)


def _put(number: int, path: str, data: bytes) -> None:
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(number, left) :]
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: str, error: OSError) -> UsageError:
    return UsageError(f"cannot be written: {(error.strerror or str(error)).lower()}", place=Place(path))


def read(path: str, most: int = 4_000_000) -> bytes:
    """Returns the content of a file that a report is told of; raises UsageError for what cannot be read."""
    try:
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot be read: {reason}", place=Place(path)) from error
    if len(content) > most:
        raise UsageError(f"has more than {most:,} bytes", place=Place(path))
    return content
