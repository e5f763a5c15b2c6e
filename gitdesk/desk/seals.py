"""Signatures where a desk asks for them: those of commits that are there, in batches, and of commits we make."""

from __future__ import annotations

from gitdesk.domain import rules, rules_signatures
from gitdesk.domain.config import PATH
from gitdesk.domain.rules_context import Context, Seal
from gitdesk.errors import Refused
from gitdesk.store import write
from gitdesk.store.signed_commit import Unsigned
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gitdesk.desk.commit_changes import Judged
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record
    from gitdesk.store.signature import SignatureStatus

_BATCH = 200  # commits whose signatures are looked at together
SET_UP = (
    "git config gpg.format ssh\n"
    "git config user.signingkey ~/.ssh/id_ed25519.pub\n"
    "and have that key listed as signing_keys of yours in gitdesk.yaml"
)


class Rules(Value):
    """What a commit is judged by: nothing while there was no desk; without people, by its files alone."""

    config: Config | None
    people: bool = True

    @property
    def asks(self) -> bool:
        """Tells whether the commit has to be signed."""
        return self.config is not None and self.people and rules.asks_for_signatures(self.config)


# Commits that are there


def sealed(
    repo: Repo, found: Iterable[Judged], law: Callable[[Record], Rules], fresh: Config | None
) -> Iterator[tuple[Judged, Rules, Seal | None]]:
    """Yields each commit with its rules, and with its signature where they ask for one; nothing is looked at else.

    `fresh` is the configuration that the branch brings along, for who is told to let it land first.
    """
    waiting: list[tuple[Judged, Rules]] = []
    for one in found:
        given = law(one.record)
        if not waiting and not given.asks:
            yield one, given, None
            continue
        waiting.append((one, given))
        if len(waiting) >= _BATCH:
            yield from _looked_at(repo, waiting, fresh)
            waiting = []
    if waiting:
        yield from _looked_at(repo, waiting, fresh)


def _looked_at(
    repo: Repo, waiting: Iterable[tuple[Judged, Rules]], fresh: Config | None
) -> Iterator[tuple[Judged, Rules, Seal | None]]:
    asking = [(one.record.commit.id, given.config) for one, given in waiting if given.asks and given.config]
    known = {
        key
        for config in {id(config): config for _, config in asking}.values()
        for key in rules_signatures.keys_of(config)
    }
    seals = _seals(repo, [commit for commit, _ in asking], known)
    for one, given in waiting:
        seal = seals.get(one.record.commit.id) if given.asks else None
        if seal is not None and fresh is not None and seal.keys:
            coming = rules_signatures.holders(fresh, seal.keys)
            seal = replace(seal, coming=coming[0].id) if coming else seal
        yield one, given, seal


def _seals(repo: Repo, commits: Iterable[str], keys: Iterable[str]) -> Mapping[str, Seal]:
    """Returns the signatures of commits. Which keys are known decides nothing: whose key it is, the rule asks."""
    from gitdesk.store import signature

    return {commit: _seal(status) for commit, status in signature.verify(repo, commits, keys).items()}


def _seal(status: SignatureStatus) -> Seal:
    from gitdesk.store import signature

    if status.status == signature.NONE:
        return Seal()
    if status.keys:
        return Seal(keys=status.keys)
    return Seal(reason=status.reason or "the signature cannot be checked here")


# Commits that a command makes


def commit(
    repo: Repo,
    turn: write.Turn,
    config: Config,
    context: Context | None,
    files: Mapping[str, bytes | None],
    message: str,
    author: write.Identity,
    committer: write.Identity,
) -> tuple[str, tuple[Violation, ...]]:
    """Makes a commit, signed where the desk asks for it; returns its id and what the rules warn of.

    Raises Refused, and nothing is written, for a commit that cannot be signed, or not by a key of who makes it.
    """
    if not rules.asks_for_signatures(config):
        return turn.commit(files, message, author, committer), ()
    held = context or Context(actor=str(author), person=config.find_person(str(author)))
    warnings: tuple[Violation, ...] = ()

    def accept(made: str) -> None:
        nonlocal warnings
        warnings = enforce(repo, config, held, made, str(committer), next(iter(files), PATH))

    try:
        made = turn.commit(files, message, author, committer, sign=True, accept=accept)
    except Unsigned as error:
        raise Refused(f"A007 this desk takes signed commits only, and {error.message}", hint=SET_UP) from None
    return made, warnings


def enforce(
    repo: Repo, config: Config, context: Context, made: str, committer: str, path: str
) -> tuple[Violation, ...]:
    """Returns what the rules warn of the signature of a commit that no branch holds yet; raises Refused with errors."""
    seal = _seals(repo, [made], rules_signatures.keys_of(config)).get(made)
    found = rules.check_signature(config, replace(context, committer=committer, seal=seal), path)
    return rules.enforce((), config, found)
