"""Reads gitdesk.yaml into a Config, with line and column for everything wrong in it, and writes a fresh one."""

from __future__ import annotations

from gitdesk import resources
from gitdesk.domain.config import PATH
from gitdesk.domain.violation import ERROR, OFF, WARN, Violation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from gitdesk.domain.config import Config
    from gitdesk.domain.config_check import Finding, Pointer
    from gitdesk.domain.people import Person
    from gitdesk.store.yaml_tree import Node

MAX_BYTES = 1_000_000
NOT_A_DESK = "C005"
OVERLAID = ("calendars", "sla")  # what `sla report --policy` takes of another file


def parse_config(data: bytes, path: str = PATH) -> tuple[Config | None, tuple[Violation, ...]]:
    """Returns the configuration and what is wrong with the file; no configuration when any of it is an error."""
    hint = 'a desk has at least "desk", "workflow" and "priorities"; `gitdesk init` writes one that works'
    root, violations = _composed(data, path, hint)
    if root is None:
        return None, violations
    document = plain(root)
    return _config(document, _violations(document, root, path))


def parse_overlay(data: bytes, path: str, base: bytes) -> tuple[Config | None, tuple[Violation, ...]]:
    """Returns the configuration that a desk's file says with other calendars and policies, and what is wrong in them.

    The file may be a whole gitdesk.yaml; of it only `calendars` and `sla` count. `base` is the desk's own, in order.
    """
    root, violations = _composed(data, path, "it has at least `sla`, as gitdesk.yaml has it")
    below, _ = _composed(base, PATH, "")
    if root is None or below is None:
        return None, violations
    given = plain(root)
    document = {**plain(below), **{key: given[key] for key in OVERLAID if key in given}}
    if "sla" not in given:
        message = 'the file has no "sla"'
        hint = (
            "write policies as in gitdesk.yaml, under `sla:`, and calendars of their own under `calendars:`"
        )
        return None, (Violation(code=NOT_A_DESK, message=message, path=path, line=1, column=1, hint=hint),)
    found = _violations(document, root, path, within=OVERLAID)
    return _config(document, found)


def _config(
    document: Mapping[str, Any], violations: tuple[Violation, ...]
) -> tuple[Config | None, tuple[Violation, ...]]:
    if any(each.severity == ERROR for each in violations):
        return None, violations

    from gitdesk.domain.config_parse import config_of

    return config_of(document), violations


def _composed(data: bytes, path: str, hint: str) -> tuple[Node | None, tuple[Violation, ...]]:
    """Returns the tree of a file that is a list of keys with values, else what is wrong with it."""
    from gitdesk.store.yaml_tree import MAPPING, YamlProblem, compose

    text, trouble = _decode(data, path)
    if trouble is not None:
        return None, (trouble,)
    try:
        root = compose(text, path)
    except YamlProblem as problem:
        return None, problem.violations
    if root is None or root.kind != MAPPING:
        message = "the file is empty" if root is None else "the file is not a list of keys with values"
        return None, (Violation(code=NOT_A_DESK, message=message, path=path, line=1, column=1, hint=hint),)
    return root, ()


def _decode(data: bytes, path: str) -> tuple[str, Violation | None]:
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data)} bytes, and {MAX_BYTES} is the limit"
        return "", Violation(code=NOT_A_DESK, message=message, path=path)
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f'not UTF-8: byte "{data[error.start]:02x}"'
        hint = "save the file as UTF-8"
        return "", Violation(code=NOT_A_DESK, message=message, path=path, line=line, column=column, hint=hint)


# ---- typing: numbers and truth values as YAML 1.2 has them, as far as nobody can mean anything else


def plain(node: Node) -> Any:
    """Returns a node as plain data. `0123`, `1e5`, `17:00`, `no` and whatever is quoted stay texts."""
    if node.pairs:
        return {key.value: plain(value) for key, value in node.pairs}
    if node.items:
        return [plain(item) for item in node.items]
    if node.kind != "scalar":
        return {} if node.kind == "mapping" else []
    return node.value if node.style else _typed(node.value)


def _typed(text: str) -> Any:
    import re

    if not text:
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", text):
        return int(text)
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,14})\.[0-9]{1,12}", text):
        return float(text)
    return text


# ---- findings → violations


