"""Clocks on real calendars — several shifts, nights, holidays, both changes of the clocks — against every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sla_oracle import Oracle
from sla_scripts import NINE_TO_FIVE, STATUSES
from sla_worlds import Tagged
from test_sla_laws import by_clock, plain, told

from gitdesk.domain.calendar import Calendar
from gitdesk.domain.calendar_days import Days, day_of
from gitdesk.domain.duration import Duration
from gitdesk.domain.sla_history import Change, Said, Story
from gitdesk.domain.sla_policy import Policy, Terms
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.ticket import TicketId
from gitdesk.value import replace

H, MINUTE = 3600, 60
ZONES = ("UTC", "Europe/Zagreb", "America/New_York", "Asia/Kathmandu")
# No shift begins or ends in an hour that a change of the clocks skips or repeats: that is for the calendar's own tests.
SHIFTS = (
    (),
    NINE_TO_FIVE,
    ((8 * H, 12 * H), (13 * H, 17 * H)),
    ((22 * H, 30 * H),),
    ((0, 6 * H), (12 * H, 24 * H)),
    ((0, 24 * H),),
)
STARTS = (date(2026, 3, 27), date(2026, 10, 23), date(2026, 11, 1), date(2026, 12, 23), date(2026, 3, 7))


class EveryMinute:
    """The same hours, looked up on the wall clock of each minute."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar, self.zone = calendar, ZoneInfo(calendar.time_zone)
        self.is_open = cache(self._is_open)
        self.add_days = calendar.add_days

    def _is_open(self, at: int) -> bool:
        local = datetime.fromtimestamp(at, UTC).astimezone(self.zone)
        second = local.hour * H + local.minute * MINUTE
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        return any(start <= second < end for start, end in self._shifts(today)) or any(
            start <= second + 24 * H < end for start, end in self._shifts(yesterday)
        )

    def _shifts(self, day: date) -> tuple[tuple[int, int], ...]:
        days = self.calendar.days
        return tuple(days.by_day.get(day_of(day), days.weekly[day.weekday()]))


@st.composite
def calendars(draw: st.DrawFn, start: date) -> Calendar:
    plain_day = draw(st.sampled_from(SHIFTS[1:]))
    weekly = dict.fromkeys(range(draw(st.integers(4, 7))), plain_day)
    if plain_day[-1][1] <= 24 * H and draw(st.booleans()):
        weekly[4] = draw(st.sampled_from(SHIFTS[:3]))
    others = draw(st.dictionaries(st.integers(0, 9), st.sampled_from(SHIFTS[:3]), max_size=2))
    late = plain_day[-1][1] > 24 * H
    single = {day_of(start + timedelta(days=day)): () if late else hours for day, hours in others.items()}
    return Calendar("it", draw(st.sampled_from(ZONES)), Days(weekly, single))


lengths = st.sampled_from((30, 60, 120, 240, 480, 960)).map(
    lambda n: Duration(text=f"{n}m", seconds=n * MINUTE)
)
days = st.integers(1, 3).map(lambda n: Duration(text=f"{n}bd", days=n))
promises = st.fixed_dictionaries(
    {
        "first_response": lengths,
        "next_response": lengths,
        "resolution": lengths | days,
        "update": lengths,
        "assign": lengths,
    }
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Story, Terms, int]:
    start = draw(st.sampled_from(STARTS))
    base = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp())
    at = created = base + draw(st.integers(0, 3 * 1440)) * MINUTE
    changes, messages = [], []
    for position in range(11, 11 + draw(st.integers(0, 7))):
        at += draw(st.integers(0, 900)) * MINUTE
        what = draw(st.sampled_from(("reply", "customer", "status", "priority", "tags")))
        if what in ("reply", "customer"):
            messages.append(Said(at=at, kind=what, author="marko", position=position))
        else:
            options = {
                "status": ("open", "waiting", "waiting", "resolved", "snoozed"),
                "priority": ("high", "low"),
                "tags": (("gold",), ()),
            }
            changes.append(
                Change(at=at, position=position, values={what: draw(st.sampled_from(options[what]))})
            )
    story = Story(
        ticket=TicketId("GD-00000001"), title="t", created=created, came=created, position=10,
        first={"status": "new", "priority": "high", "requester": "ana"}, changes=changes, messages=messages,
    )  # fmt: skip
    two = {name: draw(calendars(start)) for name in ("a", "b")}
    policies = [
        Policy(id=name, when=when, calendar=name, targets={key: draw(promises) for key in ("high", "low")})  # type: ignore[arg-type]
        for name, when in (("a", Tagged("gold")), ("b", None))
    ]
    terms = Terms(
        position=0, commit="0" * 40, at=0, policies=tuple(policies), calendars=two, categories=STATUSES,
        scope=object(),  # type: ignore[arg-type]
    )  # fmt: skip
    return story, terms, at + draw(st.integers(0, 1440)) * MINUTE


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_engine_says_what_every_minute_says(case: tuple[Story, Terms, int]) -> None:
    story, terms, now = case
    slow = {name: EveryMinute(calendar) for name, calendar in terms.calendars.items()}
    expected = Oracle(story, [replace(terms, calendars=slow)], now, tick=MINUTE).rows()
    assert by_clock(plain(told(Replay(story, [terms], now), now))) == by_clock(expected)
