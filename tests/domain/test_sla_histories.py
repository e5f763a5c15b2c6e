"""Histories reasoned out by hand: what the service-level clocks must say of each, named by a sentence."""

from __future__ import annotations

import re

import pytest
from sla_scripts import Script, check

from gitdesk.value import replace

WORKED_EXAMPLE = """
The worked example
    Mon 09:30 created high
    Mon 11:00 reply
    Mon 12:00 waiting
    Tue 10:00 customer
    Tue 10:30 urgent
    Tue 11:15 reply
    Tue 12:00 resolved
    as of Mon 09:30
    first_response running due Mon 11:30 target 2h
    resolution running due Tue 09:30 target 8h
    as of Mon 11:00
    first_response met elapsed 1h30m stopped Mon 11:00 due - remaining -
    as of Mon 12:00
    resolution paused elapsed 2h30m due - remaining 5h30m
    as of Tue 10:00
    next_response running due Tue 14:00 elapsed 0
    resolution running due Tue 15:30 elapsed 2h30m paused 22h
    as of Tue 10:30
    resolution running elapsed 3h target 4h due Tue 11:30 priority urgent
    next_response running elapsed 30m target 1h due Tue 11:00
    as of Tue 11:00
    next_response running elapsed 1h remaining 0
    as of Tue 11:15
    next_response breached breached Tue 11:00 elapsed 1h15m late_by 15m stopped Tue 11:15
    as of Tue 12:00
    resolution breached breached Tue 11:30 elapsed 4h30m late_by 30m stopped Tue 12:00 paused 22h closed 0
    first_response met elapsed 1h30m

The worked example, raised to urgent only when more than that was used: the breach is of that moment
    Mon 09:30 created high
    Mon 11:00 reply
    Mon 12:00 waiting
    Tue 10:00 customer
    Tue 15:00 urgent
    as of Tue 14:59
    resolution running ever_breached no elapsed 7h29m
    as of Tue 15:00
    resolution breached_running breached Tue 15:00 elapsed 7h30m target 4h late_by 3h30m remaining -3h30m due Tue 11:30
    next_response breached_running breached Tue 14:00 breach_priority high

The worked example, lowered to high again: the breach stays
    Mon 09:30 created high
    Mon 11:00 reply
    Mon 12:00 waiting
    Tue 10:00 customer
    Tue 10:30 urgent
    Tue 11:15 reply
    Tue 11:45 high
    Tue 12:00 resolved
    as of Tue 11:44
    resolution breached_running due Tue 11:30 loosened_by -
    as of Tue 11:45
    resolution breached_running breached Tue 11:30 target 8h due Tue 15:30 late_by 15m loosened_by iva
    as of Tue 12:00
    resolution breached breached Tue 11:30 breach_target 4h breach_priority urgent late_by 30m loosened_by iva
"""

