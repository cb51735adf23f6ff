"""What the guest learns of this computer's network."""

from __future__ import annotations

from typing import Protocol


class NetworkApi(Protocol):
    """Network and proxy."""

    async def set_proxy_auto_sync_enabled(self, vm_name: str, *, enabled: bool) -> None:
        """Let the guest follow this computer's proxy.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def set_vm_net_proxy_share_enabled(self, vm_name: str, *, enabled: bool) -> None:
        """Hand this computer's proxy to the guest.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def is_vm_net_proxy_enabled(self, vm_name: str) -> bool:
        """Whether the guest has this computer's proxy.

        Raises:
            UnknownVmError: there is none of that name.
            NotSupportedError: not built yet.
        """

    async def is_host_network_sync_feature_enabled(self) -> bool:
        """Whether guests can follow this computer's network settings at all.

        Raises:
            NotSupportedError: not built yet.
        """
