"""`report audit` after real proposals: approved, rejected, forged and landed with the keys that people have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gitdesk import resources

from .proposing import TICKET, Team

TRAILER = "Gitdesk-Approves: sha256:00 tickets/7K/AC-7K3QX4M2.md"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """Ana's proposal is rejected, that is taken back, it is approved and landed; then Ana forges words, and pulls."""
    team = Team.of(tmp_path_factory.mktemp("team"), signed=True)
    for name, *words in (
        ("ana", "propose", TICKET, "closed", "--reason", "it is done"),
        ("marko", "reject", TICKET, "--reason", "not yet"),
        ("marko", "reject", TICKET, "--withdraw"),
        ("marko", "approve", TICKET),
        ("iva", "land", TICKET),
    ):
        done = team.gitdesk(name, *words)
        assert done.returncode == 0, (words, done.stderr)
    marko = ("-c", "user.name=Marko Babić", "-c", "user.email=marko@acme.example")
    for sign in ("-S", "--no-gpg-sign"):
        team.git("ana", *marko, "commit", "-q", "--allow-empty", sign, "-m", f"approve\n\n{TRAILER}")
    team.git("ana", "pull", "-q", "--no-rebase", "--no-edit")
    return team


def told(team: Team, *words: str) -> dict[str, Any]:
    done = team.gitdesk("ana", "report", "audit", "--json", *words)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads(resources.read("schema", "output.schema.json"))
    jsonschema.Draft7Validator(schema).validate(found)
    return found


def words_of(found: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [row for row in found["items"] if row["section"] == "approval"]
    return sorted((row["person"], row["kind"]) for row in rows)


def test_each_word_counts_once_and_a_landing_does_not_say_it_again(team: Team) -> None:
    found = told(team)
    assert words_of(found) == [
        ("marko", "approved"),
        ("marko", "approved"),  # Ana's key, which only --verify looks at
        ("marko", "approved, unsigned"),
        ("marko", "rejected"),
        ("marko", "withdrawn"),
    ]
    assert words_of(told(team, f"id:{TICKET}")) == words_of(found)
    assert words_of(told(team, f"-id:{TICKET}")) == []
    summary = found["summary"]
    assert (summary["approvals"], summary["rejections"], summary["withdrawals"]) == (3, 1, 1)


def test_verify_tells_a_word_that_was_signed_with_a_key_of_somebody_else(team: Team) -> None:
    found = told(team, "--verify")
    assert words_of(found) == [
        ("marko", "approved"),
        ("marko", "approved, signed by ana"),
        ("marko", "approved, unsigned"),
        ("marko", "rejected"),
        ("marko", "withdrawn"),
    ]


def test_verify_tells_a_word_that_was_signed_with_a_key_nobody_has(team: Team, tmp_path: Path) -> None:
    other = team.copied(tmp_path)
    text = (other.folder / "ana" / "gitdesk.yaml").read_text(encoding="utf-8")
    key = text.partition("id: marko")[2].partition('signing_keys: ["')[2].partition('"')[0]
    assert key
    changed = text.replace(f', signing_keys: ["{key}"]', "")
    (other.folder / "ana" / "gitdesk.yaml").write_text(changed, encoding="utf-8")
    other.git("ana", "commit", "-qam", "no key of Marko's", "--no-gpg-sign")
    assert ("marko", "rejected, signature unknown") in words_of(told(other, "--verify"))
    assert ("marko", "rejected") in words_of(told(other))