RESPONSES = """
An answer at the very second it is due is in time
    Mon 09:00 created high
    Mon 11:00 reply
    first_response met elapsed 2h

An answer a second late is late
    Mon 09:00 created high
    Mon 11:00:01 reply
    first_response breached breached Mon 11:00 elapsed 2h0m1s late_by 1s

Nobody answered yet: late from the second after it was due
    Mon 09:00 created high
    as of Mon 11:00
    first_response running due Mon 11:00 remaining 0
    as of Mon 11:00:01
    first_response breached_running breached Mon 11:00 late_by 1s due Mon 11:00

A note is not a response
    Mon 09:00 created high
    Mon 09:10 note
    as of Mon 09:30
    first_response running elapsed 30m

A robot's reply is not a response
    Mon 09:00 created high
    Mon 09:10 robot
    as of Mon 09:30
    first_response running elapsed 30m

An automatic acknowledgement is not a response, even in an agent's name
    Mon 09:00 created high
    Mon 09:00 auto-reply
    Mon 09:30 reply
    first_response met elapsed 30m

Waiting does not pause the first response
    Mon 09:00 created high
    Mon 09:30 waiting
    Mon 11:30 reply
    first_response breached breached Mon 11:00 paused 0
    resolution paused elapsed 30m

Resolved without a word: the clock ended, no reply was given
    Mon 09:00 created high
    Mon 10:00 resolved
    first_response met no_reply yes elapsed 1h
    resolution met elapsed 1h

Closed straight away counts as finished too
    Mon 09:00 created high
    Mon 10:00 closed
    first_response met no_reply yes
    resolution met elapsed 1h

Resolved with the reply in one commit: the reply was the response
    Mon 09:00 created high
    Mon 10:00 reply & resolved
    first_response met no_reply no elapsed 1h
    resolution met elapsed 1h

Resolved late without a word is late all the same
    Mon 09:00 created high
    Mon 12:00 resolved
    first_response breached no_reply yes breached Mon 11:00

Cancelled voids what ran
    Mon 09:00 created high
    Mon 10:00 cancelled
    first_response void stopped Mon 10:00 elapsed 1h
    resolution void stopped Mon 10:00

A breach before it was cancelled stays a fact and counts no more
    Mon 09:00 created high
    Mon 12:00 spam
    first_response void breached Mon 11:00 ever_breached yes

A ticket the desk opened itself has no first response
    Mon 09:00 created high requester=marko
    Mon 16:00 reply
    first_response n/a target none
    resolution running elapsed 7h
    remark the desk opened it itself

A customer who writes on a ticket of the desk's own is answered in time like any other
    Mon 09:00 created high requester=marko
    Mon 10:00 customer
    as of Mon 10:30
    next_response running due Mon 14:00

A ticket of nobody counts as a customer's
    Mon 09:00 created high requester=
    as of Mon 09:30
    first_response running due Mon 11:00

What the customer adds before the first answer starts no second clock
    Mon 09:00 created high
    Mon 09:30 customer
    Mon 10:00 reply
    first_response met elapsed 1h
    next_response absent

The next response counts from the oldest unanswered message
    Mon 09:00 created high
    Mon 09:10 reply
    Mon 10:00 customer
    Mon 11:00 customer
    Mon 13:00 reply
    next_response met started Mon 10:00 elapsed 3h
    next_response#2 absent

Each question that was answered is a cycle of its own
    Mon 09:00 created high
    Mon 09:10 reply
    Mon 10:00 customer
    Mon 11:00 reply
    Mon 12:00 customer
    Mon 16:30 reply
    Tue 09:00 customer
    as of Tue 09:30
    next_response met elapsed 1h
    next_response#2 breached elapsed 4h30m breached Mon 16:00 late_by 30m
    next_response#3 running due Tue 13:00

Waiting does not pause the next response
    Mon 09:00 created high
    Mon 09:10 reply
    Mon 10:00 customer
    Mon 10:01 waiting
    as of Mon 15:00
    next_response breached_running breached Mon 14:00

Resolved over an open question: ended without a reply
    Mon 09:00 created high
    Mon 09:10 reply
    Mon 10:00 customer
    Mon 12:00 resolved
    next_response met no_reply yes elapsed 2h

An out-of-office reply of the customer asks nothing and wakes nothing
    Mon 09:00 created high
    Mon 09:10 reply
    Mon 09:10 waiting
    Mon 09:11 auto-customer
    as of Mon 15:00
    next_response absent
    resolution paused elapsed 10m

A message and a reply of the same second count in the order of history
    Mon 09:00 created high
    Mon 09:10 reply
    Mon 10:00 customer
    Mon 10:00 reply
    as of Mon 16:00
    next_response met elapsed 0

Resolved and written on in the same second: first the one that history has first
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 resolved
    Mon 10:00 customer
    as of Mon 11:00
    resolution running elapsed 2h first_verdict met
    next_response running started Mon 10:00

Written on and resolved in the same second, it is resolved
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 customer
    Mon 10:00 resolved
    as of Mon 11:00
    resolution met elapsed 1h
    next_response met elapsed 0 no_reply yes

A reply and then a question of the same second leaves the question open
    Mon 09:00 created high
    Mon 10:00 reply
    Mon 10:00 customer
    as of Mon 11:00
    first_response met elapsed 1h
    next_response running elapsed 1h
"""

