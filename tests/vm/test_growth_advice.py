"""After a growth a person is told what is left to do inside, in words that fit the system."""

from __future__ import annotations

import re

import pytest

from app.vm.growth_advice import growth_advice
from app.vm.media.systems import Family, load_catalogue
from app.vm.model import DiskBus


def every_system() -> list[str]:
    return [system.id for system in load_catalogue().systems.values()]


def test_every_system_gets_at_least_one_step_in_whole_sentences() -> None:
    for system in every_system():
        advice = growth_advice(system)
        assert len(advice) >= 2, system
        for text in advice:
            assert text[0].isupper(), text
            assert text.endswith("."), text
            assert not re.search(r"[{}]", text), text
        assert len(set(advice)) == len(advice)


def test_the_commands_name_the_disk_as_the_guest_does() -> None:
    for system in load_catalogue().systems.values():
        if system.family is Family.LINUX:
            name = "vd" if system.profile.disk_bus is DiskBus.VIRTIO else "sd"
            assert f"growpart /dev/{name}a 2" in " ".join(growth_advice(system.id))
            assert f"growpart /dev/{name}c 2" in " ".join(growth_advice(system.id, 2))


@pytest.mark.parametrize(
    ("system", "words"),
    [
        ("ubuntu-server", ["growpart", "resize2fs", "lvextend"]),
        ("rhel", ["growpart", "xfs_growfs", "lvextend"]),
        ("opensuse-leap", ["growpart", "btrfs filesystem resize max"]),
        ("windows-11", ["diskmgmt.msc", "Extend Volume"]),
        ("windows-7", ["diskmgmt.msc", "Extend Volume"]),
        ("windows-xp", ["another disk"]),
        ("freebsd", ["gpart resize -i 3 vtbd0", "growfs /", "zpool online -e zroot vtbd0p3"]),
        ("openbsd", ["partition editor"]),
        ("unknown", ["partition editor"]),
        ("a system of a later version", ["partition editor"]),
    ],
)
def test_each_family_has_its_own_words(system: str, words: list[str]) -> None:
    text = " ".join(growth_advice(system))
    for word in words:
        assert word in text
    others = {"growpart", "diskmgmt.msc", "gpart resize"} - {w.split(" -i")[0] for w in words}
    assert not [other for other in others if other in text]
