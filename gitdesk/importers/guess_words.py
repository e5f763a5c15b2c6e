"""What columns of other people's files are called, and how they write dates: the words a guess goes by."""

from __future__ import annotations

from itertools import chain


def _of(*lines: str) -> tuple[str, ...]:
    return tuple(chain.from_iterable(line.split("; ") for line in lines))


# Best first. Names stand as words in lower case, cut at case and signs: "Change Date+Time" is "change date time".
TICKET = _of(
    "case concept name; case id; caseid; case; sr number; ticket id; ticket number; ticket; ticketid",
    "incident id; incident number; incident; issue key; issue id; key; number; case number",
    "request id; request number; sr id; id; nr; no; ref; reference; issue; ticket no; incident no",
    "trace id; interaction id; interaction; sr; incident activity number",
    "vorgang; vorgangsnummer; ticketnummer; predmet",
)
AT = _of(
    "time timestamp; complete timestamp; timestamp; change date time; date stamp; datestamp",
    "event time; sys updated at; event timestamp; event date; completion time; end timestamp",
    "changed at; changed; change date; at; when; date time; datetime; updated at; start timestamp",
    "date; time; occurred at",
)
CREATED = _of(
    "created; created at; created on; createdat; opened at; open time; opened; creation date",
    "created date; date created; sys created at; submit date; submitted; report date; reported at",
    "case creation; open date; created time; case started; date opened; creation time; case created",
    "start time",
)
UPDATED = _of(
    "updated; updated at; last updated; last modified; modified; updated on; date updated",
    "last update",
)
BY = _of(
    "org resource; sys updated by; resource; owner first name; owner; user; by; changed by",
    "updated by; actor; performed by; operator; agent; employee; user id; username; author",
    "originator; who",
)
EVENT_ID = _of(
    "event id; eventid; incident activity number; activity id; activity number; event nr; row id",
)
STATUS = _of(
    "status; state; incident state; ticket status; issue status; case status; current status",
    "concept name; activity; incident activity type; event; action; activity type; task",
)
PRIORITY = _of(
    "priority; urgency; severity; impact; case impact; prio; importance; sr latest impact; case priority",
)
TYPE = _of(
    "type; issue type; ticket type; request type; incident type; kind; case type; contact reason",
)
GROUP = _of(
    "group; assignment group; org group; team; support team; owner group; queue; support group",
    "involved org line 3; org line; department; org line 3; involved st; support section; line",
    "case group",
)
ASSIGNEE = _of(
    "bearbeiter; zugewiesen an",
    "assigned to; assignee; assigned; owner name; responsible; handler; case owner; agent name",
)
TITLE = _of(
    "title; subject; summary; short description; headline; issue title; case title; name",
)
DESCRIPTION = _of(
    "description; body; details; long description; issue description; case description",
)
REQUESTER = _of(
    "requester; reporter; caller id; caller; customer; customer name; contact; submitter; email",
)
AUTHOR = _of(
    "opened by; created by; creator; sys created by",
)
CHANNEL = _of(
    "channel; contact type; via; contact method",
)
MESSAGE = _of(
    "message; comment; comment text; text; work notes; comments; note; notes; message text",
)
TAGS = _of(
    "tags; labels; label; tag; keywords",
)
URL = _of(
    "url; link; html url; permalink",
)
# A day first where a date can be read both ways.
FORMATS = _of(
    "%d/%m/%Y %H:%M:%S; %m/%d/%Y %H:%M:%S; %d/%m/%Y %H:%M; %m/%d/%Y %H:%M; %m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p; %d/%m/%Y %I:%M:%S %p; %d/%m/%Y %I:%M %p; %d.%m.%Y %H:%M:%S; %d.%m.%Y %H:%M",
    "%d-%m-%Y %H:%M:%S; %m-%d-%Y %H:%M:%S; %d-%m-%Y %H:%M; %m-%d-%Y %H:%M; %d/%m/%Y; %m/%d/%Y",
    "%d.%m.%Y; %d-%m-%Y; %m-%d-%Y; %d.%m.%y %H:%M; %d/%m/%y %H:%M; %m/%d/%y %H:%M; %d/%b/%y %I:%M %p",
    "%d/%b/%Y %I:%M %p; %d/%b/%y %H:%M; %d %b %Y %H:%M:%S; %d %b %Y %H:%M; %d-%b-%Y %H:%M:%S",
    "%d-%b-%y %H:%M:%S; %d-%b-%y %I.%M.%S.%f %p; %b %d, %Y %I:%M %p; %b %d, %Y, %I:%M:%S %p",
    "%a %b %d %H:%M:%S %Y; %a, %d %b %Y %H:%M:%S; %d-%b-%Y; %d %b %Y; %b %d, %Y; %d.%m.%y",
)