RESOLUTION = """
Waiting and snoozed pause the resolution, external does not
    Mon 09:00 created high
    Mon 10:00 waiting
    Mon 11:00 open
    Mon 12:00 snoozed
    Mon 13:00 open
    Mon 14:00 external
    as of Mon 15:00
    resolution running elapsed 4h paused 2h due Tue 11:00

A policy may pause on other statuses
    with pause=external
    Mon 09:00 created high
    Mon 10:00 waiting
    Mon 11:00 external
    as of Mon 15:00
    resolution paused elapsed 2h paused 4h due - remaining 6h

From one pause into another it goes on standing
    Mon 09:00 created high
    Mon 10:00 waiting
    Mon 11:00 snoozed
    Mon 12:00 open
    resolution running elapsed 1h paused 2h

Paused at the second it is due: nothing is late, nothing is left
    Mon 09:00 created high
    Mon 17:00 waiting
    as of Wed 12:00
    resolution paused elapsed 8h remaining 0 ever_breached no due -

Going on after that, the next open second is late
    Mon 09:00 created high
    Mon 17:00 waiting
    Wed 12:00 open
    as of Wed 12:00
    resolution running due Wed 12:00 remaining 0
    as of Wed 12:00:01
    resolution breached_running breached Wed 12:00 late_by 1s

What was used up before a pause was due when the pause ended
    Mon 09:00 created high
    Mon 17:00 waiting
    Wed 12:00 open
    Wed 13:00 external
    resolution breached_running breached Wed 12:00 due Wed 12:00 late_by 1h

A budget that ends at closing time is due at the next opening
    Mon 09:00 created high
    as of Mon 10:00
    resolution running due Tue 09:00
    as of Tue 09:00
    resolution running elapsed 8h remaining 0
    as of Tue 09:00:01
    resolution breached_running breached Tue 09:00

Friday evening's is due on Monday
    Fri 16:00 created high
    as of Sun 12:00
    first_response running elapsed 1h due Mon2 10:00 closed 43h
    resolution running due Mon2 16:00

Made and resolved while the desk was closed: no working time at all
    Sat 10:00 created high
    Sun 10:00 reply & resolved
    first_response met elapsed 0 closed 24h
    resolution met elapsed 0 closed 24h

Made on a holiday it starts to count the day after
    with calendar=holiday
    Thu 10:00 created high
    as of Thu 12:00
    first_response running elapsed 0 due Fri 11:00
    resolution running due Mon2 09:00

A holiday in between is left out
    with calendar=holiday
    Wed 16:00 created high
    as of Fri 09:30
    resolution running elapsed 1h30m due Fri 16:00

Lunch is left out
    with calendar=lunch
    Mon 11:30 created high
    as of Mon 12:30
    first_response running elapsed 30m due Mon 14:30

What is due when lunch begins is due when it ends
    with calendar=lunch
    Mon 10:00 created high
    as of Mon 10:30
    first_response running due Mon 13:00

Open until 24:00, due at the next day's opening
    with calendar=late
    Mon 22:00 created high
    as of Mon 23:00
    first_response running due Tue 12:00
    resolution running due Tue 18:00

A night shift runs past midnight
    with calendar=night
    Mon 23:00 created high
    Tue 00:30 reply
    as of Tue 05:00
    first_response met elapsed 1h30m
    resolution running elapsed 6h due Tue 23:00

A shift loses the hour that the clocks skip in spring
    with calendar=zagreb-nights
    2026-03-29 00:00 created high
    as of 2026-03-29 03:30
    first_response breached_running elapsed 2h30m breached 2026-03-29 03:00
    resolution running due 2026-03-30 03:00

A shift has the hour that comes twice in autumn twice
    with calendar=zagreb-nights
    2026-10-25 00:00 created high
    2026-10-25 02:30 again reply
    as of 2026-10-25 06:00
    first_response breached elapsed 3h30m late_by 1h30m
    resolution running elapsed 7h due 2026-10-26 01:00

Round the clock, days are what the clocks say and hours are hours
    with calendar=always
    Sat 10:00 created high
    as of Sat 11:00
    resolution running due Sat 18:00 closed 0

One working day is the same time of the next working day
    Fri 11:00 created normal
    as of Fri 12:00
    first_response running due Mon2 11:00 target 8h
    resolution running due Wed2 11:00 target 24h

Working days from a closed moment count from the next opening
    Sat 12:00 created normal
    as of Sat 13:00
    first_response running target 8h due Tue2 09:00

Working days leave holidays out
    with calendar=holiday
    Wed 11:00 created normal
    as of Wed 12:00
    first_response running due Fri 11:00 target 8h

Working days stand still while the ticket waits
    Mon 11:00 created normal
    Mon 12:00 waiting
    Tue 12:00 open
    as of Tue 13:00
    resolution running target 24h elapsed 2h due Fri 11:00

A calendar that never opens is told, whatever is promised
    with calendar=never
    Mon 11:00 created normal
    as of Fri 12:00
    resolution n/a
    remark the calendar never opens

A policy whose calendar cannot be used says so
    with calendar=broken
    Mon 11:00 created high
    as of Fri 12:00
    resolution n/a
    remark the holidays of HR are not known

A priority with none is promised nothing
    Mon 11:00 created low
    as of Fri 12:00
    first_response absent
    resolution n/a
    remark promises nothing for priority "low"

An unset priority is the desk's default, and that is said
    Mon 09:00 created
    as of Mon 10:00
    first_response running target 8h priority normal
    remark it has no priority

No policy for it
    with policies=gold-only gold=1h/1h/2h
    Mon 09:00 created high
    as of Mon 10:00
    resolution n/a
    remark no policy matches

No policies at all when it was created
    with since=later
    Mon 09:00 created high
    Mon 10:00 reply
    resolution n/a
    remark no policy was in force

An unknown status lets the clocks run, and that is said
    with without=waiting
    Mon 09:00 created high
    Mon 10:00 waiting
    as of Mon 11:00
    resolution running elapsed 2h
    remark the workflow has no status "waiting"
"""

