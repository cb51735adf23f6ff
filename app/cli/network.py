"""``proxy``: what a machine learns of this computer's network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.output import Answer, say
from app.cli.verb import NAME, verb, verbs
from app.cli.words import ON_OFF

if TYPE_CHECKING:
    from app.cli.work import Work

_SWITCH = click.argument("switch", type=ON_OFF)


@verb("sync", covers=["setProxyAutoSyncEnabled"])
@NAME
@_SWITCH
async def sync(work: Work, name: str, *, switch: str) -> Answer:
    """Let a machine follow this computer's proxy, or not."""
    enabled = switch == "on"
    await work.ask(lambda manager: manager.set_proxy_auto_sync_enabled(name, enabled=enabled))
    return _switched(switch)


@verb("share", covers=["setVmNetProxyShareEnabled"])
@NAME
@_SWITCH
async def share(work: Work, name: str, *, switch: str) -> Answer:
    """Hand this computer's proxy to a machine, or not."""
    enabled = switch == "on"
    await work.ask(lambda manager: manager.set_vm_net_proxy_share_enabled(name, enabled=enabled))
    return _switched(switch)


@verb("status", covers=["isVmNetProxyEnabled"])
@NAME
async def status(work: Work, name: str) -> Answer:
    """Tell whether a machine has this computer's proxy."""
    enabled = await work.ask(lambda manager: manager.is_vm_net_proxy_enabled(name))
    return _switched("on" if enabled else "off")


@verb("feature", covers=["isHostNetworkSyncFeatureEnabled"])
async def feature(work: Work) -> Answer:
    """Tell whether machines can follow this computer's settings."""
    enabled = await work.ask(lambda manager: manager.is_host_network_sync_feature_enabled())
    return _switched("on" if enabled else "off")


def _switched(switch: str) -> Answer:
    return Answer(data={"enabled": switch == "on"}, show=say(switch))


proxy = verbs(
    "proxy", sync, share, status, feature, about="Let machines use this computer's proxy."
)
