"""The Qt that is installed keeps Python's constants alive (see the pins in pyproject.toml)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

COUNTER = Path(__file__).with_name("count_references.py")


def test_fifty_thousand_calls_of_qt_lose_no_reference_to_a_constant() -> None:
    run = subprocess.run(
        [sys.executable, COUNTER],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["losses"] == {}
    assert result["calls"] >= 50_000
