"""What the API names and this version does not do yet, said in one sentence each.

`tests/conformance` holds the list of names that answer so, with what they wait for; it may only
become shorter.
"""

from __future__ import annotations

from enum import StrEnum

from app.errors import NotSupportedError


class Later(StrEnum):
    """Abilities that are still to come, as the sentence that says so."""

    SNAPSHOTS = "There are no snapshots in this version yet."
    USB = "USB devices cannot be handed to machines in this version yet."
    SHARES = "Folders cannot be shared with machines in this version yet."
    CHANNELS = "There are no data channels in this version yet."
    FILE_REQUESTS = "Guests cannot ask for files in this version yet."
    BALLOON = "A guest's memory cannot be changed while it runs in this version yet."
    PROXY = "Guests cannot be told of this computer's proxy in this version yet."


_REMEDY = "Do without it for now; the list of changes tells when it comes."


def not_yet(ability: Later) -> NotSupportedError:
    """What to raise for a function that this version does not have."""
    return NotSupportedError(ability.value, remedy=_REMEDY)
