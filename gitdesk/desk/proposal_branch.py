"""Commits of proposals and their branches: made beside the desk, moved by compare-and-swap, taken away when done."""

from __future__ import annotations

from gitdesk.desk import seals
from gitdesk.domain import rules
from gitdesk.domain.config import PATH
from gitdesk.domain.rules_context import Context
from gitdesk.errors import Refused
from gitdesk.store import objects, read, signed_commit, worktrees, write
from gitdesk.store.object_writer import ObjectWriter
from gitdesk.store.plan import make_plan
from gitdesk.store.signed_commit import Unsigned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Violation
    from gitdesk.store.identity import Identity


def tree_of(desk: Desk, commit: str) -> str:
    """Returns the tree of a commit."""
    return objects.tree_of_commit(desk.repo.commit(commit))


def must_sign(config: Config) -> bool:
    """Tells whether a proposal has to be signed, and what is said of it: else nobody could tell who it was."""
    return (config.asks_for_approvals and config.rules.approvals.signed) or rules.asks_for_signatures(config)


def unsigned(error: Unsigned) -> Refused:
    """Returns the error for somebody who cannot sign, with how to set it up."""
    return Refused(f"on this desk proposals and approvals are signed, and {error.message}", hint=seals.SET_UP)


class Making:
    """Makes commits that no branch holds yet, signed where the desk asks for it; `warnings` is what the rules say."""

    def __init__(
        self, desk: Desk, config: Config, context: Context | None, *, author: Identity, committer: Identity
    ) -> None:
        self._desk, self._config, self._context = desk, config, context
        self._author, self._committer = author, committer
        self.warnings: tuple[Violation, ...] = ()

    def files(self, base: str, files: Mapping[str, bytes | None], message: str) -> str:
        """Returns a commit on another one with some files changed (None removes one)."""
        writer = ObjectWriter(self._desk.repo)
        plan = make_plan(self._desk.repo, base, files, writer)
        return self._made(writer, plan.tree, (base,), message, next(iter(files), PATH))

    def empty(self, base: str, message: str) -> str:
        """Returns a commit on another one that changes nothing."""
        return self._made(ObjectWriter(self._desk.repo), tree_of(self._desk, base), (base,), message, PATH)

    def merge(
        self, first: str, second: str, files: Mapping[str, bytes | None], message: str, *, flip: bool = False
    ) -> str:
        """Returns a merge of two commits: the first one's files, but for those that are given.

        With `flip` the second one is the first parent: its branch goes on to the merge.
        """
        writer = ObjectWriter(self._desk.repo)
        plan = make_plan(self._desk.repo, first, files, writer)
        parents = (second, first) if flip else (first, second)
        return self._made(writer, plan.tree, parents, message, next(iter(files), PATH))

    def _made(self, writer: ObjectWriter, tree: str, parents: Sequence[str], message: str, path: str) -> str:
        repo = self._desk.repo
        sign = must_sign(self._config) or repo.config_bool("commit.gpgSign")
        try:
            if sign:
                writer.flush()
                made = signed_commit.make(repo, tree, parents, message, self._author, self._committer, True)
            else:
                content = objects.render_commit(
                    tree, parents, self._author.line, self._committer.line, message
                )
                made = writer.add(objects.COMMIT, content)
                writer.flush()
            writer.settle()
        except Unsigned as error:
            if not must_sign(self._config):
                raise
            raise unsigned(error) from None
        finally:
            writer.wait()
        if rules.asks_for_signatures(self._config):
            author = str(self._author)
            held = self._context or Context(actor=author, person=self._config.find_person(author))
            self.warnings += seals.enforce(repo, self._config, held, made, str(self._committer), path)
        return made


def move(desk: Desk, name: str, old: str, new: str, why: str, who: Identity) -> None:
    """Moves a proposal's branch in this clone from where it is known to be, "" for nowhere; raises Moved.

    Where it is checked out, index and files follow.
    """
    location = _location(desk, name)
    with write.turn(desk.repo, location) as turn:
        if (turn.tip or "") != old:
            raise write.Moved(name)
        if old != new:
            turn.move_to(new, why, who)


def drop(desk: Desk, name: str, old: str) -> bool:
    """Takes a proposal's branch away in this clone if it is where it is known to be; one that is checked out stays."""
    location = _location(desk, name)
    with write.turn(desk.repo, location) as turn:
        if turn.tip != old or location.checkout is not None:
            return False
        return not desk.repo.call("update-ref", "--no-deref", "-d", location.ref or "", old).status


def _location(desk: Desk, name: str) -> read.Location:
    ref = f"refs/heads/{name}"
    return read.Location(
        ref=ref,
        tip=desk.repo.read_ref(ref),
        checkout=worktrees.find_checkout(desk.repo, ref),
        remote_ref=None,
        reason="it is a proposal",
    )