WAKING = """
A customer's message on a waiting ticket counts as open from that instant
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 waiting
    Mon 12:00 customer
    as of Mon 13:00
    resolution running elapsed 2h paused 2h due Tue 11:00
    next_response running started Mon 12:00 due Mon 16:00

And on a snoozed one
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 snoozed
    Mon 12:00 customer
    as of Mon 13:00
    resolution running elapsed 2h paused 2h

An agent's reply does not put it back to waiting; the next status does
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 waiting
    Mon 12:00 customer
    Mon 13:00 reply
    Mon 14:00 open
    Mon 15:00 waiting
    as of Mon 16:00
    resolution paused elapsed 4h paused 3h
    next_response met elapsed 1h

Put to waiting again in the file, which is no change, it stays awake
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 waiting
    Mon 12:00 customer
    Mon 13:00 external
    Mon 14:00 waiting
    as of Mon 15:00
    resolution paused elapsed 3h paused 3h

A customer's message before the first response wakes too
    Mon 09:00 created high
    Mon 10:00 waiting
    Mon 10:30 customer
    as of Mon 11:00
    resolution running elapsed 1h30m paused 30m
    first_response running elapsed 2h
    next_response absent

On a ticket that waits for a supplier there is nothing to wake
    with pause=external
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 external
    Mon 11:00 customer
    as of Mon 12:00
    resolution paused elapsed 1h paused 2h
    next_response running elapsed 1h

On a resolved ticket it lets the resolution go on
    Mon 09:00 created high
    Mon 09:30 reply & resolved
    Mon 12:00 customer
    as of Mon 13:00
    resolution running elapsed 1h30m paused 2h30m first_verdict met due Tue 11:30
    next_response running started Mon 12:00 due Mon 16:00

The reply that resolves it again ends both
    Mon 09:00 created high
    Mon 09:30 reply & resolved
    Mon 12:00 customer
    Mon 12:30 open
    Mon 13:00 reply & resolved
    resolution met elapsed 1h30m paused 2h30m
    next_response met elapsed 1h no_reply no

On a closed ticket no clock starts until it is reopened; then the question is open
    Mon 09:00 created high
    Mon 09:30 reply & closed
    Mon 10:00 customer
    Mon 15:00 open
    as of Mon 14:00
    next_response absent
    resolution met elapsed 30m
    as of Mon 16:00
    next_response running started Mon 15:00 elapsed 1h
    resolution running elapsed 1h30m paused 5h30m

A question on a closed ticket that somebody answers there starts nothing later
    Mon 09:00 created high
    Mon 09:30 reply & closed
    Mon 10:00 customer
    Mon 11:00 reply
    Mon 15:00 open
    as of Mon 16:00
    next_response absent

A note on a waiting ticket wakes nobody
    Mon 09:00 created high
    Mon 10:00 waiting
    Mon 11:00 note
    as of Mon 12:00
    resolution paused elapsed 1h
"""

