"""``completion``: the script by which a shell completes our words, and the answers to it.

Both are click's. Only in bash a word with blanks or signs has to be quoted before it is inserted,
which the other shells do themselves.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
)
from typing_extensions import override

from app.cli import COMPLETION_VARIABLE
from app.cli.exit_codes import ExitCode
from app.cli.output import Answer
from app.cli.verb import verb
from app.errors import ParamError

if TYPE_CHECKING:
    from app.cli.work import Work

_log = logging.getLogger(__name__)

PROGRAM = "duplex-vm"
SHELLS = ("bash", "zsh", "fish")
_SPECIAL = re.compile(r"[^\w@%+=:,./-]")


class QuotingBash(BashComplete):
    """Bash, with words that stay one word."""

    @override
    def source(self) -> str:
        """See `ShellComplete`; a script for another computer need not suit the bash of this one."""
        return ShellComplete.source(self)

    @override
    def format_completion(self, item: CompletionItem[Any]) -> str:
        """See `ShellComplete`."""
        quoted = _SPECIAL.sub(lambda sign: f"\\{sign[0]}", str(item.value))
        # The script takes it with a plain `read`, which eats one level of backslashes.
        return f"{item.type},{quoted}".replace("\\", "\\\\")


add_completion_class(QuotingBash, "bash")


@verb("completion")
@click.argument("shell", type=click.Choice(SHELLS))
async def completion(work: Work, shell: str) -> Answer:  # noqa: ARG001 - asks no manager
    """Print the script by which a shell completes our words. Machines are completed too."""
    made = get_completion_class(shell)
    if made is None:  # pragma: no cover - the choice above has click's own shells only
        raise ParamError(f"There is no completion for {shell}.")
    root = click.get_current_context().find_root().command
    script = made(root, {}, PROGRAM, COMPLETION_VARIABLE).source()
    return Answer(
        data={"shell": shell, "script": script}, show=lambda _: click.echo(script, nl=False)
    )


completion.epilog = """\
\b
Where it goes:
  bash  ~/.local/share/bash-completion/completions/duplex-vm
  zsh   _duplex-vm in a folder of your fpath
  fish  ~/.config/fish/completions/duplex-vm.fish
"""


def complete(commands: click.Group, instruction: str) -> int:
    """Answer a shell that asks; never raises, since nobody could read it at a prompt."""
    try:
        return shell_complete(commands, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    except Exception as err:  # noqa: BLE001 - see above
        _log.debug("nothing to complete: %r", err)
        return ExitCode.FAILED
