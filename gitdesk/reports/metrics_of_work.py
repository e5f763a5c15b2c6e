"""The numbers of workload, tags and audit."""

from __future__ import annotations

from gitdesk.reports.metric import AUDIT, COMMIT_TIME, EVENTS, STATUS, TAGS, WORKLOAD, Metric

METRICS = (
    Metric(
        name="open",
        title="open tickets",
        reports=(WORKLOAD,),
        definition="tickets somebody has that are not done, by category and priority; the oldest by its creation",
        population="the backlog at the as-of time, whatever the period is",
        clock="the as-of time",
        left_out="done and merged tickets",
        source="the header at the as-of time",
    ),
    Metric(
        name="capacity",
        title="capacity and load",
        reports=(WORKLOAD,),
        definition="load is open tickets ÷ `capacity` in gitdesk.yaml; that of a group is the sum over its members",
        population="agents with a capacity; groups all of whose members have one",
        clock="the as-of time",
        left_out="agents without a capacity: their load is empty",
        source="`people.agents` in gitdesk.yaml at the as-of time; who may have a ticket beyond it is rule P006's "
        "matter",
    ),
    Metric(
        name="received",
        title="received",
        reports=(WORKLOAD,),
        definition="times a ticket was given to the agent, the group (…), also back again",
        population=EVENTS + "; by type, tag, customer and channel: tickets created",
        clock=COMMIT_TIME,
        left_out="keeping it",
        source="changes of the header keys `assignee` and `group`",
    ),
    Metric(
        name="replies",
        title="replies",
        reports=(WORKLOAD,),
        definition="public replies, by who wrote them (by agent), else by what the ticket is",
        population="messages in the period",
        clock="the time of the message",
        left_out="notes; what robots and programs wrote",
        source="messages of kind reply",
    ),
    Metric(
        name="resolved_by",
        title="resolved (workload)",
        reports=(WORKLOAD,),
        definition="`resolved`, counted for the agent who had the ticket when it was resolved, else by what the "
        "ticket is",
        population=EVENTS,
        clock=COMMIT_TIME,
        left_out="as of `resolved`",
        source=STATUS,
    ),
    Metric(
        name="working_hours",
        title="hours of work",
        reports=(WORKLOAD,),
        definition="public replies by day of the week and hour",
        population="replies in the period",
        clock="the wall clock of the agent's own zone (`timezone` of the agent, else the desk's)",
        left_out="as of `replies`",
        source="messages of kind reply",
    ),
    Metric(
        name="share",
        title="share of a tag",
        reports=(TAGS,),
        definition="created tickets that have the tag ÷ created tickets",
        population="tickets created in the period",
        clock="tags at the as-of time",
        left_out="nothing; a ticket with two tags counts under both, so that shares add up to more than all",
        source="the header key `tags`",
    ),
    Metric(
        name="pairs",
        title="tags that go together",
        reports=(TAGS,),
        definition="created tickets that have both tags",
        population="tickets created in the period",
        clock="tags at the as-of time",
        left_out="nothing",
        source="the header key `tags`",
    ),
    Metric(
        name="actions",
        title="actions",
        reports=(AUDIT,),
        definition="what commits changed, by their authors and by the kind of change",
        population="events of the tickets selected, and of gitdesk.yaml when no query selects, in commits of the "
        "period",
        clock="the committer's time",
        left_out="what commits of an import replay (counted as `imported`); what a merge brings in counts by its own "
        "commits, and the merge only for what it changed itself",
        source="the events that `gitdesk log` shows",
    ),
    Metric(
        name="approvals",
        title="approvals",
        reports=(AUDIT,),
        definition="approvals of proposals, each once: said in a commit of its own, or else named by the commit that "
        "landed it; one row an approver and file. Rejections and withdrawals are listed with them and counted apart",
        population="commits of the period with a trailer Gitdesk-Approves, and those with Approved-by whose approver "
        "has said it in no commit of the history; an approval that was withdrawn later stays one. One that is "
        "unsigned says so; with --verify also one whose signature is unknown, bad, or somebody else's",
        clock="the committer's time",
        left_out="what was said of proposals that have not landed; reviews on a site that left no trailer; whether an "
        "approver might approve is rule A005's matter",
        source="the trailers Gitdesk-Approves, Gitdesk-Rejects, Gitdesk-Withdraws and Approved-by",
    ),
    Metric(
        name="on_behalf",
        title="on behalf of others",
        reports=(AUDIT,),
        definition="commits that say for whom they were made",
        population="commits of the period with a trailer On-behalf-of",
        clock="the committer's time",
        left_out="nothing",
        source="the trailer On-behalf-of",
    ),
    Metric(
        name="by_hand",
        title="edits by hand",
        reports=(AUDIT,),
        definition="commits on tickets whose first line is not one that a command writes ÷ commits on tickets",
        population="commits of the period that changed a ticket",
        clock="the committer's time",
        left_out="commits of an import; merges",
        source="the first line of the message (`ID: …`, `3 tickets: …`), and the trailers Gitdesk-Via and "
        "Gitdesk-Automation. It tells habits and proves nothing: anybody can write such a line",
    ),
    Metric(
        name="unsigned",
        title="unsigned commits",
        reports=(AUDIT,),
        definition="commits without a signature ÷ commits; --verify tells beside it how many signatures are not good",
        population="commits of the period that changed a ticket or gitdesk.yaml",
        clock="the committer's time; a signature is good or not by the keys of today",
        left_out="commits of an import",
        source="the commit; `git verify-commit` with --verify",
    ),
    Metric(
        name="late",
        title="late entries",
        reports=(AUDIT,),
        definition="messages dated more than an hour before their commit was made, and commits committed more than "
        "a day "
        "after they were written",
        population="messages and commits of the period",
        clock="the committer's time against the message's, or the author's",
        left_out="commits of an import, which are late by nature; what was said before its ticket was created",
        source="the time lines of messages, and both times of a commit",
    ),
    Metric(
        name="corrections",
        title="corrections of the record",
        reports=(AUDIT,),
        definition="messages changed, removed or moved; times of creation and requesters rewritten; tickets "
        "deleted; files "
        "sent with a ticket removed",
        population="events of the period",
        clock="the committer's time",
        left_out="commits of an import",
        source="the events that rules A001, A002 and A004 are about",
    ),
)
