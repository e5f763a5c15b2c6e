"""What the desk has imported before: the trailers that say which event of which source a commit carries."""

from __future__ import annotations

from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.store.git import Repo

TRAILER = "Gitdesk-Source"
_DIGITS = 12  # hexadecimal digits of a mark: 48 bits, told apart within one source's ticket


def mark(key: str, identity: str) -> str:
    """Returns the mark of one event of the ticket a source calls `zendesk:4711`."""
    return sha256(f"{key}\0{identity}".encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def trailer(key: str, identities: Iterable[str]) -> tuple[str, str]:
    """Returns the trailer of a commit that carries these events."""
    return TRAILER, " ".join([key.replace(" ", "%20"), *(mark(key, identity) for identity in identities)])


class Marks:
    """The marks of every event a history has imported."""

    def __init__(self, repo: Repo, tip: str) -> None:
        words = ("log", f"--format=%(trailers:key={TRAILER},valueonly)", f"--grep=^{TRAILER}: ", tip, "--")
        self._known: set[int] = set()
        for line in repo.run(*words).split(b"\n"):
            for each in line.split()[1:]:
                try:
                    self._known.add(int(each, 16))
                except ValueError:
                    continue

    def __len__(self) -> int:
        return len(self._known)

    def has(self, key: str, identity: str) -> bool:
        """Tells whether an event was imported before."""
        return bool(self._known) and int(mark(key, identity), 16) in self._known
