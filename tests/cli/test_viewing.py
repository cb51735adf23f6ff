"""``viewer``: which place, which title, and what is refused before any window opens."""

from __future__ import annotations

import pytest

from app.cli.exit_codes import ExitCode
from app.cli.main import run_command_line
from app.cli.outside import Outside
from app.errors import ConnectionLostError
from app.vm.display.places import Place, QmpPlace, VncPlace


class Opened:
    """Stands for the window."""

    def __init__(self) -> None:
        self.wishes: list[tuple[Place, str, bool]] = []

    def __call__(self, place: Place, title: str, fullscreen: bool) -> int:
        self.wishes.append((place, title, fullscreen))
        return 0

    def run(self, *arguments: str) -> int:
        return run_command_line(["viewer", *arguments], Outside(open_viewer=self))


def test_the_place_is_the_title_where_none_is_given() -> None:
    opened = Opened()
    assert opened.run("--vnc", "localhost:1") == 0
    assert opened.run("--qmp", "/run/q", "--title", "Lab", "--fullscreen") == 0
    assert opened.wishes == [
        (VncPlace(host="localhost", port=5901), "localhost:5901", False),
        (QmpPlace("/run/q"), "Lab", True),
    ]


@pytest.mark.parametrize("arguments", [(), ("--vnc", "a", "--qmp", "b"), ("--vnc", "a:b")])
def test_no_place_two_places_and_nonsense_are_refused(arguments, capsys) -> None:
    opened = Opened()
    assert opened.run(*arguments) == ExitCode.USAGE
    assert not opened.wishes
    assert "--vnc" in capsys.readouterr().err or arguments == ("--vnc", "a:b")


def test_what_the_window_cannot_do_is_the_commands_exit_code(capsys) -> None:
    def nobody(_place: Place, _title: str, _fullscreen: bool) -> int:
        raise ConnectionLostError("There is nobody.")

    given = Outside(open_viewer=nobody)
    assert run_command_line(["viewer", "--vnc", "a"], given) == ExitCode.CONNECTION
    assert "There is nobody." in capsys.readouterr().err
    assert run_command_line(["viewer", "--vnc", "a"]) == ExitCode.HOST
