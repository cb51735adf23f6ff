"""The program of `lock_guest_app`, as its tests hold it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.exclusive.conftest import ROOT
from tests.helpers.waiting import eventually_sync

Report = dict[str, Any]


class Program:
    """The window in its own process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.exclusive.lock_guest_app"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ended = False

    def do(self, word: str) -> Report:
        """Say a word, get the report after it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def until(self, condition: Callable[[Report], object], what: str = "") -> Report:
        """Wait for a report that is so."""
        last: list[Report] = [{}]

        def is_so() -> bool:
            last[0] = self.do("report")
            assert condition(last[0]), last[0]
            return True

        eventually_sync(is_so, what=what)
        return last[0]

    def strokes(self) -> list[tuple[int, bool]]:
        """The key events that the guest was told."""
        return [(e[1], e[2]) for e in self.do("report")["events"] if e[0] == "key"]

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.wait(10)

    def end(self) -> int:
        """Close the window; returns the exit code."""
        if self._process.poll() is None and not self._ended:
            self.do("quit")
        self._ended = True
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        return self._process.wait(10)


@contextmanager
def program(**environment: str) -> Iterator[Program]:
    """Run it until the end of the block."""
    made = Program(environment)
    try:
        yield made
    finally:
        made.end()
