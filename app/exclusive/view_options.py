"""What a person chose for the machines' windows."""

from __future__ import annotations

from dataclasses import dataclass

from app.exclusive.keys import RELEASE_KEYS, ReleaseKey
from app.exclusive.overlay import DARK, OverlayColors
from app.vm.display.chord import CTRL_ALT, Chord
from app.vm.display.key_groups import USUALLY_KEPT, KeyGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOptions:
    """The person's choices for these windows.

    Attributes:
        colors: of everything that floats over the picture.
        release_key: gives keyboard and pointer back.
        release_chord: does so, too.
        top_edge_delay_ms: how long the pointer is held on the top edge to open the bar.
        reduce_motion: nothing slides or turns.
        kept: keys that stay with this computer.
    """

    colors: OverlayColors = DARK
    release_key: ReleaseKey = RELEASE_KEYS["right_ctrl"]
    release_chord: Chord = CTRL_ALT
    top_edge_delay_ms: int = 250
    reduce_motion: bool = False
    kept: frozenset[KeyGroup] = USUALLY_KEPT
