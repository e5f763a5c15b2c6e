"""Shell completion: the scripts, which are click's own, and the answers to them."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.main import COMPLETE_VAR
from gitdesk.cli.spec import OneOf, argument

TYPE_CHECKING = False
if TYPE_CHECKING:
    import click

    from gitdesk.cli.context import Context

SHELLS = ("bash", "zsh", "fish")


def answer(root: click.Command, instruction: str) -> int:
    """Answers a shell's question; 1 for a question that is none."""
    from click.shell_completion import shell_complete

    if instruction.startswith("bash"):
        from gitdesk.cli import bash_words  # noqa: F401  it tells click of itself
    return int(shell_complete(root, {}, "gitdesk", COMPLETE_VAR, instruction))


@spec.command("completion")
@argument("shell", type=OneOf("shell", *SHELLS), metavar="bash|zsh|fish")
def command(context: Context, shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash:  echo 'eval "$(gitdesk completion bash)"' >> ~/.bashrc
    zsh:   echo 'eval "$(gitdesk completion zsh)"' >> ~/.zshrc
    fish:  gitdesk completion fish > ~/.config/fish/completions/gitdesk.fish
    """
    import click
    from click.shell_completion import get_completion_class

    from gitdesk.cli import bash_words  # noqa: F401  it tells click of itself

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(click.Command("gitdesk"), {}, "gitdesk", COMPLETE_VAR).source()
    if shell == "fish":  # values and titles have commas of their own: only the first one ends the kind
        script = script.replace('string split ","', 'string split -m 1 ","')
    context.out.write(script)
