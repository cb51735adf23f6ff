"""Texts that name a path: the document's prefixes, URLs, and what is no path at all."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Code, PathError
from app.vm.document_paths import PREFIXES, shown, translate
from app.vm.user_folders import UserFolders

HOME = Path("/home/ann")
FOLDERS = UserFolders(
    home=HOME,
    desktop=HOME / "Schreibtisch",
    documents=HOME / "Dokumente",
    downloads=Path("/data/Downloads"),
    others=(),
    media=(Path("/none/run/media/ann"), Path("/none/media/ann")),
    drives=Path("/none/media"),
    config_home=HOME / ".config",
    data_home=HOME / ".local/share",
    cache_home=HOME / ".cache",
    state_home=HOME / ".local/state",
)
SHARE = "/home/ann/Dokumente/Duplex VM"
STICK = "/none/run/media/ann"


def translated(text: str, *real: str) -> str:
    """Where `text` leads on a computer that has the folders `real`."""
    return str(translate(text, FOLDERS, is_folder=lambda folder: str(folder) in real))


TRANSLATED = {
    # The document's prefixes, each.
    "file://docs/storage/Users/currentUser/a/b.iso": "/home/ann/a/b.iso",
    "file://docs/storage/Users/currentUser/.VMDocs/.hwf_share/b.iso": f"{SHARE}/b.iso",
    "file://docs/storage/External/STICK/b.iso": f"{STICK}/STICK/b.iso",
    "/docs/storage/Users/currentUser/a/b.iso": "/home/ann/a/b.iso",
    "/docs/storage/Users/currentUser/.VMDocs/.hwf_share/b.iso": f"{SHARE}/b.iso",
    "/hmdfs/account/files/Docs/b.iso": "/home/ann/b.iso",
    "/local/files/Docs/b.iso": "/home/ann/b.iso",
    "/mnt/data/external/STICK/b.iso": f"{STICK}/STICK/b.iso",
    # With or without the last slash, and with slashes that say nothing.
    "/docs/storage/Users/currentUser": "/home/ann",
    "/docs/storage/Users/currentUser/.VMDocs/.hwf_share": SHARE,
    "/docs/storage//Users/./currentUser/.VMDocs//.hwf_share/./x": f"{SHARE}/x",
    "file://docs/storage/External": STICK,
    # The longest prefix wins; a part of one is none.
    "/docs/storage/Users/currentUser/.VMDocs/x": "/home/ann/.VMDocs/x",
    "/docs/storage/Users/currentUser/.VMDocs/.hwf_shareX/x": "/home/ann/.VMDocs/.hwf_shareX/x",
    "/docs/storage/Users/currentUserX/b.iso": "/docs/storage/Users/currentUserX/b.iso",
    "/docs/storage/Users/CurrentUser/b.iso": "/docs/storage/Users/CurrentUser/b.iso",
    # HarmonyOS's three folders are the person's.
    "/docs/storage/Users/currentUser/Desktop/x": "/home/ann/Schreibtisch/x",
    "file://docs/storage/Users/currentUser/Documents/x": "/home/ann/Dokumente/x",
    "/hmdfs/account/files/Docs/Download/x": "/data/Downloads/x",
    "/local/files/Docs/Download": "/data/Downloads",
    "/local/files/Docs/Downloads/x": "/home/ann/Downloads/x",
    "/local/files/Docs/a/Download/x": "/home/ann/a/Download/x",
    "/mnt/data/external/Download/x": f"{STICK}/Download/x",
    # URLs of this computer.
    "file:///home/ann/b%20c.iso": "/home/ann/b c.iso",
    "FILE://LOCALHOST/home/ann/b.iso": "/home/ann/b.iso",
    "file:/home/ann/b.iso": "/home/ann/b.iso",
    "file:///home/ann/%E4%B8%AD.iso": "/home/ann/中.iso",
    "file:///home/ann/中.iso": "/home/ann/中.iso",
    "file:///docs/storage/Users/currentUser/b.iso": "/home/ann/b.iso",
    "file://docs/storage/Users/currentUser/%2EVMDocs/.hwf%5Fshare/b.iso": f"{SHARE}/b.iso",
    "file://docs/storage/Users/currentUser/%44ownload/x": "/data/Downloads/x",
    # Escapes are decoded in URLs only, and once.
    "/home/ann/b%20c.iso": "/home/ann/b%20c.iso",
    "/local/files/Docs/b%20c.iso": "/home/ann/b%20c.iso",
    "file:///home/ann/100%2525.iso": "/home/ann/100%25.iso",
    "file://docs/storage/Users/currentUser/%252e%252e/x": "/home/ann/%2e%2e/x",
    # Paths of this computer.
    "/": "/",
    "//home///ann/./x": "/home/ann/x",
    "/home/ann/../bob": "/home/ann/../bob",
    "/home/ann/a?b#c": "/home/ann/a?b#c",
    "~": "/home/ann",
    "~/Downloads/x": "/home/ann/Downloads/x",
}

MALFORMED = {
    "": "is empty",
    "b.iso": "whole path",
    "./b.iso": "whole path",
    "~bob/b.iso": "whole path",
    "docs/storage/Users/currentUser/b.iso": "whole path",
    "https://example.org/b.iso": "whole path",
    "/home/ann/\0": "zero",
    "/home/\ud800": "UTF-8",
    "/" + "x" * 4096: "longer than",
    "/docs/storage/Users/currentUser/../bob/x": "“..”",
    "/local/files/Docs/a/../../x": "“..”",
    "/mnt/data/external/..": "“..”",
    "/docs/storage/Users/currentUser/.VMDocs/.hwf_share/../x": "“..”",
    "file://docs/storage/Users/currentUser/%2e%2e/x": "“..”",
    "file://docs/storage/Users/currentUser/.%2E/x": "“..”",
    "file:///home/ann/%2e%2E/bob": "“..”",
    "file:///home/ann/../bob": "“..”",
    "file://docs/storage/Users/currentUser/%2e%2e%2fx": "slash",
    "file:///home%2Fann": "slash",
    "file:///home/ann/%00": "zero",
    "file:///home/ann/%ff": "UTF-8",
    "file:///home/ann/%ed%a0%80": "UTF-8",
    "file:///home/ann/%zz": "not a URL",
    "file:///home/ann/100%": "not a URL",
    "file:///home/ann/a?b": "not a URL",
    "file:///home/ann/a#b": "not a URL",
    "file:": "no path",
    "file://": "no path",
    "file://docs": "no path",
    "file:home/ann": "no path",
    "file://docs/storage/Users/otherUser/x": "does not have",
    "file://docs/etc/passwd": "does not have",
    "file://server/share/x": "another computer",
    "file://docs@server/storage/Users/currentUser/x": "another computer",
}


@pytest.mark.parametrize(("text", "path"), TRANSLATED.items(), ids=ascii)
def test_a_text_means_a_path_of_this_computer(text: str, path: str) -> None:
    assert translated(text) == path


@pytest.mark.parametrize(("text", "what"), MALFORMED.items(), ids=lambda text: ascii(text)[:60])
def test_what_can_be_no_path_is_malformed(text: str, what: str) -> None:
    with pytest.raises(PathError, match=r"^Invalid path: ") as caught:
        translated(text)

    assert what in caught.value.message
    assert caught.value.remedy
    assert caught.value.code is Code.INVALID_PATH
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300


def test_every_prefix_of_the_document_is_in_the_table_and_tested() -> None:
    assert all(any(text.startswith(prefix) for text in TRANSLATED) for prefix in PREFIXES)
    assert all(prefix.endswith("/") for prefix in PREFIXES)


@pytest.mark.parametrize(
    ("text", "real", "path"),
    [
        ("/mnt/data/external/b.iso", "/mnt/data/external", "/mnt/data/external/b.iso"),
        ("/mnt/data/external", "/mnt/data/external", "/mnt/data/external"),
        ("file:///mnt/data/external/b.iso", "/mnt/data/external", "/mnt/data/external/b.iso"),
        ("/mnt/data/external/../b", "/mnt/data/external", "/mnt/data/external/../b"),
        ("/local/files/Docs/b.iso", "/local/files/Docs", "/local/files/Docs/b.iso"),
        # A tree of that name is one tree, also where a longer prefix would begin.
        (
            "/docs/storage/Users/currentUser/.VMDocs/.hwf_share/x",
            "/docs/storage/Users/currentUser",
            "/docs/storage/Users/currentUser/.VMDocs/.hwf_share/x",
        ),
        # Only the folder of the prefix counts, neither a part of it nor another.
        ("/mnt/data/external/b.iso", "/mnt/data", f"{STICK}/b.iso"),
        ("/mnt/data/external/b.iso", "/local/files/Docs", f"{STICK}/b.iso"),
        # No path of this computer begins with a host.
        (
            "file://docs/storage/Users/currentUser/b",
            "/docs/storage/Users/currentUser",
            "/home/ann/b",
        ),
    ],
)
def test_a_prefix_that_is_a_folder_of_this_computer_means_that_folder(
    text: str, real: str, path: str
) -> None:
    assert translated(text, real) == path


def test_a_prefix_where_nobody_may_look_is_none_of_this_computer() -> None:
    assert translate("/mnt/data/external/x", FOLDERS) == Path(STICK, "x")


@pytest.mark.parametrize(
    ("text", "said"),
    [("/a b", "/a b"), ("/a\x1b[31m\n", r"/a\x1b[31m\n"), ("/\udcff", r"/\udcff"), ("中", "中")],
)
def test_a_path_in_a_sentence_commands_no_terminal(text: str, said: str) -> None:
    assert shown(text) == said


NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=9
).filter(lambda name: name not in {".", ".."})


@given(st.lists(NAMES, max_size=5), st.sampled_from(sorted(PREFIXES)))
def test_whatever_follows_a_prefix_stays_below_what_it_stands_for(
    names: list[str], prefix: str
) -> None:
    rest = "/".join(names)
    text = prefix + (quote(rest) if prefix.startswith("file:") else rest)

    path = translate(text, FOLDERS, is_folder=lambda _: False)

    roots = (FOLDERS.home, FOLDERS.downloads, Path(STICK))
    assert any(path.is_relative_to(root) for root in roots)
    assert path.parts[len(path.parts) - max(0, len(names) - 1) :] == tuple(names[1:])


@given(st.text(max_size=40), st.sampled_from(["", "/", "file:", "file://docs/", *PREFIXES]))
def test_any_text_is_a_whole_path_without_a_way_out_or_is_malformed(text: str, before: str) -> None:
    try:
        path = translate(before + text, FOLDERS, is_folder=lambda _: False)
    except PathError as err:
        said = err.message
    else:
        said = ""
    if said:
        assert said.startswith("Invalid path: ")
        return
    assert path.is_absolute()
    str(path).encode()
    assert "\0" not in str(path)
    if before not in {"", "/"}:
        assert ".." not in path.parts
