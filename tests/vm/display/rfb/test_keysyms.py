"""Symbols of keys for servers that know no physical ones."""

from __future__ import annotations

from app.vm.display.keymap import Key
from app.vm.display.rfb.keysyms import symbol_of


def test_every_key_of_a_us_keyboard_has_a_symbol_of_its_own() -> None:
    numbers = [*range(0x01, 0x59), *Key]
    symbols = {number: symbol_of(number) for number in numbers if symbol_of(number)}
    assert len(set(symbols.values())) == len(symbols)
    assert [symbol_of(number) for number in (0x02, 0x0B, 0x0D, 0x28, 0x35, 0x39, 0x52)] == [
        ord("1"), ord("0"), ord("="), ord("'"), ord("/"), ord(" "), 0xFFB0,
    ]  # fmt: skip
    assert set(range(0x01, 0x59)) - set(symbols) == {0x54 + 1}  # evdev has no 85 there
