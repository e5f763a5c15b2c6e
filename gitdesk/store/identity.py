"""Who makes a commit: author and committer as Git itself would take them from environment and configuration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from gitdesk.errors import SetupError, UsageError
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.store.git import Repo

_HINT = 'git config --global user.name "Your Name"\ngit config --global user.email you@example.com'
_FROM_1970 = "Git counts the seconds of a commit from there on"
# What Git strips from the ends of a name or address, and what it drops wherever it stands. Before 2.43 it took the
# full stop of "Jr." too.
_CRUD = "".join(map(chr, range(33))) + ",:;<>\"\\'"
_DROPPED = str.maketrans("", "", "<>\n\0")


class Identity(Value):
    """A name, an address and an aware time, as a commit records them."""

    name: str
    email: str
    at: datetime

    def __str__(self) -> str:
        return f"{clean(self.name)} <{clean(self.email)}>"

    @property
    def line(self) -> str:
        """Returns it as Git stores it: `Name <address> seconds +zone`."""
        return f"{self} {self.date}"

    @property
    def date(self) -> str:
        """Returns seconds since 1970 and the zone, `1795338843 +0100`."""
        offset = self.at.utcoffset() or timedelta()
        minutes = int(offset.total_seconds()) // 60
        sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
        return f"{int(self.at.timestamp())} {sign}{minutes // 60:02}{minutes % 60:02}"


def clean(text: str) -> str:
    """Returns a name or address without what would break a commit's line, as Git cleans it."""
    return text.strip(_CRUD).translate(_DROPPED)


def identity(repo: Repo, environ: Mapping[str, str], now: datetime) -> tuple[Identity, Identity]:
    """Returns author and committer; raises SetupError when Git's configuration names nobody.

    A name is never made up from the login and the machine's name, as Git might. The dates are those of
    GIT_AUTHOR_DATE and GIT_COMMITTER_DATE, else `now` in the local zone.
    """
    return _one(repo, environ, "author", now), _one(repo, environ, "committer", now)


def _one(repo: Repo, environ: Mapping[str, str], role: str, now: datetime) -> Identity:
    upper = f"GIT_{role.upper()}"
    name = environ.get(f"{upper}_NAME") or repo.config(f"{role}.name") or repo.config("user.name") or ""
    email = environ.get(f"{upper}_EMAIL")
    if email is None:
        email = repo.config(f"{role}.email") or repo.config("user.email") or environ.get("EMAIL") or ""
    name, email = clean(name), clean(email)
    if not name or not email:
        missing = "name" if not name else "address"
        raise SetupError(f"Git does not know your {missing}", hint=_HINT)
    given = environ.get(f"{upper}_DATE")
    at = _date(repo, upper, given) if given else _local(now)
    if at.timestamp() < 0:
        if given:
            raise UsageError(f'{upper}_DATE lies before 1970: "{given}"', hint=_FROM_1970)
        raise UsageError("the present lies before 1970", hint="GITDESK_NOW or the machine's clock says so")
    return Identity(name=name, email=email, at=at)


def _local(now: datetime) -> datetime:
    return now.astimezone()  # the zone of TZ and the machine, as Git's


def parse_date(text: str) -> datetime | None:
    """Returns a date in Git's own form (`@1795338843 +0100`) or RFC 3339 with a zone; None for any other form."""
    words = text.strip().removeprefix("@").split()
    if 1 <= len(words) <= 2 and words[0].isdecimal() and (len(words[0]) >= 9 or text.strip().startswith("@")):
        zone = _zone(words[1]) if len(words) == 2 else UTC
        return datetime.fromtimestamp(int(words[0]), zone) if zone else None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(microsecond=0) if moment.tzinfo else None


def _zone(text: str) -> timezone | None:
    if len(text) != 5 or text[0] not in "+-" or not text[1:].isdecimal():
        return None
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    return timezone(-offset if text[0] == "-" else offset)


def _date(repo: Repo, variable: str, text: str) -> datetime:
    try:
        moment = parse_date(text)
    except (ValueError, OverflowError, OSError):  # no such year, no such zone
        raise SetupError(f'{variable}_DATE is not a date: "{text}"') from None
    if moment is not None:
        return moment
    # Git's own reading of the other forms: RFC 2822, `2026-11-22 10:00` in the local zone, …
    role = "GIT_AUTHOR_IDENT" if "AUTHOR" in variable else "GIT_COMMITTER_IDENT"
    who = {f"{variable}_NAME": "x", f"{variable}_EMAIL": "x", f"{variable}_DATE": text}
    done = repo.call("var", role, env=who)
    moment = (
        parse_date(done.output.decode("utf-8", "replace").rpartition(">")[2]) if not done.status else None
    )
    if moment is None:
        raise SetupError(f'{variable}_DATE is not a date Git understands: "{text}"')
    return moment
