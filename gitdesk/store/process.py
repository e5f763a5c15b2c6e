"""Starts programs: `posix_spawn` with pipes, since importing `subprocess` costs more than Git's own start."""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_CHUNK = 1 << 16
SIGPIPE = 13  # on every system with `posix_spawn`; the import of `signal` takes as long as starting a program


class Finished:
    """What a program left behind: its exit status (negative for a signal), standard output and error."""

    __slots__ = ("error", "output", "status")

    def __init__(self, status: int, output: bytes, error: bytes) -> None:
        self.status, self.output, self.error = status, output, error


class Pipes:
    """A running program and our ends of its standard input and output."""

    __slots__ = ("input", "output", "pid")

    def __init__(self, pid: int, input: int, output: int) -> None:
        self.pid, self.input, self.output = pid, input, output

    def close(self) -> int:
        """Closes both pipes, waits for the program and returns its exit status."""
        os.close(self.input)
        os.close(self.output)
        return _wait(self.pid)


class Started:
    """A program whose output is collected when it is asked for; it runs beside us until then."""

    __slots__ = ("_error", "_input", "_output", "_pid")

    def __init__(self, pid: int, input: int, output: int, error: int) -> None:
        self._pid, self._input, self._output, self._error = pid, input, output, error

    def finish(self, input: bytes = b"", hear: Callable[[bytes], None] | None = None) -> Finished:
        """Gives the program its input, waits for its end and returns what it left behind.

        `hear` is given each piece of its standard error as it comes.
        """
        import select

        collected: dict[int, list[bytes]] = {self._output: [], self._error: []}
        left = memoryview(input)
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        poll.register(self._error, select.POLLIN)
        if left:
            os.set_blocking(self._input, False)
            poll.register(self._input, select.POLLOUT)
        else:
            os.close(self._input)
        try:
            reading = 2
            while reading or left:
                for descriptor, _ in poll.poll():
                    if descriptor == self._input:
                        left = _feed(descriptor, left)
                        if not left:
                            poll.unregister(descriptor)
                            os.close(descriptor)
                        continue
                    piece = os.read(descriptor, _CHUNK)
                    if piece:
                        collected[descriptor].append(piece)
                        if hear is not None and descriptor == self._error:
                            hear(piece)
                    else:
                        poll.unregister(descriptor)
                        reading -= 1
        finally:
            if left:
                os.close(self._input)
            os.close(self._output)
            os.close(self._error)
            status = _wait(self._pid)
        return Finished(status, b"".join(collected[self._output]), b"".join(collected[self._error]))


def run(
    words: Sequence[str],
    environ: Mapping[str, str],
    *,
    input: bytes = b"",
    keep_open: Sequence[int] = (),
) -> Finished:
    """Runs a program to its end; raises FileNotFoundError when there is no such program.

    The descriptors of `keep_open` are inherited: a lock on them lasts until the program has ended, even if we die.
    """
    return start(words, environ, keep_open=keep_open).finish(input)


def start(words: Sequence[str], environ: Mapping[str, str], *, keep_open: Sequence[int] = ()) -> Started:
    """Starts a program, to be finished later; raises FileNotFoundError when there is no such program."""
    child_in, our_in = _pipe()
    our_out, child_out = _pipe()
    our_err, child_err = _pipe()
    try:
        pid = _spawn(words, environ, (child_in, child_out, child_err), keep_open)
    except BaseException:
        for descriptor in (our_in, our_out, our_err):
            os.close(descriptor)
        raise
    finally:
        for descriptor in (child_in, child_out, child_err):
            os.close(descriptor)
    return Started(pid, our_in, our_out, our_err)


def open_pipes(words: Sequence[str], environ: Mapping[str, str], *, keep_open: Sequence[int] = ()) -> Pipes:
    """Starts a program that stays; its standard error is ours."""
    child_in, our_in = _pipe()
    our_out, child_out = _pipe()
    try:
        pid = _spawn(words, environ, (child_in, child_out, None), keep_open)
    except BaseException:
        os.close(our_in)
        os.close(our_out)
        raise
    finally:
        os.close(child_in)
        os.close(child_out)
    return Pipes(pid, our_in, our_out)


def warn(text: str) -> None:
    """Says on standard error what is no error but should be known, as Git does it: one line."""
    shown = "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)
    with contextlib.suppress(OSError):
        os.write(2, f"warning: {shown}\n".encode("utf-8", "backslashreplace"))


def _pipe() -> tuple[int, int]:
    """Returns a pipe whose ends lie above 2: with our own standard input closed they might not."""
    ends = os.pipe()
    return _above(ends[0]), _above(ends[1])


def _above(descriptor: int) -> int:
    if descriptor > 2:
        return descriptor
    import fcntl

    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return moved


def _feed(descriptor: int, left: memoryview) -> memoryview:
    try:
        return left[os.write(descriptor, left[:_CHUNK]) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:  # it wants no more; its exit status tells whether that was right
        return left[len(left) :]


def _spawn(
    words: Sequence[str],
    environ: Mapping[str, str],
    streams: tuple[int, int, int | None],
    keep_open: Sequence[int],
) -> int:
    actions: list[tuple[int, int, int]] = [
        (os.POSIX_SPAWN_DUP2, stream, number) for number, stream in enumerate(streams) if stream is not None
    ]
    for descriptor in keep_open:
        os.set_inheritable(descriptor, True)
    try:
        return os.posix_spawnp(
            words[0], list(words), dict(environ), file_actions=actions, setsigdef=[SIGPIPE]
        )
    finally:
        for descriptor in keep_open:
            os.set_inheritable(descriptor, False)


def _wait(pid: int) -> int:
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:  # somebody ignores SIGCHLD for us
        return 0
    return os.waitstatus_to_exitcode(status)