REOPENING = """
Reopened, the same cycle goes on and the time between is left out
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Tue 11:00 open
    Tue 14:00 resolved
    as of Mon 16:00
    resolution met elapsed 2h
    as of Tue 12:00
    resolution running elapsed 3h paused 24h due Wed 09:00 first_verdict met
    as of Tue 14:00
    resolution met elapsed 5h stopped Tue 14:00
    resolution#2 absent

A first verdict is kept when it is late in the end
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Tue 09:00 open
    Tue 16:00 resolved
    resolution breached first_verdict met elapsed 9h breached Tue 15:00 late_by 1h

A late one that is reopened stays late
    Mon 09:00 created high
    Tue 10:00 resolved
    Tue 11:00 open
    as of Tue 11:30
    resolution breached_running first_verdict breached breached Tue 09:00 elapsed 9h30m

Only the first verdict is kept of many
    Mon 09:00 created high
    Mon 10:00 resolved
    Mon 11:00 open
    Tue 16:00 resolved
    Wed 09:00 open
    as of Wed 09:00
    resolution breached_running first_verdict met

With new cycles the old one is never touched
    with reopen=new_cycle
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Tue 11:00 open
    Tue 14:00 resolved
    resolution met elapsed 2h stopped Mon 11:00
    resolution#2 met started Tue 11:00 elapsed 3h paused 0

A customer's message begins a new cycle as a status does
    with reopen=new_cycle
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Tue 11:00 customer
    as of Tue 12:00
    resolution#2 running started Tue 11:00 due Wed 11:00
    next_response running due Tue 15:00

Within the reopen window a customer's message reopens, to the second
    with window=24h
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Tue 11:00 customer
    as of Tue 12:00
    resolution running elapsed 3h

After the window it does not, and no clock starts
    with window=24h
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Tue 11:00:01 customer
    as of Tue 16:00
    resolution met elapsed 2h
    next_response absent
    remark the customer wrote after the reopen window; it stays resolved

A window of working days ends at the same time of the day
    with window=2bd
    Thu 09:00 created high
    Thu 11:00 reply & resolved
    Mon2 11:00 customer
    as of Mon2 12:00
    resolution running elapsed 3h

Somebody who reopens it after the window is obeyed, with a remark
    with window=24h
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Wed 09:00 open
    as of Wed 10:00
    resolution running elapsed 3h
    remark reopened after the reopen window

Closed after resolved ends nothing twice
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Wed 09:00 closed
    resolution met elapsed 2h stopped Mon 11:00

Awake by the customer and then closed, it ended at the closing
    Mon 09:00 created high
    Mon 11:00 reply & resolved
    Mon 13:00 customer
    Mon 14:00 closed
    resolution met elapsed 3h paused 2h stopped Mon 14:00
    next_response met no_reply yes elapsed 1h

Raised while it was resolved: the new target holds from the reopening on
    Mon 09:00 created high
    Mon 15:00 reply & resolved
    Tue 09:00 urgent
    Tue 10:00 open
    as of Tue 09:30
    resolution met target 8h priority high
    as of Tue 10:00
    resolution breached_running target 4h breached Tue 10:00 late_by 2h first_verdict met
"""

