"""Runs transcripts: Markdown files whose `console` blocks show commands and what they print.

In a block, `$ command` is run by the shell (`> ` continues it), the lines after it are what standard output and
standard error must say together, `[exit 3]` the exit code when it is not 0. `…` stands for anything within a line, a
line that is only `…` for any lines. Blocks of one file share one fresh folder; a block inside an HTML comment that
starts with `<!-- console` is run and not shown. Run this file with `--update FILE…` to write down what really happens.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^(?:```console|<!-- console)\n(.*?)^(?:```|-->)$", re.DOTALL | re.MULTILINE)
ID = re.compile(r"\b[A-Z]{2,6}-([0-9A-HJKMNP-TV-Z]{8})\b")
ANYTHING = "…"
SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a transcript: its text, the output it must give, and where that stands."""

    text: str
    expected: tuple[str, ...]
    line: int


class MismatchError(AssertionError):
    """What a command printed is not what the transcript says."""


class Session:
    """A shell in a fresh folder, sealed from the machine: folder and exported variables pass on between commands."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.state = self.home.parent / f"{self.home.name}.state"
        self.state.mkdir()
        self.folder = str(self.home)
        self.environ = self._environ()
        (self.home / ".gitconfig").write_text(
            "[user]\n\tname = Iva Kralj\n\temail = iva@acme.example\n[init]\n\tdefaultBranch = main\n"
        )

    def _environ(self) -> dict[str, str]:
        moment = "2026-11-22T09:00:00Z"
        return {
            **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "TZ": "Europe/Zagreb",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "100",
            "PAGER": "cat",
            "GIT_PAGER": "cat",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GITDESK_NOW": moment,
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_DATE": moment,
            "GITDESK_SEED": "transcript",
            "SCENARIOS": str(Path(__file__).resolve().parent),
        }

    def run(self, command: str) -> tuple[str, ...]:
        """Returns the lines a command printed, with `[exit N]` at the end when it failed."""
        shell = (
            f'{command}\ncode=$?\npwd -P >"{self.state}/folder"\nenv -0 >"{self.state}/environ"\nexit $code\n'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", shell],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        self._remember()
        text = done.stdout.decode("utf-8", "backslashreplace").replace(str(self.home), "~")
        lines = tuple(line.rstrip() for line in text.splitlines())
        return (*lines, f"[exit {done.returncode}]") if done.returncode else lines

    def _remember(self) -> None:
        if (self.state / "environ").exists():
            self.folder = (self.state / "folder").read_text().removesuffix("\n")
            pairs = (self.state / "environ").read_text().split("\0")
            self.environ = dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def commands(text: str) -> Iterator[Command]:
    """Yields the commands of a transcript in order."""
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1)) + 1
        yield from _commands(block.group(1).splitlines(), first)


def _commands(lines: list[str], first: int) -> Iterator[Command]:
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = lines[start + 1 : end]
        more = next((number for number, line in enumerate(body) if not line.startswith(">")), len(body))
        text = "\n".join([lines[start][2:], *(line[2:] for line in body[:more])])
        yield Command(text=text, expected=_trimmed(body[more:]), line=first + start)


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    """Drops the blank lines that set commands apart."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return tuple(line.rstrip() for line in lines)


def matches(expected: tuple[str, ...], actual: tuple[str, ...]) -> bool:
    """Tells whether an output is the expected one, with its wildcards."""
    parts = []
    for line in expected:
        if line.strip() == ANYTHING:
            parts.append(r"(?:[^\n]*\n)*")
        else:
            parts.append(".*".join(map(re.escape, line.split(ANYTHING))) + r"\n")
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in _trimmed(list(actual)))) is not None


def check(path: Path, home: Path) -> int:
    """Runs a transcript in a folder; returns how many commands ran, raises MismatchError at the first wrong one."""
    session, count = Session(home), 0
    for command in commands(path.read_text(encoding="utf-8")):
        actual = session.run(command.text)
        if not matches(command.expected, actual):
            wanted, got = "\n".join(command.expected), "\n".join(actual)
            raise MismatchError(
                f"{path}:{command.line}: $ {command.text}\n--- expected\n{wanted}\n--- printed\n{got}\n"
            )
        count += 1
    return count


def update(path: Path, home: Path) -> bool:
    """Rewrites the outputs that do not match, and ids in later commands along; returns whether the file changed."""
    session, ids = Session(home), Ids()
    before = path.read_text(encoding="utf-8")

    def rewritten(block: re.Match[str]) -> str:
        lines: list[str] = []
        for command in _commands(block.group(1).splitlines(), 0):
            text = ids.follow(command.text)
            actual = session.run(text)
            ids.learn(command.expected, actual)
            shown = command.expected if matches(command.expected, actual) else _trimmed(list(actual))
            first, *rest = text.split("\n")
            lines += [
                *([""] if lines else []),
                f"$ {first}",
                *(f"> {line}".rstrip() for line in rest),
                *shown,
            ]
        start, end = block.start(1) - block.start(), block.end(1) - block.start()
        return block.group()[:start] + "".join(f"{line}\n" for line in lines) + block.group()[end:]

    after = BLOCK.sub(rewritten, before)
    path.write_text(after, encoding="utf-8")
    return after != before


class Ids:
    """Ids that came out otherwise than written down: what was written → what it is now. `{1}` is the first one."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}
        self._count = 0

    def learn(self, expected: tuple[str, ...], actual: tuple[str, ...]) -> None:
        """Takes the ids of an output for those that were expected there."""
        old, new = (list(dict.fromkeys(ID.findall("\n".join(lines)))) for lines in (expected, actual))
        for code in new:
            if code not in self._now.values():
                self._count += 1
                self._now[f"{{{self._count}}}"] = code
        if len(old) == len(new):
            self._now.update((was, now) for was, now in zip(old, new, strict=True) if was not in self._now)

    def follow(self, text: str) -> str:
        """Returns a command with the ids of now; the beginning of one stays as long as it was."""
        for was, now in self._now.items():
            if was.startswith("{"):
                text = text.replace(was, now[:4].lower())
            else:
                for length in range(8, 2, -1):
                    text = re.sub(rf"\b{was[:length]}\b", now[:length], text)
                    text = re.sub(rf"\b{was[:length].lower()}\b", now[:length].lower(), text)
        return text


def say(text: str) -> None:
    """Writes a line on standard output."""
    sys.stdout.write(f"{text}\n")


def main(args: list[str]) -> int:
    """Runs or, with --update, rewrites the transcripts given; returns 1 when one is wrong."""
    wrong = 0
    for name in (arg for arg in args if arg != "--update"):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder, "home")
            home.mkdir()
            if "--update" in args:
                say(f"{name}: {'rewritten' if update(Path(name), home) else 'as it was'}")
                continue
            try:
                say(f"{name}: {check(Path(name), home)} commands")
            except MismatchError as error:
                wrong = 1
                say(str(error))
    return wrong


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
