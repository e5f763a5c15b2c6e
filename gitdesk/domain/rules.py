"""The judge: one function that says what is wrong with a Change, and the table of all rules for who explains them."""

from __future__ import annotations

from gitdesk.domain import rules_values, sla_concern
from gitdesk.domain.config import REQUIRED
from gitdesk.domain.violation import ERROR, OFF
from gitdesk.errors import Place, Refused
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.violation import Rule, Violation

    RULES: dict[str, Rule]

_NAMED = 5  # errors that a refusal tells one by one


def __getattr__(name: str) -> Any:
    """Makes the table of all rules by their codes when it is first asked for: to judge a change, none is needed."""
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gitdesk.domain import (
        rules_approvals,
        rules_audit,
        rules_config,
        rules_file,
        rules_holidays,
        rules_people,
        rules_service,
        rules_signatures,
        rules_workflow,
    )

    families = (
        rules_file, rules_values, rules_workflow, rules_people, rules_audit, rules_signatures, rules_approvals,
        rules_service, rules_config,
        rules_holidays,
    )  # fmt: skip
    table = {rule.code: rule for family in families for rule in family.RULES}
    globals()["RULES"] = table
    return table


def check(change: Change, config: Config, context: Context | None = None) -> tuple[Violation, ...]:
    """Returns what a change brings in that the desk does not allow, at the severities the desk has set.

    Trouble that was in the file before and is untouched is not this change's; `check` of the whole desk tells it.
    What hangs on who changes it, when and why (families W, P, A and S) is judged with a context only. `config` is the
    one in force before; a file that moves is to be one change (`change.with_moves`).
    """
    found: list[Violation] = []
    if change.after is not None:
        old = {problem.fingerprint for problem in change.before.problems} if change.before else set()
        found += [problem for problem in change.after.problems if problem.fingerprint not in old]
        found += rules_values.check(change, config)
    if context is not None:
        from gitdesk.domain import rules_audit, rules_people, rules_workflow

        found += rules_workflow.check(change, config, context)
        found += rules_people.check(change, config, context)
        found += rules_audit.check(change, config, context)
        if context.clocks is not None and sla_concern.concerns(change, config, context):
            from gitdesk.domain import rules_service

            found += rules_service.check(change, config, context)
        if context.direct and config.asks_for_approvals:
            from gitdesk.domain import rules_approvals

            found += rules_approvals.check(change, config, context)
    return weigh(found, config)


def check_commit(config: Config, context: Context, path: str) -> tuple[Violation, ...]:
    """Returns what is wrong with a commit as a whole, whatever it changes; `path` is the file it is told of."""
    from gitdesk.domain import rules_audit, rules_people

    found = [*rules_people.check_commit(config, context, path)]
    found += rules_audit.check_commit(config, context, path)
    return (*weigh(found, config), *check_signature(config, context, path))


def check_signature(config: Config, context: Context, path: str) -> tuple[Violation, ...]:
    """Returns what is wrong with the signature of a commit, where the desk asks for one and it was looked at."""
    if context.seal is None:
        return ()
    from gitdesk.domain import rules_signatures

    return weigh(rules_signatures.check(config, context, context.seal, path), config)


def asks_for_signatures(config: Config) -> bool:
    """Tells whether commits have to be signed: the signatures are to be looked at."""
    return config.rules.signed_commits == REQUIRED and config.rules.severities.get("A007") != OFF


def weigh(found: Iterable[Violation], config: Config) -> tuple[Violation, ...]:
    """Returns violations with the desk's severities, without those that are switched off."""
    severities = config.rules.severities
    weighed = (replace(one, severity=severities.get(one.code, one.severity)) for one in found)
    return tuple(one for one in weighed if one.severity != OFF)


def enforce(
    changes: Iterable[Change],
    config: Config,
    further: Iterable[Violation] = (),
    context: Context | None = None,
) -> tuple[Violation, ...]:
    """Returns the warnings; raises Refused with the errors, the first ones by name and the count of the others.

    `further` are violations that somebody else found, at the severities of the desk. Several changes of one file are
    judged as what they come to, which is what anybody sees of them later.
    """
    whole = net(changes)
    found = [one for change in whole for one in check(change, config, context)]
    found += further
    if context is not None and whole:
        found += check_commit(config, context, whole[0].path)
    errors = [one for one in found if one.severity == ERROR]
    if errors:
        raise _refused(errors)
    return tuple(found)


def _refused(errors: list[Violation]) -> Refused:
    """Returns a refusal that names the first errors, one a line, and what to do about each."""
    first, shown = errors[0], errors[:_NAMED]
    lines = [f"{first.code} {first.message}"]
    for one in shown[1:]:
        where = "" if one.path == first.path else f"{one.path}: "
        lines.append(f"  {where}{one.code} {one.message}")
    if len(errors) > len(shown):
        lines.append(f"  … and {len(errors) - len(shown):,} more")
    hints = dict.fromkeys(one.hint or f"gitdesk rule {one.code} says why" for one in shown)
    return Refused("\n".join(lines), hint="\n".join(hints), place=Place(first.path, first.line, first.column))


def net(changes: Iterable[Change]) -> list[Change]:
    """Returns one change a file: the first before and the last after count."""
    whole: dict[str, Change] = {}
    for change in changes:
        known = whole.get(change.path)
        whole[change.path] = change if known is None else replace(change, before=known.before, old=known.old)
    return list(whole.values())
