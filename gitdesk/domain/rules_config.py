"""The C family: what can be wrong with gitdesk.yaml, each with an example that fails and the same mended."""

from __future__ import annotations

from gitdesk.domain.violation import WARN, Rule

RULES = (
    Rule(
        code="C001",
        name="config-unknown-key",
        summary="gitdesk.yaml has a key nobody reads",
        why="a typo would silently switch off what the key was meant to say",
        fails="desk:\n  name: Acme\n  prefx: GD",
        passes="desk:\n  name: Acme\n  prefix: GD",
    ),
    Rule(
        code="C002",
        name="config-missing-key",
        summary="a key that must be there is not",
        why="there is no value the desk could safely guess",
        fails="workflow:\n  statuses:\n    - name: open",
        passes="workflow:\n  statuses:\n    - {name: open, category: open}",
    ),
    Rule(
        code="C003",
        name="config-type",
        summary="a value is of the wrong kind: a number where a text is expected, a text where a list is",
        why="404 and 2.10 are numbers to YAML, and no longer what was written when they are read back",
        fails="types: [404]",
        passes='types: ["404"]',
    ),
    Rule(
        code="C004",
        name="config-value",
        summary="a value is not one of those allowed, or is written another way than it must be",
        why="the engine knows only the values it lists, and ids and queries only names of one word",
        fails="desk: {name: Acme, prefix: gd}",
        passes="desk: {name: Acme, prefix: GD}",
    ),
    Rule(
        code="C005",
        name="config-unreadable",
        summary="gitdesk.yaml is empty, too large, not UTF-8, or not a list of keys with values",
        why="without it nobody knows what the tickets' words mean",
        fails="- desk",
        passes="desk: {name: Acme, prefix: GD}",
    ),
    Rule(
        code="C006",
        name="config-duplicate-name",
        summary="two things of one kind have the same name, or names that only case tells apart",
        why="commands take names in any case, and could not say which one was meant",
        fails="groups: [support, Support]",
        passes="groups: [support, sales]",
    ),
    Rule(
        code="C007",
        name="config-reserved-name",
        summary="a name has a meaning of its own in commands, or characters nobody sees",
        why="`assign 7k3 me` must always mean oneself, and a name must be typeable",
        fails="people:\n  - {id: me, name: Mea Kulpa}",
        passes="people:\n  - {id: mea, name: Mea Kulpa}",
    ),
    Rule(
        code="C008",
        name="config-newer-format",
        summary="gitdesk.yaml is in a format newer than this program reads",
        why="reading it with old eyes would misjudge what it says",
        fails="desk: {name: Acme, prefix: GD, format: 99}",
        passes="desk: {name: Acme, prefix: GD, format: 1}",
    ),
    Rule(
        code="C010",
        name="config-unknown-status",
        summary="a transition, a policy or a default names a status that is not defined",
        why="a transition to nowhere can never be taken, and one from nowhere never begins",
        fails="transitions:\n  - {from: open, to: resovled}",
        passes="transitions:\n  - {from: open, to: resolved}",
    ),
    Rule(
        code="C011",
        name="config-unknown-group",
        summary="a person or a default names a group that is not defined",
        why="the person would be in no queue",
        fails="groups: [support]\npeople:\n  - {id: ana, name: Ana, groups: [suport]}",
        passes="groups: [support]\npeople:\n  - {id: ana, name: Ana, groups: [support]}",
    ),
    Rule(
        code="C012",
        name="config-unknown-role",
        summary="a person, a transition or an approval names a role that is not defined",
        why="nobody could ever have it, or everybody would believe to",
        fails="people:\n  roles: [lead]\n  agents:\n    - {id: ana, name: Ana, roles: [laed]}",
        passes="people:\n  roles: [lead]\n  agents:\n    - {id: ana, name: Ana, roles: [lead]}",
    ),
    Rule(
        code="C013",
        name="config-unknown-priority",
        summary="a default, the matrix or a policy names a priority that is not defined",
        why="what cannot be ranked cannot be ordered, and no clock would run for it",
        fails="desk: {name: Acme, prefix: GD, defaults: {priority: medium}}\npriorities: [low, normal, high]",
        passes="desk: {name: Acme, prefix: GD, defaults: {priority: normal}}\npriorities: [low, normal, high]",
    ),
    Rule(
        code="C014",
        name="config-unknown-type",
        summary="the default type is not defined",
        why="every fresh ticket would be refused",
        fails="desk: {name: Acme, prefix: GD, defaults: {type: qestion}}\ntypes: [question]",
        passes="desk: {name: Acme, prefix: GD, defaults: {type: question}}\ntypes: [question]",
    ),
    Rule(
        code="C015",
        name="config-unknown-tag",
        summary="a tag is deprecated in favour of one that is not defined",
        why="the advice would lead to a tag that is refused",
        fails="tags:\n  - login\n  - {name: sign-in, deprecated_for: logon}",
        passes="tags:\n  - login\n  - {name: sign-in, deprecated_for: login}",
    ),
    Rule(
        code="C016",
        name="config-unknown-field",
        summary="a transition requires a field that is not defined",
        why="a ticket can never have it, so the transition can never be taken",
        fails="transitions:\n  - {from: open, to: closed, requires: [field.cuase]}",
        passes="transitions:\n  - {from: open, to: closed, requires: [field.cause]}",
    ),
    Rule(
        code="C017",
        name="config-unknown-calendar",
        summary="a policy names a calendar that is not defined",
        why="its clock would not know when it may run",
        fails="calendars: {zagreb: {always: true}}\n"
        "sla: {policies: [{id: a, calendar: zagerb, targets: {low: none}}]}",
        passes="calendars: {zagreb: {always: true}}\n"
        "sla: {policies: [{id: a, calendar: zagreb, targets: {low: none}}]}",
    ),
    Rule(
        code="C018",
        name="config-unknown-tier",
        summary="an organisation is of a tier that is not defined",
        why="no policy for that tier would ever apply",
        fails="customers:\n  tiers: [gold]\n  organisations:\n    - {name: Acme, domains: [acme.example], tier: glod}",
        passes="customers:\n  tiers: [gold]\n  organisations:\n    - {name: Acme, domains: [acme.example], tier: gold}",
    ),
    Rule(
        code="C020",
        name="config-no-such-category",
        summary="no status is of category new, or none of category closed",
        why="a ticket needs a status to begin in and one to end in",
        fails="statuses:\n  - {name: open, category: open}",
        passes="statuses:\n  - {name: new, category: new}\n  - {name: open, category: open}\n"
        "  - {name: closed, category: closed}",
    ),
    Rule(
        code="C021",
        name="config-no-way-out",
        summary="no transition leaves a status that is not final",
        why="a ticket that gets there can never be finished",
        fails="statuses:\n  - {name: new, category: new}\n  - {name: parked, category: waiting}\n"
        "  - {name: closed, category: closed}\n"
        "transitions:\n  - {from: new, to: [parked, closed]}",
        passes="statuses:\n  - {name: new, category: new}\n  - {name: parked, category: waiting}\n"
        "  - {name: closed, category: closed}\n"
        "transitions:\n  - {from: [new, parked], to: [parked, closed]}",
    ),
    Rule(
        code="C022",
        name="config-no-way-in",
        summary="no transition leads to a status",
        why="it is either a leftover or a transition was forgotten",
        severity=WARN,
        fails="statuses:\n  - {name: new, category: new}\n  - {name: parked, category: waiting}\n"
        "  - {name: closed, category: closed}\n"
        "transitions:\n  - {from: [new, parked], to: closed}",
        passes="statuses:\n  - {name: new, category: new}\n  - {name: parked, category: waiting}\n"
        "  - {name: closed, category: closed}\n"
        "transitions:\n  - {from: [new, parked], to: [parked, closed]}",
    ),
    Rule(
        code="C023",
        name="config-wrong-category",
        summary="the initial status is not of category new, or the one for merged tickets not of cancelled",
        why="clocks and reports go by the category, and a merged ticket is not work done",
        fails="merged: closed",
        passes="merged: spam",
    ),
    Rule(
        code="C030",
        name="config-shared-address",
        summary="two people have the same address",
        why="an address tells who wrote a commit or a reply",
        fails="people:\n  - {id: ana, name: Ana, addresses: [help@acme.example]}\n"
        "  - {id: iva, name: Iva, addresses: [help@acme.example]}",
        passes="people:\n  - {id: ana, name: Ana, addresses: [ana@acme.example]}\n"
        "  - {id: iva, name: Iva, addresses: [iva@acme.example]}",
    ),
    Rule(
        code="C031",
        name="config-field-values",
        summary="a field's default is not one of its values or not of its type, or its values make no sense",
        why="every fresh ticket would be wrong from the start",
        fails="fields:\n  - {name: region, type: choice, values: [eu, us], default: asia}",
        passes="fields:\n  - {name: region, type: choice, values: [eu, us], default: eu}",
    ),
    Rule(
        code="C032",
        name="config-unknown-time-zone",
        summary="a time zone is not an IANA name",
        why="office hours and due times would be an hour off, or unknown",
        fails="timezone: CET+1",
        passes="timezone: Europe/Zagreb",
    ),
    Rule(
        code="C033",
        name="config-matrix-hole",
        summary="an impact of the matrix has no priority for an urgency that others have",
        why="a ticket with that impact and urgency would have no priority",
        fails="list: [low, normal, high, urgent]\nmatrix:\n  high: {low: normal, high: urgent}\n  low: {low: low}",
        passes="list: [low, normal, high, urgent]\n"
        "matrix:\n  high: {low: normal, high: urgent}\n  low: {low: low, high: normal}",
    ),
    Rule(
        code="C034",
        name="config-deprecated-replacement",
        summary="a tag is deprecated in favour of itself or of another deprecated one",
        why="people would be sent from one to the next",
        fails="tags:\n  - {name: a, deprecated_for: b}\n  - {name: b, deprecated_for: a}",
        passes="tags:\n  - {name: a, deprecated_for: b}\n  - b",
    ),
    Rule(
        code="C035",
        name="config-denied-tag",
        summary="a tag is both listed and denied",
        why="it would be allowed or refused by chance",
        fails="tags:\n  list: [misc]\n  denied: [misc]",
        passes="tags:\n  list: [billing]\n  denied: [misc]",
    ),
    Rule(
        code="C036",
        name="config-shared-domain",
        summary="two organisations have the same mail domain",
        why="a customer's address tells whose customer it is, and with it the service level",
        fails="organisations:\n  - {name: A, domains: [a.example]}\n  - {name: B, domains: [a.example]}",
        passes="organisations:\n  - {name: A, domains: [a.example]}\n  - {name: B, domains: [b.example]}",
    ),
    Rule(
        code="C050",
        name="config-idle-organisation",
        summary="an organisation has neither tier nor region nor language",
        why="no service level can be chosen by it, so a tier was probably forgotten",
        severity=WARN,
        fails="organisations:\n  - {name: A, domains: [a.example]}",
        passes="organisations:\n  - {name: A, domains: [a.example], tier: gold}",
    ),
)
