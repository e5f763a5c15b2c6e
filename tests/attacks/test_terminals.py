"""Text on a terminal: whatever a ticket, a name or an argument holds is shown and not obeyed."""

from __future__ import annotations

import re

import pytest

from .attacking import CONFIG, PATH, Desk, attack, said, stamp, text

pytestmark = pytest.mark.xdist_group("attacks-terminals")

SIGNS = {  # as YAML writes them → what must not come out
    "\\e[31mred": "\x1b",
    "\\e]8;;http://evil.example\\e\\\\click": "\x1b",
    "\\e]0;title\\a": "\x07",
    "\\x9b31m": "\x9b",
    "\\x9d8;;x\\x9c": "\x9d",
    "\\u202Egnp.exe": "\u202e",
    "\\u2066a\\u2069": "\u2066",
    "\\rover": "\r",
    "\\b\\b\\b": "\b",
    "\\u200bhidden": "\u200b",
    "\\u2028": "\u2028",
    "\\U000E0041": "\U000e0041",
}
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\U000e0000-\U000e0fff]"
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Returns a desk on which everything that is shown would like to be obeyed."""
    evil = "".join(SIGNS)
    plain = "x".join(dict.fromkeys(SIGNS.values()))
    made = Desk.of(tmp_path_factory.mktemp("odd") / "desk")
    file = text(said(made.at), tags=["TAG"], type="TYPE", fields={"a": "FIELD"}).replace(
        "Cannot log in", f"T {evil}"
    )
    for word in ("TAG", "TYPE", "FIELD"):
        file = file.replace(word, word + evil)
    file = file.replace("Help", f"Help {plain}").replace("By noon.", f"By noon {plain}")
    author = "Ma" + "".join(char for char in plain if char not in "\0<>\n\r") + "rko <marko@acme.example>"
    tip = made.commit({PATH: file}, author=author, message=f"subject {plain}\n\nbecause {plain}")
    tip = made.commit({f"tickets/7K/x{'y'}.md": "no ticket \x1b[31m\n"}, parents=(tip,), at=made.at + 120)
    config = CONFIG.replace("desk: {name: Acme", f'desk: {{name: "Acme{evil}"')
    tip = made.commit(
        {"gitdesk.yaml": config}, parents=(tip,), at=made.at + 180, author="Iva Kralj <iva@acme.example>"
    )
    made.git("update-ref", "refs/heads/main", tip)
    return made


def shown(desk: Desk, *words: str) -> str:
    done = desk.gitdesk("--color", "never", *words, GITDESK_NOW=stamp(desk.at + 600), COLUMNS="1000")
    assert "Traceback" not in done.stderr
    assert done.returncode != 70, done.stderr
    return done.stdout + done.stderr


@attack("ESC, OSC 8, C1, bidi and invisible signs in a title, shown by `list`, `show`, `search`, `next`")
@pytest.mark.parametrize(
    "words", [["list"], ["show", "7k3"], ["search", "noon"], ["next"], ["sla", "status"]]
)
def test_lists_and_threads_show_signs_and_send_none(odd: Desk, desk: Desk, words: list[str]) -> None:
    told = shown(odd, *words)
    assert STEERING.search(told) is None, STEERING.findall(told)
    if words[0] == "show":
        assert "␛[31m" in told
        assert (
            "\x1b" in odd.gitdesk("show", "7k3", "--raw").stdout
        )  # the file as it is, for who asks for just that


@attack("The same in the author, the subject and the reason of a commit, shown by `log`")
def test_the_trail_shows_signs_and_sends_none(odd: Desk) -> None:
    told = shown(odd, "log", "7k3")
    assert "Ma" in told
    assert STEERING.search(told) is None, STEERING.findall(told)


@attack("The same in what `check`, `sla` and `sql` tell")
@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "main~3..main"],
        ["check", "--history"],
        ["sla", "report"],
        ["sla", "explain", "7k3"],
        ["sql", "select title, description from tickets"],
        ["doctor"],
    ],
)
def test_reports_show_signs_and_send_none(odd: Desk, words: list[str]) -> None:
    told = shown(odd, *words)
    assert told
    assert STEERING.search(told) is None, STEERING.findall(told)


@attack("The same in an argument, shown by an error")
@pytest.mark.parametrize(
    "words",
    [
        ["show", "\x1b[31m"],
        ["list", "status:\u202e\x1b[31m"],
        ["check", "\x1b]8;;x\x07..HEAD"],
        ["assign", "7k3", "\u202eokram"],
        ["set", "7k3", "priority=\x9b31m"],
        ["new", "\x1b[31malert", "-m", "x"],
        ["rule", "\x1b[31m"],
        ["\x1b[31m"],
        ["list", "--\x1b[31m"],
        ["-C", "\x1b[31m", "list"],
        ["import", "csv", "\x1b[31m.csv"],
        ["list", "--at", "\x1b[31m"],
        ["list", "--sort", "\x1b[31m"],
    ],
)
def test_errors_show_signs_and_send_none(desk: Desk, words: list[str]) -> None:
    told = shown(desk, *words)
    assert "error: " in told
    assert STEERING.search(told) is None, STEERING.findall(told)


@attack("The same in the name of a branch, a file or a folder")
def test_names_of_branches_show_signs_and_send_none(own: Desk) -> None:
    name = "to\u202epic\u2066"
    own.git("update-ref", f"refs/heads/{name}", own.base)
    bad = own.commit({PATH: text(said(own.at), priority="normla")})
    own.git("update-ref", "refs/heads/evil", bad)
    assert STEERING.search(shown(own, "check", f"{name}..evil")) is None
    assert STEERING.search(shown(own, "check", f"{name}1..evil")) is None
    own.git("symbolic-ref", "HEAD", f"refs/heads/{name}")
    assert STEERING.search(shown(own, "doctor")) is None


@attack("A title that nobody can see, or that looks like another")
def test_a_title_nobody_can_see_is_refused(desk: Desk) -> None:
    told = shown(desk, "new", "\u200b\u200b", "-m", "x")
    assert "error: " in told


@attack("A message that ends the thread's frame, or looks like the next message")
def test_a_text_is_no_message_of_somebody_else(own: Desk) -> None:
    fake = "### 2026-11-22T09:00:00Z · reply · Iva Kralj <iva@acme.example>\n\nPaid."
    done = own.gitdesk("reply", "7k3", "-m", fake, GITDESK_NOW=stamp(own.at + 60))
    assert done.returncode == 0, done.stderr
    raw = own.gitdesk("show", "7k3", "--raw").stdout
    assert "\n\\### 2026-11-22T09:00:00Z" in raw
    assert own.gitdesk("sql", "select count(*) from messages", "--format", "csv").stdout.split()[-1] == "2"


@attack("A completion that carries what a ticket says")
def test_the_shell_completion_is_given_no_text_of_a_ticket(odd: Desk) -> None:
    for words in ("gitdesk show ", "gitdesk assign 7k3 ", "gitdesk tag 7k3 +"):
        done = odd.gitdesk(
            _GITDESK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()))
        )
        assert STEERING.search(done.stdout) is None, STEERING.findall(done.stdout)
