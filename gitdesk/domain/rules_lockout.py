"""Rules about gitdesk.yaml that keep people from locking themselves out: roles, rights and keys that nobody has."""

from __future__ import annotations

from gitdesk.domain.violation import WARN, Rule

RULES = (
    Rule(
        code="C070",
        name="config-locked-out",
        summary="nobody has a role that any transition out of a status asks for",
        why="a ticket that gets there is stuck until this file is changed",
        fails="people: {roles: [lead], agents: [{id: ana, name: Ana}]}\n"
        "transitions:\n  - {from: [new, open], to: closed, roles: [lead]}",
        passes="people:\n  roles: [lead]\n  agents: [{id: ana, name: Ana, roles: [lead]}]\n"
        "transitions:\n  - {from: [new, open], to: closed, roles: [lead]}",
    ),
    Rule(
        code="C071",
        name="config-nobody-configures",
        summary="a role may configure the desk, and nobody has it",
        why="gitdesk.yaml and calendars could not be changed any more, not even to mend this",
        severity=WARN,
        fails="people:\n  roles: [{name: lead, may: [configure]}]\n  agents: [{id: ana, name: Ana}]",
        passes="people:\n  roles: [{name: lead, may: [configure]}]\n"
        "  agents: [{id: ana, name: Ana, roles: [lead]}]",
    ),
    Rule(
        code="C072",
        name="config-contrary-transitions",
        summary="two rows allow the same move to different roles and ask for the same",
        why="a move is allowed when one row allows it, so that the narrower row holds nobody back",
        severity=WARN,
        fails="people: {roles: [lead]}\ntransitions:\n  - {from: closed, to: open, roles: [lead]}\n"
        '  - {from: "*", to: "*"}',
        passes="people:\n  roles: [lead]\n  agents: [{id: ana, name: Ana, roles: [lead]}]\n"
        "transitions:\n  - {from: closed, to: open, roles: [lead]}\n"
        "  - {from: [new, open], to: [open, closed]}",
    ),
    Rule(
        code="C073",
        name="config-signing-key",
        summary="a signing key is none that can be read, or is listed for two people",
        why="who made a commit is told by the key it is signed with",
        severity=WARN,
        fails="people: [{id: ana, name: Ana, signing_keys: [my laptop]}]",
        passes="people: [{id: ana, name: Ana, "
        "signing_keys: ['SHA256:KLvQ6pIqWoErF9oUIPNv84pr7k106TcO55ipy6ghVL4']}]",
    ),
    Rule(
        code="C074",
        name="config-nobody-signs",
        summary="commits must be signed, and nobody who may change gitdesk.yaml has a signing key",
        why="every later change would be refused, also the one that lists a key",
        fails="rules: {signed_commits: required}\npeople: [{id: ana, name: Ana}]",
        passes="rules: {signed_commits: required}\n"
        "people: [{id: ana, name: Ana, signing_keys: ['SHA256:KLvQ6pIqWoErF9oUIPNv84pr7k106TcO55ipy6ghVL4']}]",
    ),
    Rule(
        code="C075",
        name="config-row-for-nobody",
        summary="a row of transitions is for roles that nobody has",
        why="a step that the desk has agreed on can be taken by nobody",
        severity=WARN,
        fails="people: {roles: [lead], agents: [{id: ana, name: Ana}]}\n"
        "transitions:\n  - {from: new, to: closed, roles: [lead]}\n  - {from: '*', to: [open, closed]}",
        passes="people:\n  roles: [lead]\n  agents: [{id: ana, name: Ana, roles: [lead]}]\n"
        "transitions:\n  - {from: new, to: open, roles: [lead]}\n  - {from: '*', to: closed}",
    ),
    Rule(
        code="C076",
        name="config-nobody-approves",
        summary="approvals ask for more people than could ever give one: with the role, other than the author, no "
        "robots, and with signing_keys or accounts unless `rules.approvals.signed` is false",
        why="what needs them could never land",
        severity=WARN,
        fails="people:\n  roles: [lead]\n  agents: [{id: ana, name: Ana, roles: [lead]}, {id: iva, name: Iva}]\n"
        "transitions:\n  - {from: new, to: closed, approvals: {count: 2, roles: [lead]}}",
        passes="people:\n  roles: [lead]\n"
        "  agents: [{id: ana, name: Ana, roles: [lead], accounts: {github: ana}}, {id: iva, name: Iva}]\n"
        "transitions:\n  - {from: new, to: closed, approvals: {count: 1, roles: [lead]}}",
    ),
    Rule(
        code="C077",
        name="config-sealed-for-good",
        summary="`rules.approvals.configure` asks for more people than could ever approve a change of gitdesk.yaml",
        why="gitdesk.yaml and calendars could not be changed any more, not even to mend this",
        fails="people:\n  roles: [lead]\n  agents: [{id: ana, name: Ana, roles: [lead]}]\n"
        "rules: {approvals: {configure: {roles: [lead]}}}",
        passes="people:\n  roles: [lead]\n  agents:\n"
        "    - {id: ana, name: Ana, roles: [lead], accounts: {github: ana}}\n"
        "    - {id: iva, name: Iva, roles: [lead], accounts: {github: iva}}\n"
        "rules: {approvals: {configure: {roles: [lead]}}}",
    ),
    Rule(
        code="C078",
        name="config-shared-account",
        summary="two people have the same account on a hosting site",
        why="an account tells who approved something, and two people could approve each other's changes with it",
        fails="people:\n  agents:\n    - {id: ana, name: Ana, accounts: {github: desk}}\n"
        "    - {id: iva, name: Iva, accounts: {github: Desk}}",
        passes="people:\n  agents:\n    - {id: ana, name: Ana, accounts: {github: ana-h}}\n"
        "    - {id: iva, name: Iva, accounts: {github: iva-k}}",
    ),
)
