"""Rejections: which of them hold for a landing, wherever they were said, and which words have taken them back."""

from __future__ import annotations

from gitdesk.desk.landing_needs import change_of, net_of
from gitdesk.domain.approval import APPROVES, REJECTS, WITHDRAWS, Rejections, discounted, is_about
from gitdesk.errors import Unreadable
from gitdesk.store import objects, read
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gitdesk.desk.landing_needs import Landing
    from gitdesk.domain.approval import Net, Verdict
    from gitdesk.domain.config import Config
    from gitdesk.store.git import Repo


def elsewhere(
    repo: Repo,
    landing: Landing,
    net: Net,
    said: Sequence[Verdict],
    spoken: Iterable[Verdict],
    config: Config,
) -> list[Verdict]:
    """Returns what was said on branches that are open and holds, so that nobody lands something else and leaves it out.

    `said` is what the landing brings, `spoken` what may count of the rest.
    """
    spoken = [one for one in spoken if one.path and is_about(one, net.path)]
    rejected = [one.source for one in spoken if one.kind == REJECTS]
    if not spoken:
        return []
    makers = {step.record.commit.id for step in landing.makers(net.path)}
    approved = [
        one
        for one in said
        if one.kind == APPROVES and one.digest == net.digest and not discounted(one, config)
    ]
    below = having(repo, rejected, {*makers, *(one.source for one in approved)}, [landing.before])

    def is_of(one: Verdict) -> bool:
        # Who approves this version has changed their mind, if that came after: by the date that they have signed.
        if any(
            each.person == one.person and each.source not in below[one.source] and each.at > one.at
            for each in approved
        ):
            return False
        return bool(below[one.source] & makers) or _is_same(repo, one, net, landing.before)

    return _held(spoken, net, is_of)


def _held(spoken: Iterable[Verdict], net: Net, is_of: Callable[[Verdict], bool]) -> list[Verdict]:
    """Returns what was said elsewhere and holds for a landing: rejections of it, and what took a word back.

    A rejection is of it when it names the same change, or `is_of` says so. An approval given elsewhere takes back the
    rejections that it stands on; to count, it has to land.
    """
    rejecting = Rejections()
    found: list[Verdict] = []
    for one in spoken:
        if not one.path or not is_about(one, net.path):
            continue
        if one.kind == REJECTS:
            if one.digest == net.digest or is_of(one):
                rejecting.add(one)
        elif one.kind == WITHDRAWS or one.digest == net.digest:
            rejecting.lift(one)
            found += [one] if one.kind == WITHDRAWS else []
    return found + rejecting.all()


def _is_same(repo: Repo, verdict: Verdict, net: Net, before: str) -> bool:
    """Tells whether what was rejected comes to what lands: to the same file, or the same step of its status.

    What cannot be read is not the same.
    """
    rejected = read.find_entry(repo, verdict.source, net.path)
    if rejected is None:
        return not net.new
    if rejected.mode not in objects.PLAIN_MODES:
        return False
    if rejected.oid == net.new:
        return True
    if not net.to or net.from_ == net.to:
        return False
    try:
        return _rejected_step(repo, verdict, rejected.oid, before) == (net.from_, net.to)
    except Unreadable:
        return False


def _rejected_step(repo: Repo, verdict: Verdict, blob: str, before: str) -> tuple[str, str]:
    """Returns the step of a ticket's status that a rejection is of: the one its digest names, wherever branches fork.

    Where it names none that can be found, the step is counted from where the branch has left another commit.
    """
    for old in _versions(repo, verdict.source, verdict.path):
        net = net_of(change_of(repo, verdict.path, old, blob))
        if net.digest == verdict.digest:
            return net.from_, net.to
    fork = repo.call("merge-base", before, verdict.source).output.decode("ascii").strip()
    start = read.find_entry(repo, fork, verdict.path) if fork else None
    old = start.oid if start is not None and start.mode in objects.PLAIN_MODES else ""
    net = net_of(change_of(repo, verdict.path, old, blob))
    return net.from_, net.to


def _versions(repo: Repo, commit: str, path: str) -> list[str]:
    """Returns the blobs that a file has had up to a commit, newest first."""
    words = (
        "--no-replace-objects",
        "--literal-pathspecs",
        "log",
        "--format=",
        "--raw",
        "--no-abbrev",
        "-z",
        "-m",
    )
    listed = repo.run(*words, "--no-renames", "--full-history", "--end-of-options", commit, "--", path)
    found: dict[str, None] = {}
    for row in listed.split(b"\0"):
        if row.lstrip(b"\n").startswith(b":"):
            old_mode, new_mode, old, new, _ = row.lstrip(b"\n:").decode("ascii").split(" ")
            pairs = ((new_mode, new), (old_mode, old))
            found |= {oid: None for mode, oid in pairs if mode.startswith("100")}
    return list(found)


def related(found: Sequence[Verdict], repo: Repo, config: Config, known: Sequence[str]) -> list[Verdict]:
    """Returns verdicts, each with the rejections that it stands on: only who had one at hand can have taken it back.

    What counts for nothing takes nothing back. `known` are commits in whose history nobody looks.
    """
    good = [one for one in found if one.person and not discounted(one, config)]
    rejected = {(one.person, one.path) for one in good if one.kind == REJECTS}
    lifting = [one for one in good if one.kind != REJECTS and (one.person, one.path) in rejected]
    if not lifting:
        return list(found)
    sources: dict[tuple[str, str], set[str]] = {}
    for one in good:
        if one.kind == REJECTS:
            sources.setdefault((one.person, one.path), set()).add(one.source)
    wanted = {source for each in sources.values() for source in each}
    below = having(repo, [one.source for one in lifting], wanted, known)
    able = {id(one) for one in lifting}
    return [
        replace(one, lifts=(below[one.source] - {one.source}) & sources[one.person, one.path])
        if id(one) in able
        else one
        for one in found
    ]


def having(
    repo: Repo, commits: Iterable[str], wanted: Iterable[str], known: Sequence[str]
) -> dict[str, frozenset[str]]:
    """Returns which of some others each commit has in its history or is, as far as `known` has not.

    Git is asked once, however many they are.
    """
    tips = dict.fromkeys(commits)
    bits = {oid: 1 << at for at, oid in enumerate(dict.fromkeys(wanted))}
    if not tips or not bits:
        return dict.fromkeys(tips, frozenset())
    words = ("--no-replace-objects", "rev-list", "--topo-order", "--reverse", "--parents", "--stdin")
    asked = "".join(f"{one}\n" for one in (*tips, *(f"^{one}" for one in known)))
    masks: dict[str, int] = {}
    for line in repo.run(*words, input=asked.encode("ascii")).decode("ascii").splitlines():
        oid, *parents = line.split()
        mask = bits.get(oid, 0)
        for parent in parents:
            mask |= masks.get(parent, 0)
        masks[oid] = mask
    names = tuple(bits)
    return {tip: frozenset(_named(masks.get(tip, 0), names)) for tip in tips}


def _named(mask: int, names: Sequence[str]) -> Iterator[str]:
    while mask:
        low = mask & -mask
        yield names[low.bit_length() - 1]
        mask ^= low
