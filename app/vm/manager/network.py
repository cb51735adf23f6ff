"""The guest and this computer's network: `NetworkApi`, which is not built yet."""

from __future__ import annotations

from typing_extensions import override

from app.vm.api.network import NetworkApi
from app.vm.manager.core import ManagerCore
from app.vm.manager.not_yet import Later, not_yet


class Network(ManagerCore, NetworkApi):
    """Functions of `NetworkApi`."""

    @override
    async def set_proxy_auto_sync_enabled(self, vm_name: str, *, enabled: bool) -> None:
        self._machine(vm_name)
        raise not_yet(Later.PROXY)

    @override
    async def set_vm_net_proxy_share_enabled(self, vm_name: str, *, enabled: bool) -> None:
        self._machine(vm_name)
        raise not_yet(Later.PROXY)

    @override
    async def is_vm_net_proxy_enabled(self, vm_name: str) -> bool:
        self._machine(vm_name)
        raise not_yet(Later.PROXY)

    @override
    async def is_host_network_sync_feature_enabled(self) -> bool:
        raise not_yet(Later.PROXY)
