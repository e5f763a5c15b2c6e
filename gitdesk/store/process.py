"""Starts programs: `posix_spawn` with pipes, since importing `subprocess` costs more than Git's own start."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CHUNK = 1 << 16


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
    import select

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
    collected: dict[int, list[bytes]] = {our_out: [], our_err: []}
    left = memoryview(input)
    poll = select.poll()
    poll.register(our_out, select.POLLIN)
    poll.register(our_err, select.POLLIN)
    if left:
        os.set_blocking(our_in, False)
        poll.register(our_in, select.POLLOUT)
    else:
        os.close(our_in)
    try:
        reading = 2
        while reading or left:
            for descriptor, _ in poll.poll():
                if descriptor == our_in:
                    left = _feed(our_in, left)
                    if not left:
                        poll.unregister(our_in)
                        os.close(our_in)
                    continue
                piece = os.read(descriptor, _CHUNK)
                if piece:
                    collected[descriptor].append(piece)
                else:
                    poll.unregister(descriptor)
                    reading -= 1
    finally:
        if left:
            os.close(our_in)
        os.close(our_out)
        os.close(our_err)
        status = _wait(pid)
    return Finished(status, b"".join(collected[our_out]), b"".join(collected[our_err]))


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
            words[0], list(words), dict(environ), file_actions=actions, setsigdef=[signal.SIGPIPE]
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
