"""The judge: one function that says what is wrong with a Change, and the table of all rules for who explains them."""

from __future__ import annotations

from gitdesk.domain import rules_values
from gitdesk.domain.violation import ERROR, OFF
from gitdesk.errors import Place, Refused
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Rule, Violation

    RULES: dict[str, Rule]


def __getattr__(name: str) -> Any:
    """Makes the table of all rules by their codes when it is first asked for: to judge a change, none is needed."""
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gitdesk.domain import rules_config, rules_file, rules_holidays

    families = (rules_file, rules_values, rules_config, rules_holidays)
    table = {rule.code: rule for family in families for rule in family.RULES}
    globals()["RULES"] = table
    return table


def check(change: Change, config: Config) -> tuple[Violation, ...]:
    """Returns what a change brings in that the desk does not allow, at the severities the desk has set.

    Trouble that was in the file before and is untouched is not this change's; `check` of the whole desk tells it.
    """
    if change.after is None:
        return ()
    old = {problem.fingerprint for problem in change.before.problems} if change.before else set()
    found = [problem for problem in change.after.problems if problem.fingerprint not in old]
    found += rules_values.check(change, config)
    return weigh(found, config)


def weigh(found: Iterable[Violation], config: Config) -> tuple[Violation, ...]:
    """Returns violations with the desk's severities, without those that are switched off."""
    severities = config.rules.severities
    weighed = (replace(one, severity=severities.get(one.code, one.severity)) for one in found)
    return tuple(one for one in weighed if one.severity != OFF)


def enforce(
    changes: Iterable[Change], config: Config, further: Iterable[Violation] = ()
) -> tuple[Violation, ...]:
    """Returns the warnings; raises Refused with the first error and the count of the others.

    `further` are violations that somebody else found, at the severities of the desk.
    """
    warnings: list[Violation] = []
    errors: list[Violation] = []
    for change in changes:
        for one in check(change, config):
            (errors if one.severity == ERROR else warnings).append(one)
    for one in further:
        (errors if one.severity == ERROR else warnings).append(one)
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise Refused(
            f"{first.code} {first.message}{more}",
            hint=first.hint or f"gitdesk rule {first.code} says why",
            place=Place(first.path, first.line, first.column),
        )
    return tuple(warnings)