PROMISES = """
Raised with time left: the same time used, a shorter target
    Mon 09:00 created high
    Mon 10:00 urgent
    as of Mon 10:00
    first_response running target 1h remaining 0 due Mon 10:00
    resolution running elapsed 1h target 4h due Mon 13:00

Raised when exactly the new target is used is not late yet
    Mon 09:00 created high
    Mon 13:00 urgent
    as of Mon 13:00
    resolution running elapsed 4h remaining 0 ever_breached no

Lowered in time, there is more of it
    Mon 09:00 created urgent
    Mon 09:30 high
    as of Mon 10:30
    first_response running target 2h due Mon 11:00 ever_breached no

Up, down and up again: the first breach stays as it was
    Mon 09:00 created high
    Mon 14:00 urgent
    Mon 15:00 high
    Mon 16:00 urgent
    as of Mon 16:30
    resolution breached_running breached Mon 14:00 breach_priority urgent late_by 3h30m loosened_by iva

Lowered to a priority without promises: a breach stays, a clock without one goes
    Mon 09:00 created high
    Mon 12:00 low
    as of Mon 13:00
    first_response breached_running breached Mon 11:00 target none loosened_by iva
    resolution absent

And raised again it has kept its time
    Mon 09:00 created high
    Mon 10:00 low
    Mon 12:00 high
    as of Mon 13:00
    resolution running elapsed 4h target 8h

A tag brings another policy
    with gold=30m/1h/2h
    Mon 09:00 created high
    Mon 10:00 tags=gold
    as of Mon 10:00
    first_response breached_running breached Mon 10:00 policy gold target 30m late_by 30m
    resolution running policy gold elapsed 1h due Mon 11:00

Without the tag the old policy holds again, and a breach under the other stays its own
    with gold=30m/1h/2h
    Mon 09:00 created high tags=gold
    Mon 10:00 tags=blue
    as of Mon 10:30
    first_response breached_running policy standard breach_policy gold breached Mon 09:30 loosened_by iva
    resolution running policy standard due Tue 09:00

A tag that came while it was resolved counts when it is reopened
    with gold=30m/1h/2h
    Mon 09:00 created high
    Mon 10:00 reply & resolved
    Mon 11:00 tags=gold
    Mon 12:00 open
    as of Mon 12:30
    resolution running policy gold target 2h elapsed 1h30m

A policy changed in Git leaves running clocks alone and holds new ones
    with next-high=1h/1h/2h
    Mon 09:00 created high
    Mon 09:10 reply
    Mon 10:00 version
    Mon 11:00 customer
    as of Mon 11:30
    resolution running target 8h
    next_response running target 1h due Mon 12:00

Even a change of priority keeps to the version it started under
    with next-urgent=10m/10m/20m
    Mon 09:00 created high
    Mon 10:00 version
    Mon 11:00 urgent
    as of Mon 11:00
    resolution running target 4h

An approved rebase changes running clocks over, and a breach is of that moment
    with next-high=1h/1h/2h
    Mon 09:00 created high
    Mon 12:00 rebase
    as of Mon 12:00
    first_response breached_running breached Mon 11:00 breach_target 2h target 1h
    resolution breached_running breached Mon 12:00 target 2h late_by 1h

A rebase that loosens takes no breach back and is named
    with next-high=8h/8h/24h
    Mon 09:00 created high
    Mon 12:00 rebase
    as of Mon 12:30
    first_response breached_running breached Mon 11:00 target 8h loosened_by commit+0000000000

A rebase leaves alone what has ended
    with next-high=10m/1h/2h
    Mon 09:00 created high
    Mon 10:00 reply
    Mon 11:00 rebase
    as of Mon 11:00
    first_response met target 2h
    resolution running target 2h remaining 0

Raised and resolved in one commit: late at that moment
    Mon 09:00 created high
    Mon 14:00 urgent resolved
    resolution breached breached Mon 14:00 late_by 1h target 4h
"""

CANCELLED = """
Spam and back: the clocks go on, the time between is left out
    Mon 09:00 created high
    Mon 10:00 spam
    Mon 12:00 open
    as of Mon 11:00
    first_response void elapsed 1h
    as of Mon 12:30
    first_response running elapsed 1h30m paused 2h due Mon 13:00
    resolution running elapsed 1h30m paused 2h

Merged into another counts as cancelled, unmerged it goes on
    Mon 09:00 created high
    Mon 10:00 merged_into=GD-00000002
    Mon 11:00 merged_into=
    as of Mon 10:30
    resolution void
    as of Mon 12:00
    resolution running elapsed 2h paused 1h

Merged by a status and a link in two commits, and back
    Mon 09:00 created high
    Mon 10:00 cancelled
    Mon 10:01 merged_into=GD-00000002
    Mon 11:00 merged_into= open
    as of Mon 12:00
    first_response running elapsed 2h paused 1h remaining 0
    resolution running elapsed 2h paused 1h

An answer while it was cancelled is an answer when it is back
    Mon 09:00 created high
    Mon 10:00 spam
    Mon 11:00 reply
    Mon 12:00 open
    as of Mon 11:30
    first_response void
    as of Mon 12:30
    first_response met stopped Mon 11:00 elapsed 1h paused 1h

A question on a cancelled ticket starts no clock until it is back
    Mon 09:00 created high
    Mon 09:30 reply
    Mon 10:00 cancelled
    Mon 11:00 customer
    Mon 15:00 open
    as of Mon 12:00
    next_response absent
    as of Mon 16:00
    next_response running started Mon 15:00

From cancelled to resolved it ended there
    Mon 09:00 created high
    Mon 10:00 cancelled
    Mon 12:00 resolved
    resolution met elapsed 1h paused 2h stopped Mon 12:00
    first_response met no_reply yes

What was met before it was cancelled stays met
    Mon 09:00 created high
    Mon 10:00 reply & resolved
    Mon 12:00 cancelled
    first_response met elapsed 1h
    resolution met elapsed 1h

Resolved, cancelled and open again is a reopening
    Mon 09:00 created high
    Mon 10:00 reply & resolved
    Mon 12:00 cancelled
    Mon 13:00 open
    as of Mon 14:00
    resolution running elapsed 2h paused 3h first_verdict met
"""

