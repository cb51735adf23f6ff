"""Builds the set-up disc from the command line: `python -m tests.guests.tiny OUT.iso`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from tests.guests.tiny.disc import AfterInstall, TinyOptions, VideoMode, build_tiny_disc


def main(words: Sequence[str] | None = None) -> int:
    """Build the disc that the arguments describe; 0, or 1 when it cannot be built."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.guests.tiny",
        description="Build the disc of TinyOS, a system that installs itself in half a second.",
    )
    parser.add_argument("out", type=Path, metavar="OUT.iso")
    parser.add_argument("--after", choices=get_args(AfterInstall), default="restart")
    parser.add_argument("--wait-for-key", action="store_true", help="begin when a key is pressed")
    parser.add_argument("--key-timeout", type=int, default=0, metavar="SECONDS")
    parser.add_argument("--fill", type=int, default=0, metavar="MIB", help="data to write as well")
    parser.add_argument("--seed", type=lambda text: int(text, 0), default=TinyOptions().fill_seed)
    parser.add_argument("--ignore-power-button", action="store_true")
    parser.add_argument("--no-tick", action="store_true", help="do not count seconds")
    parser.add_argument("--mode", choices=get_args(VideoMode), default="text")
    parser.add_argument("--no-letters", action="store_true", help="letters are no commands")
    parser.add_argument("--volume-id", default=TinyOptions().volume_id)
    asked = parser.parse_args(words)
    try:
        options = TinyOptions(
            after_install=asked.after,
            wait_for_key=asked.wait_for_key,
            key_timeout_s=asked.key_timeout,
            fill_mib=asked.fill,
            fill_seed=asked.seed,
            ignore_power_button=asked.ignore_power_button,
            tick=not asked.no_tick,
            first_video_mode=asked.mode,
            letter_commands=not asked.no_letters,
            volume_id=asked.volume_id,
        )
        build_tiny_disc(asked.out, options)
    except ValueError as err:
        parser.error(str(err))
    except OSError as err:
        print(f"cannot build the disc: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
