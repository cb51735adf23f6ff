"""The group of all commands, and the one place where what goes wrong becomes an exit code."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click
from typing_extensions import override

from app import __version__
from app.cli import (
    COMPLETION_VARIABLE,
    checkup,
    completion,
    creating,
    devices,
    disks,
    host,
    machines,
    manager,
    network,
    recovery,
    rules,
    serving,
    showing,
    snapshots,
    tasks,
    trash,
    viewing,
    views,
    watching,
)
from app.cli.exit_codes import ExitCode, exit_code_of, table
from app.cli.long_work import WorkInterruptedError
from app.cli.output import print_error, say_aside, survive_any_text
from app.cli.outside import Outside
from app.cli.streams import (
    can_be_written,
    is_about_output,
    open_missing_streams,
    write_to_nowhere,
)
from app.cli.verb import CommandFailedError
from app.errors import AppError, ParamError

_EPILOG = f"""\
A name that begins with a dash stands behind “--”: duplex-vm start -- -name

\b
Exit codes:
{table()}
"""


SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "Machines": (
        creating.create,
        machines.list_,
        machines.status,
        machines.start,
        machines.stop,
        machines.kill,
        machines.pause,
        machines.resume,
        machines.rename,
        machines.duplicate,
        machines.delete,
        machines.undelete,
        trash.trash,
    ),
    "Discs, disks and snapshots": (
        machines.insert,
        machines.eject,
        disks.disk,
        disks.import_short,
        disks.export,
        snapshots.snapshot,
        recovery.recover,
        tasks.tasks,
    ),
    "Pictures and windows": (
        showing.show,
        views.show_window,
        machines.screenshot,
        views.view,
        viewing.viewer,
    ),
    "What a machine gets of this computer": (
        devices.usb,
        devices.share,
        devices.channel,
        devices.balloon,
        network.proxy,
    ),
    "What you allow": (
        rules.mode,
        rules.posture,
        rules.permission,
        rules.grant,
    ),
    "This computer and the manager": (
        checkup.doctor,
        host.capability,
        host.limits,
        host.host_id,
        watching.events,
        serving.serve,
        manager.ping,
        manager.hand_over,
        manager.api,
        completion.completion,
    ),
}
"""All commands by subject, in the order of the help and of the manual page."""


class Program(click.Group):
    """The group of all commands, which its help shows by subject."""

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """See `click.Group`."""
        width = max(len(name) for name in self.commands)
        limit = formatter.width - 6 - width
        for title, members in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [
                        (f"{member.name:{width}}", member.get_short_help_str(limit))
                        for member in members
                    ]
                )


@click.group(name="duplex-vm", cls=Program, epilog=_EPILOG)
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


for _members in SECTIONS.values():
    for _member in _members:
        commands.add_command(_member)


def run_command_line(argv: Sequence[str], given: Outside | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: what stands behind the program's name.
        given: what the program, or a test, lends it.
    """
    open_missing_streams()
    survive_any_text(sys.stdout, sys.stderr)
    try:
        code = _complete_or_run(argv, given or Outside())
        sys.stdout.flush()
    except BrokenPipeError:  # Whoever read it has gone.
        code = ExitCode.FAILED
    except OSError as err:
        if not is_about_output(err):
            raise
        say_aside(f"The output cannot be written: {err.strerror or err}.")
        code = ExitCode.FAILED
    for stream in (sys.stdout, sys.stderr):
        if not can_be_written(stream):
            write_to_nowhere(stream)
    return code


def _complete_or_run(argv: Sequence[str], given: Outside) -> int:
    if COMPLETION_VARIABLE in os.environ:
        return completion.complete(commands, os.environ[COMPLETION_VARIABLE])
    return _run(argv, given)


def _run(argv: Sequence[str], given: Outside) -> int:
    as_json = "--json" in _before_double_dash(argv)
    try:
        code = commands.main(list(argv), prog_name="duplex-vm", standalone_mode=False, obj=given)
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
            with suppress(OSError):  # The exit code has to do.
                err.show()
        return ExitCode.USAGE
    except WorkInterruptedError as err:
        say_aside(str(err))
        return ExitCode.INTERRUPTED
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return code if isinstance(code, int) else ExitCode.OK


def _before_double_dash(argv: Sequence[str]) -> Sequence[str]:
    return argv[: argv.index("--")] if "--" in argv else argv
