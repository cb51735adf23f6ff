"""Builds the disc: `python -m tests.guests.drm OUT.iso`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.guests.drm import build_drm_disc

print(build_drm_disc(Path(sys.argv[1])))
