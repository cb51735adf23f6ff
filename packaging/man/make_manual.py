"""Writes the manual page of ``duplex-vm`` from the commands themselves.

    python packaging/man/make_manual.py            prints it
    python packaging/man/make_manual.py FILE       writes it

The page is plain man(7), in ASCII: any formatter shows it, in any locale.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from app import __version__
from app.cli.exit_codes import MEANINGS
from app.cli.leaving import IDLE_EXIT_S, IDLE_EXIT_VARIABLE
from app.cli.main import SECTIONS, commands

PROGRAM = "duplex-vm"
_SIGNS = {
    "“": r"\(lq",
    "”": r"\(rq",
    "…": "...",
    "→": r"\(->",
    "—": r"\(em",
}
_OF_EVERY_COMMAND = frozenset({"--help", "--json"})


def manual() -> str:
    """The whole page."""
    lines = [
        f'.TH {PROGRAM.upper()} 1 "" "Duplex VM {__version__}" "User Commands"',
        ".nh",
        *_section("NAME", [f"{_roff(PROGRAM)} \\- install a second system and use it in a window"]),
        *_section("SYNOPSIS", list(_synopsis())),
        *_section("DESCRIPTION", list(_description())),
        *_section("OPTIONS", list(_options(commands))),
    ]
    for title, members in SECTIONS.items():
        lines += _section(title.upper(), list(_members(members, PROGRAM)))
    lines += _section("EXIT STATUS", list(_exit_codes()))
    lines += _section("ENVIRONMENT", list(_environment()))
    lines += _section("FILES", list(_files()))
    lines += _section("EXAMPLES", list(_examples()))
    return "\n".join(lines) + "\n"


def _section(title: str, lines: list[str]) -> list[str]:
    return [f'.SH "{_roff(title)}"', *lines]


def _synopsis() -> Iterator[str]:
    yield f".B {_roff(PROGRAM)}"
    yield ".br"
    yield f".B {_roff(PROGRAM)} {_roff('--show')}"
    yield ".I NAME"
    yield ".br"
    yield f".B {_roff(PROGRAM)}"
    yield ".I FILE.iso"
    yield ".br"
    yield f".B {_roff(PROGRAM)}"
    yield ".I COMMAND"
    yield "[OPTIONS] [ARGUMENTS]"


def _description() -> Iterator[str]:
    yield from _paragraphs(commands.help or "")
    yield ".PP"
    yield _roff(
        "With --show the window of one machine opens, with an ISO file the window and a new "
        "machine from that disc."
    )
    yield ".PP"
    yield _roff(
        "A name that begins with a dash stands behind --. What is typed as a path is opened to "
        "machines by that, except what never is: keys, other people's homes, the system's folders."
    )
    yield ".PP"
    yield _roff(
        "Every command takes --help, and --json: it then answers with one JSON object on standard "
        "output, its result under a name of its own, such as vm or vms, or {“error”: {“code”, "
        "“message”, “remedy”, “detail”}}. “events” and “serve” write one object a line."
    )


def _members(members: tuple[click.Command, ...], before: str) -> Iterator[str]:
    for member in members:
        words = f"{before} {member.name}"
        if isinstance(member, click.Group):
            yield from _group(member, words)
        else:
            yield from _command(member, words)


def _group(group: click.Group, words: str) -> Iterator[str]:
    yield f'.SS "{_roff(words)}"'
    yield from _paragraphs(group.help or "")
    usual = getattr(group, "usual", "")
    if usual:
        yield f"Without a word, {_roff(usual)} is meant."
    for member in group.commands.values():
        yield from _command(member, f"{words} {member.name}", heading=".TP")


def _command(command: click.Command, words: str, *, heading: str = ".SS") -> Iterator[str]:
    arguments = " ".join(
        argument.make_metavar(click.Context(command))
        for argument in command.params
        if isinstance(argument, click.Argument)
    )
    title = _roff(f"{words} {arguments}".strip())
    if heading == ".TP":
        yield from (".TP", f".B {title}")
    else:
        yield f'.SS "{title}"'
    yield from _paragraphs(command.help or "", in_list=heading == ".TP")
    options = list(_options(command))
    if options:
        yield from (".RS", *options, ".RE")
    if command.epilog:
        yield from (".PP", *_paragraphs(command.epilog))


def _options(command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=command.name)
    for option in command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None and _OF_EVERY_COMMAND.isdisjoint(option.opts):
            yield from (".TP", f".B {_roff(record[0])}", _roff(record[1]))


def _paragraphs(text: str, *, in_list: bool = False) -> Iterator[str]:
    first = True
    for block in re.split(r"\n\s*\n", text.strip()):
        verbatim = block.startswith("\b")
        lines = [line.strip() for line in block.removeprefix("\b").strip("\n").splitlines()]
        if not first:
            yield ".IP" if in_list else ".PP"
        first = False
        if verbatim:
            yield from (".nf", *(_roff(line) for line in lines), ".fi")
        else:
            yield _roff(" ".join(lines))


def _exit_codes() -> Iterator[str]:
    for code, meaning in MEANINGS.items():
        yield from (".TP", f".B {code.value}", _roff(meaning))


def _environment() -> Iterator[str]:
    told = {
        IDLE_EXIT_VARIABLE: (
            "A command that starts or resumes a machine while nobody manages them leaves “serve” "
            "behind, so that PC mode, posture and permissions are kept. It ends when for so many "
            f"seconds no machine has run and nobody was connected; {IDLE_EXIT_S:g} without this."
        ),
        "XDG_DATA_HOME": "The machines are in the folder duplex-vm in it.",
        "XDG_RUNTIME_DIR": "The sockets are in the folder duplex-vm in it.",
        "XDG_STATE_HOME": "The logs are in the folder duplex-vm in it.",
        "NO_COLOR": "No colours.",
    }
    for name, text in told.items():
        yield from (".TP", f".B {_roff(name)}", _roff(text))


def _files() -> Iterator[str]:
    told = {
        "~/.local/share/duplex-vm/machines/": "A folder for each machine.",
        "~/.local/share/duplex-vm/trash/": "Deleted machines; “undelete” takes them back.",
        "~/.local/state/duplex-vm/": "Logs: duplex-vm.log of the window, serve.log of “serve”.",
    }
    for name, text in told.items():
        yield from (".TP", f".I {_roff(name)}", _roff(text))


def _examples() -> Iterator[str]:
    yield ".nf"
    yield from map(
        _roff,
        (
            "duplex-vm create demo --iso ~/Downloads/system.iso --start",
            "duplex-vm show demo",
            "duplex-vm stop demo",
            "duplex-vm list --json",
            "duplex-vm events --event vmStateChange --json",
            "duplex-vm permission set demo clipboard-read always",
            "duplex-vm completion bash > ~/.local/share/bash-completion/completions/duplex-vm",
        ),
    )
    yield ".fi"


def _roff(text: str) -> str:
    """Text that a formatter shows as it is: its own signs escaped, everything in ASCII."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    for sign, name in _SIGNS.items():
        escaped = escaped.replace(sign, name)
    escaped = "".join(c if c.isascii() else rf"\[u{ord(c):04X}]" for c in escaped)
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


def main(arguments: list[str]) -> None:
    """Print the page, or write it to the file that is named."""
    if arguments:
        Path(arguments[0]).write_text(manual(), encoding="ascii")
    else:
        print(manual(), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
