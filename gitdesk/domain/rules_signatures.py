"""The rule about signatures: where a desk asks for them, a commit is signed by a key of the person who made it."""

from __future__ import annotations

from gitdesk.domain.people import ACT_FOR_OTHERS
from gitdesk.domain.rules_context import BASE
from gitdesk.domain.signing_key import fingerprint
from gitdesk.domain.violation import Rule, Violation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.domain.rules_context import Context, Seal

RULES = (
    Rule(
        code="A007",
        name="unsigned",
        summary="the commit has no signature by a key of the person who made it; only where "
        "`rules.signed_commits` is `required`",
        why="anybody can write anybody's name into a commit, and nobody can sign with a key they do not have",
        fails="a commit of marko's, signed with a key that is not among his signing_keys",
        passes="the same, signed with one of them",
    ),
)
_SET_UP = (
    "git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub; git config commit.gpgSign true; "
    f"then git rebase -f -S {BASE} signs what is not pushed yet"
)


def check(config: Config, context: Context, seal: Seal, path: str) -> Iterator[Violation]:
    """Yields why the signature of a commit is not enough; `path` is where it is told."""
    author, committer = context.person, config.find_person(context.committer)
    if not seal.keys:
        yield _unusable(seal, path)
        return
    signers = holders(config, seal.keys)
    if not signers:
        yield _strange(committer, seal, path)
    elif committer not in signers:
        key, who = seal.keys[0], committer.id if committer is not None else f'"{context.committer}"'
        message = f"signed with a key of {signers[0].id}, and {who} made the commit"
        hint = "the address that Git has and the key it signs with must be one person's: see `git config user.email`"
        yield _violation(message, path, hint, key)
    elif author != committer and not config.may(committer, ACT_FOR_OTHERS):
        message = (
            f"{context.who} is the author, and {committer.id if committer else ''} made and signed the commit"
        )
        names = ", ".join(config.holders(config.granting(ACT_FOR_OTHERS))[:5]) or "nobody"
        hint = f"{context.who} signs it, or somebody whose role may {ACT_FOR_OTHERS} ({names})"
        yield _violation(message, path, hint, context.actor)


def fingerprints(person: Person) -> tuple[str, ...]:
    """Returns the fingerprints of a person's keys."""
    return tuple(filter(None, map(fingerprint, person.signing_keys)))


def keys_of(config: Config) -> Iterator[str]:
    """Yields the fingerprints of the keys of everybody on the desk."""
    for person in config.people:
        yield from fingerprints(person)


def holders(config: Config, keys: tuple[str, ...]) -> list[Person]:
    """Returns the people who have one of the keys."""
    return [one for one in config.people if any(fingerprint(key) in keys for key in one.signing_keys)]


def _unusable(seal: Seal, path: str) -> Violation:
    if not seal.reason:
        return _violation("the commit is not signed, and this desk asks for it", path, _SET_UP, "none")
    return _violation(seal.reason, path, f"sign it again: git rebase -f -S {BASE}", seal.reason)


def _strange(committer: Person | None, seal: Seal, path: str) -> Violation:
    key = seal.keys[0]
    message = f"signed with {key}, which is a key of nobody on the desk"
    if seal.coming:
        hint = f"the gitdesk.yaml of this branch gives it to {seal.coming}: let that land first, by somebody known"
    elif committer is None or not committer.signing_keys:
        whose = committer.id if committer is not None else "your entry"
        hint = f"somebody who may change gitdesk.yaml adds it to the signing_keys of {whose} there"
    else:
        known = ", ".join(fingerprints(committer))
        hint = f"{committer.id} signs with {known}: see `git config user.signingkey`"
    return _violation(message, path, hint, key)


def _violation(message: str, path: str, hint: str, subject: str) -> Violation:
    return Violation(code="A007", message=message, path=path, hint=hint, subject=f"A007 {subject}")