UPDATES = """
Each public reply starts the clock of the next update
    with update=4h
    Mon 09:00 created high
    Mon 10:00 reply
    Mon 12:00 reply
    as of Mon 13:00
    update met started Mon 10:00 elapsed 2h
    update#2 running due Mon 16:00

No update is due while the ticket waits
    with update=4h
    Mon 09:00 created high
    Mon 10:00 reply
    Mon 10:00 waiting
    as of Tue 12:00
    update paused elapsed 0

Resolved ends it, and the reply that resolves it starts none
    with update=4h
    Mon 09:00 created high
    Mon 10:00 reply
    Mon 15:00 reply & resolved
    update breached elapsed 5h breached Mon 14:00
    update#2 absent

A reply before the first customer's word starts it too
    with update=1h
    Mon 09:00 created high requester=marko
    Mon 10:00 reply
    as of Mon 11:30
    update breached_running breached Mon 11:00

A note is no update
    with update=1h
    Mon 09:00 created high
    Mon 10:00 reply
    Mon 10:30 note
    as of Mon 10:30
    update running elapsed 30m
    update#2 absent

A reply on a resolved ticket promises no update
    with update=1h
    Mon 09:00 created high
    Mon 10:00 resolved
    Mon 11:00 reply
    update absent
"""

ASSIGNING = """
The first assignee ends it
    with assign=1h
    Mon 09:00 created high
    Mon 09:40 assignee=marko
    Mon 12:00 assignee=iva
    assign met elapsed 40m
    assign#2 absent

Nobody for an hour is late
    with assign=1h
    Mon 09:00 created high
    as of Mon 10:30
    assign breached_running breached Mon 10:00

Made with an assignee it took no time
    with assign=1h
    Mon 09:00 created high assignee=marko
    assign met elapsed 0

Another group voids it and starts its own
    with assign=1h
    Mon 09:00 created high group=support
    Mon 09:30 group=net
    as of Mon 10:00
    assign void elapsed 30m
    assign#2 running started Mon 09:30 due Mon 10:30

The first group it gets changes nothing
    with assign=1h
    Mon 09:00 created high
    Mon 09:30 group=net
    as of Mon 09:45
    assign running elapsed 45m
    assign#2 absent

A group set on a ticket that somebody gave back starts it
    with assign=1h
    Mon 09:00 created high assignee=marko
    Mon 11:00 assignee= group=net
    as of Mon 11:30
    assign#2 running started Mon 11:00

Given to another group's agent in one commit: it has somebody
    with assign=1h
    Mon 09:00 created high group=support
    Mon 09:30 group=net assignee=iva
    assign met elapsed 30m
    assign#2 absent

Resolved without an assignee voids it; reopened it goes on
    with assign=1h
    Mon 09:00 created high
    Mon 09:30 resolved
    Mon 11:00 open
    as of Mon 10:00
    assign void
    remark finished without an assignee
    as of Mon 11:15
    assign running elapsed 45m paused 1h30m

A group that changed while it was resolved has a clock of its own from the reopening on
    with assign=1h
    Mon 09:00 created high group=support
    Mon 09:30 resolved
    Mon 10:00 group=net
    Mon 11:00 open
    as of Mon 11:15
    assign void elapsed 30m
    assign#2 running started Mon 11:00 due Mon 12:00

Given to somebody while it was resolved, reopened it had somebody then
    with assign=1h
    Mon 09:00 created high
    Mon 09:30 resolved
    Mon 10:00 assignee=marko
    Mon 11:00 open
    assign met stopped Mon 10:00 elapsed 30m paused 30m

Resolved, then cancelled, then open again, it still wants somebody
    with assign=1h
    Mon 09:00 created high
    Mon 09:30 resolved
    Mon 10:00 cancelled
    Mon 11:00 open
    as of Mon 11:15
    assign running elapsed 45m paused 1h30m due Mon 11:30

Assigned while it was cancelled it has somebody when it is back
    with assign=1h
    Mon 09:00 created high
    Mon 09:30 spam
    Mon 09:45 assignee=iva
    Mon 12:00 open
    assign met stopped Mon 09:45 elapsed 30m
"""

