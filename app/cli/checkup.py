"""``doctor``: the checkup."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli.exit_codes import ExitCode
from app.cli.output import Answer, harmless
from app.cli.verb import verb

if TYPE_CHECKING:
    from rich.console import Console

    from app.cli.work import Work
    from app.vm.doctor import Finding

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "blocking": ("✗", "red")}


@verb("doctor")
@click.option("--strict", is_flag=True, help="Warnings count: exit code 1.")
async def doctor(work: Work, *, strict: bool) -> Answer:  # noqa: ARG001 - asks no manager
    """Check whether everything is here that machines need.

    The exit code is 0 when nothing is in the way, 2 when something is, and with --strict 1 when
    there are warnings.
    """
    from app.vm.doctor import Level, examine, worst  # noqa: PLC0415 - not for --help

    findings = await examine()
    level = worst(findings)
    code = ExitCode.OK
    if level is Level.BLOCKING:
        code = ExitCode.USAGE
    elif level is Level.WARNING and strict:
        code = ExitCode.FAILED
    return Answer(
        data={"level": level.value, "findings": [asdict(finding) for finding in findings]},
        show=lambda console: _show(console, findings),
        exit_code=code,
    )


def _show(console: Console, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        sign, colour = _SIGNS[finding.level.value]
        console.print(f"{sign} ", style=colour, end="")
        console.print(harmless(finding.message))
        if finding.remedy:
            console.print(f"  → {harmless(finding.remedy)}")
