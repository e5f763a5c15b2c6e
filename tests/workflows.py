"""A workflow with a status of each category, for desks that tests make up as text."""

WORKFLOW = """\
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: waiting, category: waiting}
    - {name: snoozed, category: snoozed}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
    - {name: spam, category: cancelled}
    - {name: merged, category: cancelled}
  merged: merged
priorities: [low, normal, high]
types: [question, incident]
tags: {open: true}
"""
