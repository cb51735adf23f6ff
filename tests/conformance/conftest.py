from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty library, made as whoever takes its lock makes it."""
    folder = tmp_path / "library"
    folder.mkdir(mode=0o700)
    return folder