def _violations(
    document: Mapping[str, Any], root: Node, path: str, within: tuple[str, ...] = ()
) -> tuple[Violation, ...]:
    """Returns what is wrong, in the order of the file. Names are looked at once the shape is right.

    `within` narrows it to what stands under some keys.
    """
    from gitdesk.domain.config_check import check
    from gitdesk.domain.rules_config import RULES
    from gitdesk.store.config_shape import check_shape

    findings: Iterable[Finding] = check_shape(document)
    wanted: Mapping[str, str] = {}
    if not findings:
        findings = check(document)
        wanted = (document.get("rules") or {}).get("checks", {})
    severities = {rule.code: rule.severity for rule in RULES}
    # Only a warning may be weighed otherwise: no desk can run on names that do not exist.
    severities.update(
        {code: wanted[code] for code, usual in severities.items() if usual == WARN and code in wanted}
    )
    if within:
        findings = [each for each in findings if each.pointer and each.pointer[0] in within]
    found = [_violation(finding, root, path, severities[finding.code]) for finding in findings]
    kept = {each for each in found if each.severity != OFF}
    return tuple(sorted(kept, key=lambda each: (each.line or 0, each.column or 0, each.code, each.message)))


def _violation(finding: Finding, root: Node, path: str, severity: str) -> Violation:
    node = _node(root, finding.pointer, finding.at_key)
    return Violation(
        code=finding.code,
        message=finding.message,
        path=path,
        line=node.line,
        column=node.column,
        severity=severity,
        hint=finding.hint,
        subject="/".join(str(part) for part in (*finding.pointer, finding.message)),
    )


def placed(
    findings: Iterable[Finding], data: bytes, severity: Mapping[str, str], path: str = PATH
) -> list[Violation]:
    """Returns findings about a gitdesk.yaml that can be read, with line and column."""
    from gitdesk.store.yaml_tree import compose

    root = compose(data.decode("utf-8"), path)
    assert root is not None
    return [_violation(finding, root, path, severity[finding.code]) for finding in findings]


def _node(root: Node, pointer: Pointer, at_key: bool) -> Node:
    """Returns the node a pointer leads to, or its key's; the nearest one above where the file has none."""
    node = spot = root
    for part in pointer:
        if isinstance(part, int):
            if part >= len(node.items):
                break
            node = spot = node.items[part]
            continue
        pair = next((pair for pair in node.pairs if pair[0].value == part), None)
        if pair is None:
            break
        key, node = pair
        spot = key if at_key or node.is_null else node
    return spot


# ---- a fresh desk


def default_config(
    *, name: str, prefix: str, time_zone: str, person: Person | None = None, language: str = "en"
) -> bytes:
    """Returns the commented gitdesk.yaml of a fresh desk; values that YAML would misread are quoted."""
    given = {"NAME": name, "PREFIX": prefix, "TIMEZONE": time_zone, "LANGUAGE": language}
    if person is not None:
        given |= {"PERSON_ID": person.id, "PERSON_NAME": person.name, "PERSON_ADDRESS": person.address}
    lines, skipping = [], False
    for line in resources.read("schema", "default-desk.yaml").splitlines():
        if "<PERSON_ID>" in line and person is None:
            skipping = True
        elif skipping and line.startswith(" " * 6):
            continue
        else:
            skipping = False
            lines.append(_filled(line, given))
    return "".join(f"{line}\n" for line in lines if line is not None).encode("utf-8")


def _filled(line: str, given: Mapping[str, str]) -> str | None:
    """Returns a line of the template with its mark replaced and its comment where it was; None without a value."""
    mark = next((mark for mark in _MARKS if f"<{mark}>" in line), None)
    if mark is None:
        return line
    if not given.get(mark):
        return None
    value, _, comment = line.partition("  #")
    column = len(line) - len(comment) - 1
    filled = value.rstrip().replace(f"<{mark}>", quoted(given[mark]))
    return f"{filled:<{column - 2}}  #{comment}" if comment else filled


# What YAML, or an older reader of it, takes for a truth value or for nothing.
_MISREAD = frozenset(("null", "true", "false", "yes", "no", "on", "off"))
_MARKS = ("NAME", "PREFIX", "TIMEZONE", "LANGUAGE", "PERSON_ID", "PERSON_NAME", "PERSON_ADDRESS")


def quoted(text: str) -> str:
    """Returns a text as a YAML scalar on one line: plain when that is safe, else in double quotes."""
    import json
    import re

    plainly = re.fullmatch(r"[A-Za-z][\w ./@+-]*[\w/@+-]", text) and text.isprintable()
    if plainly and text.casefold() not in _MISREAD:
        return text
    # JSON's escapes are YAML's too; what YAML does not print is escaped as well.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        each if each.isprintable() else f"\\U{ord(each):08x}" for each in json.dumps(text, ensure_ascii=False)
    )
