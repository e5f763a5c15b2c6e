"""Author and committer are who Git says they are, and nobody is made up."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repository import RepoFactory

from gitdesk.errors import SetupError, UsageError
from gitdesk.store.git import Repo, version
from gitdesk.store.identity import Identity, identity, parse_date

NOW = datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)


def lines(path: object, **env: str) -> tuple[str, str]:
    environ = {**os.environ, **env}
    author, committer = identity(Repo.discover(str(path), environ), environ, NOW)
    return author.line, committer.line


def test_the_user_of_gits_configuration_is_both(repo: RepoFactory) -> None:
    line = "Iva Kralj <iva@acme.example> 1795338843 +0000"
    assert lines(repo().path) == (line, line)


def test_author_and_committer_may_differ_by_setting_and_by_variable(repo: RepoFactory) -> None:
    made = repo()
    made.git("config", "author.name", "Ana")
    made.git("config", "committer.email", "bot@acme.example")
    author, committer = lines(made.path, GIT_AUTHOR_EMAIL="ana@x", GIT_COMMITTER_NAME="Bot")
    assert author.startswith("Ana <ana@x> ")
    assert committer.startswith("Bot <bot@acme.example> ")


@pytest.mark.parametrize("missing", ["name", "email"])
def test_without_one_the_two_lines_to_type_are_given(
    repo: RepoFactory, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    made = repo()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    made.git("config", "user.email" if missing == "name" else "user.name", "x")
    with pytest.raises(SetupError, match="Git does not know your") as caught:
        lines(made.path)
    assert (caught.value.hint or "").count("git config --global user.") == 2


@pytest.mark.parametrize(
    "date",
    [
        "@1795338843 +0130",
        "1795338843 -0700",
        "2026-11-22T09:14:03Z",
        "2026-11-22T10:14:03+01:00",
        "2026-11-22 10:14:03 +0100",
        "Sun, 22 Nov 2026 10:14:03 +0100",
        "2026-11-22 10:14:03",
        "2026-11-22T10:14:03",
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Zagreb"])
def test_dates_are_read_as_git_reads_them(
    repo: RepoFactory, monkeypatch: pytest.MonkeyPatch, date: str, zone: str
) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    made = repo()
    expected = made.git("var", "GIT_AUTHOR_IDENT", GIT_AUTHOR_DATE=date)
    author, committer = lines(made.path, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
    assert author == committer == expected


def test_a_date_that_git_does_not_understand_is_refused(repo: RepoFactory) -> None:
    with pytest.raises(SetupError, match="GIT_AUTHOR_DATE is not a date"):
        lines(repo().path, GIT_AUTHOR_DATE="the day after")


def test_the_zone_is_that_of_the_place(repo: RepoFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/St_Johns")
    time.tzset()
    assert lines(repo().path)[0].endswith(" 1795338843 -0330")


@given(name=st.text(min_size=1), email=st.text(min_size=1))
def test_no_name_breaks_a_commits_line(name: str, email: str) -> None:
    line = Identity(name=name, email=email, at=NOW).line
    assert line.count("<") == line.count(">") == 1
    assert "\n" not in line
    assert "\0" not in line


@given(seconds=st.integers(10**8 + 1, 2**33), minutes=st.integers(-14 * 60, 14 * 60))
def test_what_git_writes_is_read_back(seconds: int, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    text = f"{seconds} {sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    moment = parse_date(f"@{text}")
    assert moment is not None
    # Git writes the zone of Greenwich as +0000 only.
    assert Identity(name="x", email="x", at=moment).date == (text if minutes else f"{seconds} +0000")


@pytest.mark.parametrize(
    "name",
    ["Boss <b@x>", "<>Boss", " ;Boss, ", '"Boss"', "Bo\nss", "Boss;:", "O'Brien", "J.R. Ewing", "\x1bBoss"],
)
def test_a_name_is_what_git_itself_would_make_of_it(repo: RepoFactory, name: str) -> None:
    made = repo()
    env = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": f" <{name}> "}
    ident = made.git("var", "GIT_AUTHOR_IDENT", **env)
    author, _ = identity(Repo.discover(str(made.path), os.environ), {**os.environ, **env}, NOW)
    assert str(author) == ident.rpartition(" ")[0].rpartition(" ")[0]
    assert author.name == ident.partition(" <")[0]
    assert str(Identity(name=name, email=name, at=NOW)).count("<") == 1


def test_the_full_stop_of_a_name_stays_as_with_the_git_of_today(repo: RepoFactory) -> None:
    made = repo()
    env = {"GIT_AUTHOR_NAME": "Ivo Kralj Jr.", "GIT_AUTHOR_EMAIL": "ivo@acme.example"}
    author, _ = identity(Repo.discover(str(made.path), os.environ), {**os.environ, **env}, NOW)
    assert author.name == "Ivo Kralj Jr."
    if version(os.environ) >= (2, 43):
        assert made.git("var", "GIT_AUTHOR_IDENT", **env).startswith(str(author))


@pytest.mark.parametrize("role", ["AUTHOR", "COMMITTER"])
@pytest.mark.parametrize(
    "date", ["1960-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00"]
)
def test_a_date_that_git_cannot_hold_is_refused(repo: RepoFactory, role: str, date: str) -> None:
    with pytest.raises(UsageError, match=f"GIT_{role}_DATE lies before 1970"):
        lines(repo().path, **{f"GIT_{role}_DATE": date})


@pytest.mark.parametrize("date", ["@-1 +0000", "-100000000 +0000", "Thu, 01 Jan 1960 00:00:00 +0000"])
def test_a_date_that_git_refuses_itself_is_refused(repo: RepoFactory, date: str) -> None:
    with pytest.raises((UsageError, SetupError), match="GIT_AUTHOR_DATE"):
        lines(repo().path, GIT_AUTHOR_DATE=date)


def test_a_present_that_git_cannot_hold_is_refused(repo: RepoFactory) -> None:
    made = Repo.discover(str(repo().path), os.environ)
    with pytest.raises(UsageError, match="the present lies before 1970"):
        identity(made, os.environ, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert identity(made, os.environ, datetime(1970, 1, 1, tzinfo=UTC))
