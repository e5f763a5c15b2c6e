"""One long-lived `git cat-file` that hands out any number of objects without a process each."""

from __future__ import annotations

import os
from itertools import islice

from gitdesk.store import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Requests of one round must fit into a pipe (64 KiB, less where pipes are scarce), or both sides would wait for ever.
_ROUND = 48_000


class CatFile:
    """`git cat-file --batch-command --buffer`: requests in rounds, answers in their order."""

    def __init__(self, words: Sequence[str], environ: Mapping[str, str]) -> None:
        self._pipes = process.open_pipes([*words, "cat-file", "--batch-command", "--buffer"], environ)
        self._answers = open(self._pipes.output, "rb", buffering=1 << 18, closefd=False)  # noqa: SIM115

    def contents(self, oids: Iterable[str]) -> Iterator[tuple[str, str, bytes] | tuple[str, None, bytes]]:
        """Yields id, kind and content in order, kind None for what is not there; the consumer must take them all."""
        asked = iter(oids)
        size = _ROUND // 76
        current = list(islice(asked, size))
        self._ask(current)
        while current:
            following: list[str] | None = None
            for oid in current:
                answer = self._answer(oid)
                if following is None:
                    # The round is wholly taken in by now: the next one is worked on while this one is consumed.
                    following = list(islice(asked, size))
                    self._ask(following)
                yield answer
            current = following or []

    def close(self) -> None:
        """Ends the program."""
        self._answers.close()
        self._pipes.close()

    def _ask(self, oids: list[str]) -> None:
        if oids:
            request = "".join(f"contents {oid}\n" for oid in oids) + "flush\n"
            left = memoryview(request.encode("utf-8", "replace"))
            while left:
                left = left[os.write(self._pipes.input, left) :]

    def _answer(self, oid: str) -> tuple[str, str, bytes] | tuple[str, None, bytes]:
        line = self._answers.readline()
        if not line:
            raise EOFError(oid)
        words = line.split()
        if len(words) != 3 or not words[2].isdigit():
            return oid, None, b""
        size = int(words[2])
        content = self._answers.read(size + 1)
        if len(content) != size + 1:
            raise EOFError(oid)
        return oid, words[1].decode("ascii"), content[:-1]
