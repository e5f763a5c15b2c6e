"""`gitdesk tag`: adds and removes tags."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Selection, Writing, bulk_words, change_options, format_options
from gitdesk.errors import UsageError


@spec.command("tag", minus_words=True)
@format_options()
@change_options
@bulk_words("signed")
def command(context: Context, selection: Selection, writing: Writing) -> None:
    """Add tags with +NAME and remove them with -NAME.

    \b
      gitdesk tag 7k3 +login -vip
      gitdesk tag --query 'text:invoice' +billing
    """
    from gitdesk.desk import Step, words
    from gitdesk.domain.edit import Tag

    signed = [word for word in selection.words if word[:1] in "+-" and len(word) > 1]
    ids = [word for word in selection.words if word not in signed]
    if not signed:
        raise UsageError("no tag named", hint="gitdesk tag ID… +add -remove")
    config = context.desk.config
    add = tuple(words.tag(config, word[1:]) for word in signed if word[0] == "+")
    remove = tuple(word[1:] for word in signed if word[0] == "-")
    both = {name.casefold() for name in add} & {name.casefold() for name in remove}
    if both:
        raise UsageError(f'tag "{both.pop()}" is both added and removed')
    for name in remove:
        words.removable_tag(config, name, lambda: context.desk.index.values("tag"))
    steps = [Step(ticket_id=one, edit=Tag(add=add, remove=remove)) for one in selection.ids(context, ids)]
    result = outcome.change(context, steps, writing.why(context), writing)
    outcome.report(context, result, dry_run=writing.dry_run)
