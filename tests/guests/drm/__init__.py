"""A Linux guest that draws through virtio-gpu, for benches. See README.md."""

from __future__ import annotations

from tests.guests.drm.disc import COLOURS, build_drm_disc
from tests.guests.drm.packages import NotPossibleError

__all__ = ["COLOURS", "NotPossibleError", "build_drm_disc"]
