"""What columns of other people's files are called, and how they write dates: the words a guess goes by."""

from __future__ import annotations

from itertools import chain


def _of(*lines: str) -> tuple[str, ...]:
    return tuple(chain.from_iterable(line.split("; ") for line in lines))


# Best first. Names stand as words in lower case, cut at case and signs: "Change Date+Time" is "change date time".
TICKET = _of(
    "case concept name; case id; caseid; case; sr number; ticket id; ticket number; ticket; ticketid",
    "incident id; incident number; incident; issue key; issue id; key; number; case number",
    "issue number; issue no; request id; request number; sr id; id; nr; no; ref; reference; issue; ticket no",
    "incident no",
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
)
ACTIVITY = _of(  # what was done: the status where a log says no other
    "concept name; activity; incident activity type; event; action; activity type; task",
)
PRIORITY = _of(
    "priority; urgency; severity; impact; case impact; prio; importance; sr latest impact; case priority",
)
TYPE = _of(
    "type; issue type; issuetype; ticket type; request type; incident type; kind; case type; contact reason",
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
    "url; link; html url; permalink; web url; self",
)
# What a row, or an entry in an event's list, tells a change by.
CHANGED = _of(
    "field; field name; fieldname; changed field; field changed; attribute; property; what",
)
CHANGED_FROM = _of(
    "from string; from; old value; old; before; previous value; removed; original value",
)
CHANGED_TO = _of(
    "to string; to; new value; new; after; value; added",
)
CHANGEABLE = {
    "status": STATUS, "priority": PRIORITY, "type": TYPE, "assignee": ASSIGNEE, "group": GROUP, "tags": TAGS,
    "title": TITLE, "description": DESCRIPTION, "requester": REQUESTER,
}  # fmt: skip
# How an object's key says whom or what the object is: `assignee.displayName`. Best first.
NAMING = _of(
    "display name; name; full name; login; username; value; email address; email",
)
# Keys that only repeat who or what that is.
ABOUT = frozenset(_of(
    "self; avatar urls; avatar url; icon url; active; time zone; account id; account type; email address; email; id",
    "key; display name; name; full name; login; username; url; html url; gravatar id; node id; type; site admin",
    "entity id; description; status category; subtask; avatar id; hierarchy level; locale; color; default; state",
))  # fmt: skip
# Around the values of a ticket, and saying nothing themselves.
AROUND = ("fields", "attributes", "issue", "ticket", "data", "properties")
# What stands beside a list that came in pages.
PAGING = frozenset(_of("start at; max results; total; is last; page; per page; next page; size; count"))
# What events say of themselves beside.
ASIDE = frozenset(
    _of("updated; updated at; update author; edited; edited at; last edited; jsd public; visibility")
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
