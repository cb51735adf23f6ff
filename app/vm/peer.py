"""Who is asking: the client on whose behalf the present call runs.

A client of the wire service may introduce itself with a name and with what it wants permissions
for. Both are its own words, shown to the person as such; nothing is decided by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from app.errors import ParamError
from app.vm.consent import MAX_CLIENT_CHARACTERS, MAX_REASON_CHARACTERS, Permission
from app.vm.wire_fields import Fields
from app.vm.wire_types import read_value

MOST_PERMISSIONS = 16


@dataclass(frozen=True, slots=True)
class Peer:
    """A client's own words about itself.

    Attributes:
        name: what it calls itself, empty when it did not say.
        reasons: why it wants which permission.
    """

    name: str = ""
    reasons: Mapping[Permission, str] = field(default_factory=lambda: MappingProxyType({}))

    def reason_for(self, permission: Permission) -> str:
        """Why it wants a permission, in its own words; empty when it did not say."""
        return self.reasons.get(permission, "")


_NAMELESS = Peer()
_present: ContextVar[Peer] = ContextVar("peer", default=_NAMELESS)


def present_peer() -> Peer:
    """The client of the present call; a nameless one for calls inside the manager's process."""
    return _present.get()


@contextmanager
def on_behalf_of(peer: Peer) -> Iterator[None]:
    """Calls inside the block are the client's."""
    token = _present.set(peer)
    try:
        yield
    finally:
        _present.reset(token)


def peer_to_wire(peer: Peer) -> dict[str, Any]:
    """What `introduce` says."""
    wishes = [{"name": str(kind), "reason": reason} for kind, reason in peer.reasons.items()]
    return {"clientName": peer.name, "permissions": wishes}


def peer_from_wire(fields: Fields) -> Peer:
    """Read what `introduce` says.

    Raises:
        ParamError: a name or a reason that cannot be shown, or too many.
    """
    name = _shown(fields, "clientName", MAX_CLIENT_CHARACTERS)
    wanted = fields.items("permissions") if fields.has("permissions") else []
    fields.finish()
    if len(wanted) > MOST_PERMISSIONS:
        raise ParamError(f"More than {MOST_PERMISSIONS} permissions cannot be announced.")
    wishes = (fields.single("permissions", item).record("permissions") for item in wanted)
    return Peer(name, MappingProxyType(dict(_wish(wish) for wish in wishes)))


def _wish(fields: Fields) -> tuple[Permission, str]:
    permission = read_value(fields, "name", Permission)
    reason = _shown(fields, "reason", MAX_REASON_CHARACTERS) if fields.has("reason") else ""
    fields.finish()
    return permission, reason


def _shown(fields: Fields, name: str, longest: int) -> str:
    text = fields.text(name)
    if len(text) > longest or not text.isprintable():
        raise fields.wrong(name, f"at most {longest} printable characters")
    return text.strip()
