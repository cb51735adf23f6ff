"""The group of all commands, and the one place where what goes wrong becomes an exit code."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from app import __version__
from app.cli import checkup, creating, machines, showing
from app.cli.exit_codes import ExitCode, exit_code_of, table
from app.cli.output import print_error, survive_any_text
from app.cli.verb import CommandFailedError
from app.errors import AppError, ParamError

if TYPE_CHECKING:
    from app.cli.work import OpenManager

_EPILOG = f"""\
A name that begins with a dash stands behind “--”: duplex-vm start -- -name

\b
Exit codes:
{table()}
"""


@click.group(name="duplex-vm", epilog=_EPILOG)
@click.version_option(__version__, prog_name="duplex-vm")
@click.option("--verbose", is_flag=True, help="Tell on standard error what is going on.")
def commands(*, verbose: bool) -> None:
    """Install a second system from an ISO file and use it in a window of its own.

    Without a command, the window opens. The commands talk to the window when it is open.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )


for command in (
    creating.create,
    machines.list_,
    machines.status,
    machines.start,
    machines.stop,
    machines.kill,
    machines.pause,
    machines.resume,
    machines.delete,
    machines.undelete,
    machines.rename,
    machines.insert,
    machines.eject,
    machines.screenshot,
    showing.show,
    checkup.doctor,
):
    commands.add_command(command)


def run_command_line(argv: Sequence[str], open_manager: OpenManager | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: what stands behind the program's name.
        open_manager: gives the manager, for tests.
    """
    survive_any_text(sys.stdout, sys.stderr)
    as_json = "--json" in _before_double_dash(argv)
    try:
        code = commands.main(
            list(argv), prog_name="duplex-vm", standalone_mode=False, obj=open_manager
        )
        sys.stdout.flush()
    except CommandFailedError as err:
        print_error(err.error, as_json=as_json, more=err.more)
        return exit_code_of(err.error)
    except AppError as err:
        print_error(err, as_json=as_json, more={})
        return exit_code_of(err)
    except click.ClickException as err:
        if as_json:
            print_error(ParamError(err.format_message()), as_json=True, more={})
        else:
            err.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _forget_standard_output()
        return ExitCode.FAILED
    return code if isinstance(code, int) else ExitCode.OK


def _before_double_dash(argv: Sequence[str]) -> Sequence[str]:
    return argv[: argv.index("--")] if "--" in argv else argv


def _forget_standard_output() -> None:
    """Whoever read it has gone; the interpreter must not fail again when it flushes at its end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
