"""Writes docs/rules-list.md out of the table of rules; a test compares the two."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from gitdesk.domain.rules import RULES
from gitdesk.domain.violation import Rule

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules-list.md"

FAMILIES = {
    "F": ("The file", "what a ticket's file may look like and hold"),
    "W": ("Work", "the steps of a ticket"),
    "S": ("Service levels", "what was promised"),
    "A": ("Audit", "the record"),
    "P": ("People", "who may do what"),
    "T": ("Tags", "words that tickets are counted by"),
    "C": ("gitdesk.yaml", "the desk itself; its errors cannot be weighed otherwise"),
    "H": ("Holidays", "the files under calendars/"),
}

HEAD = """\
# Every rule

<!-- Written by tests/rules_list.py out of the table of rules; changes by hand are overwritten. -->

One judge looks at every change, and these are the rules it knows. `gitdesk rule CODE` shows one, `gitdesk rule` lists
them. A desk weighs them as it likes, under [`rules.checks`](gitdesk-yaml.md#rules): `error` refuses a change, `warn` is
said and holds nobody up, `off` is silent. Codes stay what they are for good.

W002 to W006, P002 to P007, S and A hang on who makes a change, when and why: they are about commits, not about files as
they stand. `check --history` does not hold imported history to them; a range judges whatever it brings in.

## What only warns, and why

An error is for what is wrong whoever looks at it, and for what a desk has asked for in `gitdesk.yaml`: a row with
`requires` or `roles`, a field with `required`, a permission that some role has. What people do every day without harm
is a warning until the desk decides otherwise:

WARNINGS
Two rules about promises are errors only in the graver case and warnings in the other: S002 where the desk has no field
`breach_reason`, and S003 while nothing is late yet. A desk that sets their severity sets both.

Of a commit dated before the one it stands on (A006) a command only warns too: often it is another machine whose clock
was wrong, and nobody could work until its time has come.

A correction of the record (A001 to A004) takes somebody who may `correct` and a reason: `--reason TEXT`, or the text
below the subject of a commit by hand. A message from the future, an untrue trailer and a misdated commit are no
corrections and stay refused.
"""


def page() -> str:
    """Returns what docs/rules-list.md has to be."""
    rules = sorted(RULES.values(), key=lambda rule: rule.code)
    warned = [f"- {link(rule)}: {rule.summary}." for rule in rules if rule.severity == "warn"]
    parts = [HEAD.replace("WARNINGS\n", "\n".join(warned) + "\n\n")]
    for letter, (title, about) in FAMILIES.items():
        family = [rule for rule in rules if rule.code[0] == letter]
        if not family:
            continue
        parts.append(
            f"## {title}\n\nFamily {letter}: {about}.\n\n| code | name | default |\n| --- | --- | --- |\n"
        )
        parts[-1] += "".join(f"| {link(rule)} | {rule.name} | {rule.severity} |\n" for rule in family)
        parts += [entry(rule) for rule in family]
    return "\n".join(parts)


def entry(rule: Rule) -> str:
    """Returns what the page says of one rule."""
    said = f"### {rule.code} {rule.name}\n\n{sentence(rule.summary)} Why: {rule.why}.\n"
    for title, example in (("fails", rule.fails), ("passes", rule.passes)):
        if example:
            fence = "````" if "```" in example else "```"
            said += f"\n{title}:\n\n{fence}text\n{example}\n{fence}\n"
    return said


def link(rule: Rule) -> str:
    """Returns a link to the rule on the page."""
    return f"[{rule.code}](#{rule.code.lower()}-{re.sub(r'[^a-z0-9-]', '', rule.name)})"


def sentence(text: str) -> str:
    """Returns a text as a sentence; a name of a file or a key keeps its letters."""
    head = text.split(" ", 1)[0]
    return (text if "_" in head or "." in head else text[:1].upper() + text[1:]) + "."


if __name__ == "__main__":
    if "--update" not in sys.argv:
        sys.exit("python tests/rules_list.py --update")
    PAGE.write_text(page(), encoding="utf-8")
