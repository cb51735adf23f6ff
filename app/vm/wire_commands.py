"""The commands of the wire service: names and arguments in, calls to the manager, results out.

Every function of `app.vm.api` is a command; `app.vm.functions` reads its arguments and writes its
result. What belongs to a connection (`on`, `off`, `introduce`, `qmp_capabilities`) is in
`app.vm.wire_connection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.vm.api import ManagerApi
from app.vm.functions import functions
from app.vm.off_loop import ask
from app.vm.wire_fields import Fields

CONNECTION_COMMANDS = ("qmp_capabilities", "on", "off", "introduce")
"""What a connection does by itself."""
QUERY_COMMANDS = ("queryCommands", "query-commands")
"""The second is QMP's spelling: its shells complete names by it."""
HAND_OVER = "handOver"
"""After it nothing is begun any more."""
LONG_COMMANDS = frozenset(
    {
        "importVmDiskImage",
        "exportVmDiskImage",
        "duplicateVm",
        "compactVmDisk",
        "setVmDiskSize",
        "expandCapacity",
        "recoverUserData",
        "copyUserFiles",
    }
)
"""Long work: it leaves nothing behind when it is cancelled, as it is when who waits for it goes."""


def is_command(name: str) -> bool:
    """Whether `run_command` knows it."""
    return name in QUERY_COMMANDS or name in functions()


async def run_command(manager: ManagerApi, name: str, arguments: Mapping[str, Any]) -> object:
    """Run the command of that name, see `is_command`, and return what goes out.

    Raises:
        AppError: whatever the manager raises, and ParamError for wrong arguments.
    """
    if name in QUERY_COMMANDS:
        Fields(arguments).finish()
        return [{"name": known} for known in (*CONNECTION_COMMANDS, *functions(), *QUERY_COMMANDS)]
    function = functions()[name]
    if named := function.paths_in(arguments):
        values = await ask(named[0], function.read_arguments, arguments)
    else:
        values = function.read_arguments(arguments)
    return function.write_result(await getattr(manager, function.method)(**values))
