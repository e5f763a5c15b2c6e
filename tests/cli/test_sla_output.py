"""What the sla commands print as JSON, and what lists and tickets say of clocks, is what the published schema says."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gitdesk import resources
from gitdesk.cli.main import main

POLICIES = """
calendars:
  office: {timezone: Europe/Zagreb, hours: {mon-fri: ["09:00-17:00"]}}
sla:
  policies:
    - id: vip
      when: "tag:vip"
      targets: {high: {first_response: 1h, update: 4h, resolution: 8h, assign: 30m}}
    - id: standard
      calendar: office
      targets: {normal: {first_response: 1bd, resolution: 5bd}, low: none}
"""
_AT = ("GITDESK_NOW", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")

_STORY = ("ended_by", "last_working", "promised", "hours", "stretches")

Call = Callable[..., str]


def _order(row: dict[str, Any]) -> tuple[str, int]:
    return row["metric"], row["cycle"]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Makes a desk with a ticket in every state; returns what runs gitdesk in it at a moment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITDESK_PAGER", "cat")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Iva Kralj")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "iva@acme.example")

    def run(at: str, *words: str) -> str:
        for name in _AT:
            monkeypatch.setenv(name, f"2026-11-{at}:00Z")
        assert main(list(words)) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    run("16T06:00", "init", "--prefix", "AC", "--name", "Acme")
    config = tmp_path / "gitdesk.yaml"
    plain = config.read_text()
    config.write_text(plain[: plain.index("\ncalendars:")] + POLICIES)
    subprocess.run(["git", "commit", "-qam", "promise"], check=True)
    asked = ("--requester", "Ana <ana@example.com>", "-m", "Help", "-q")
    late = run("16T08:00", "new", "Late", "--priority", "high", "--tag", "vip", *asked).strip()
    run("16T10:30", "reply", late, "-m", "Yes?")
    run("16T11:00", "reply", late, "--from", "requester", "-m", "And?")
    run("16T12:00", "set", late, "priority=normal", "--reason", "two of them only")
    waits = run("16T09:00", "new", "Waits", *asked).strip()
    run("16T09:30", "wait", waits, "-m", "Which one?")
    done = run("16T09:00", "new", "Done", *asked).strip()
    run("17T09:00", "resolve", done, "-m", "Done.")
    spam = run("17T09:00", "new", "Spam", *asked).strip()
    run("17T09:10", "spam", spam)
    run("17T09:00", "new", "Unpromised", "--priority", "low", *asked)
    run("17T16:10", "new", "Before closing", *asked)
    return run


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    """Returns what knows the published schema."""
    return jsonschema.Draft7Validator(json.loads(resources.read("schema", "output.schema.json")))


def test_everything_that_tells_of_clocks_keeps_to_the_schema(
    call: Call, validator: jsonschema.Draft7Validator
) -> None:
    def items(*words: str) -> list[dict[str, Any]]:
        whole = json.loads(call("17T16:30", *words, "--json"))
        validator.validate(whole)
        assert isinstance(whole["items"], list)
        return whole["items"]

    states = {(row["title"], row["metric"]): row["state"] for row in items("sla", "status", "--all")}
    assert {"breached", "paused", "met", "void", "running", "n/a"} <= set(states.values())
    ids = [row["id"] for row in items("list", "--all")]
    assert len(ids) == 6
    for one in ids:
        (told,) = items("sla", "explain", one)
        rows = [{key: value for key, value in clock.items() if key not in _STORY} for clock in told["clocks"]]
        assert sorted(rows, key=_order) == sorted(items("sla", "status", one), key=_order)
        assert rows == items("show", one)[0]["clocks"]
        items("sla", "policies", "--explain", one)
    assert len(items("sla", "policies", "is:done OR -is:done")) == 6


def test_the_stretches_of_a_clock_add_up_to_its_row(call: Call) -> None:
    for row in json.loads(call("17T16:30", "list", "--all", "--json"))["items"]:
        (told,) = json.loads(call("17T16:30", "sla", "explain", row["id"], "--json"))["items"]
        for clock in told["clocks"]:
            parts = clock["stretches"]
            if clock["state"] == "n/a":  # its row stays at the ticket's last step
                continue
            assert sum(part["elapsed"] for part in parts) == clock["elapsed"]
            assert sum(part["closed"] for part in parts) == clock["closed"]
            assert all(one["end"] == other["start"] for one, other in pairwise(parts))
            assert not parts or parts[0]["start"] == clock["started"]


def test_the_same_is_told_in_every_format(call: Call) -> None:
    for words in (("sla", "status", "--all"), ("sla", "policies"), ("sla", "explain", "TICKET")):
        ticket = json.loads(call("17T16:30", "list", "--json"))["items"][0]["id"]
        given = [ticket if word == "TICKET" else word for word in words]
        for name in ("table", "jsonl", "csv", "markdown"):
            shown = call("17T16:30", *given, "--format", name)
            assert ticket in shown, (words, name)