CLOCKS = """
A commit dated before the one it follows counts with it
    Mon 09:00 created high
    Mon 12:00 waiting
    Mon 10:00 open
    as of Mon 13:00
    resolution running elapsed 4h paused 0
    remark clocks went backwards

A commit of 1970 counts with what it follows
    Mon 09:00 created high
    Mon 10:00 waiting
    1970-01-01 00:00 open
    as of Mon 12:00
    resolution running elapsed 3h paused 0
    remark clocks went backwards

A commit of 2106 between others counts with the next of them
    Mon 09:00 created high
    2106-02-07 06:28 waiting
    Mon 11:00 assignee=marko
    as of Mon 12:00
    resolution paused elapsed 2h paused 1h
    remark clocks went backwards

A commit of 2106 that is the last does not count yet
    Mon 09:00 created high
    2106-02-07 06:28 resolved
    as of Mon 12:00
    resolution running elapsed 3h
    remark a change is dated 2106-02-07T06:28:00Z, after the moment asked for

A reply dated in the future does not count yet
    Mon 09:00 created high
    Mon2 09:00 reply
    as of Mon 12:00
    first_response breached_running breached Mon 11:00
    remark a message is dated 2026-11-30T09:00:00Z

A reply dated before the ticket counts from its creation
    Mon 09:00 created high
    Mon 08:00 reply
    first_response met elapsed 0 stopped Mon 09:00
    remark a message is dated before the ticket was created

A ticket of the future has no clock yet, and that is said
    2106-02-07 06:28 created high
    as of Mon 12:00
    resolution n/a
    remark it is dated 2106-02-07T06:28:00Z, after the moment asked for

A few seconds backwards are put in order without a word
    Mon 09:00 created high
    Mon 10:00 waiting
    Mon 09:59:50 open
    as of Mon 11:00
    resolution running elapsed 2h paused 0

Imported: old dates, later in history, replayed as they were
    with since=later
    2026-11-16 09:00 created high
    2026-11-16 10:00 reply
    2026-11-17 12:00 resolved
    resolution n/a
    remark no policy was in force

A message mailed before a change and filed after it counts when it was written
    Mon 09:00 created high
    Mon 12:00 waiting
    Mon 10:30 reply
    first_response met elapsed 1h30m stopped Mon 10:30
    resolution paused elapsed 3h

It came finished, and nobody knows what went before
    Mon 09:00 created high resolved
    Mon 10:00 note
    first_response n/a
    resolution n/a
    remark what happened before is not known

Reopened, what came finished begins a cycle of which all is known
    Mon 09:00 created high closed
    Mon 12:00 open
    as of Mon 13:00
    resolution n/a
    resolution#2 running started Mon 12:00 elapsed 1h

Status there and back within a second is no pause
    Mon 09:00 created high
    Mon 10:00 waiting
    Mon 10:00 open
    as of Mon 11:00
    resolution running elapsed 2h paused 0
"""


def histories() -> list[tuple[str, str]]:
    text = "\n".join(
        (
            WORKED_EXAMPLE,
            RESPONSES,
            RESOLUTION,
            WAKING,
            REOPENING,
            PROMISES,
            CANCELLED,
            UPDATES,
            ASSIGNING,
            CLOCKS,
        )
    )
    blocks = re.split(r"\n(?=\S)", text)
    return [tuple(block.strip("\n").split("\n", 1)) for block in blocks if block.strip()]  # type: ignore[misc]


HISTORIES = histories()


@pytest.mark.parametrize("history", [text for _, text in HISTORIES], ids=[name for name, _ in HISTORIES])
def test_the_clocks_say_of(history: str) -> None:
    script = Script(history)
    assert script.checks
    for now, line in script.checks:
        check(script, now, line)


def test_a_reply_mailed_before_it_was_filed_with_the_resolution_promises_no_update() -> None:
    script = Script("with update=4h\nMon 09:00 created high\nMon 10:05 reply & resolved")
    script.messages = [replace(script.messages[0], at=script.instant("Mon 10:00"))]
    check(script, None, "first_response met elapsed 1h stopped Mon 10:00")
    check(script, None, "resolution met elapsed 1h5m")
    check(script, None, "update absent")


def test_a_ticket_that_has_not_begun_is_not_blamed_on_the_policies() -> None:
    script = Script("Tue 09:00 created high")
    (one,) = script.cycles(script.instant("Mon 09:00"))
    assert one.remarks == (
        "it is dated 2026-11-24T09:00:00Z, after the moment asked for; it does not count yet",
    )


def test_every_history_has_a_name_of_its_own() -> None:
    names = [name for name, _ in HISTORIES]
    assert len(set(names)) == len(names)
    assert len(names) > 100
