"""XML from strangers as a small tree: no document types, no entities, no other files, all bounded.

Source: XML 1.0 (5th edition) 2.8 and 4; the manual of `xml.parsers.expat`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from app.errors import MediaError
from app.vm.images.bounds import damaged

MOST_BYTES = 1 << 20
MOST_DEPTH = 32
MOST_ELEMENTS = 20_000
MOST_ATTRIBUTES = 64
_BETWEEN = " "  # stands in no name and in no address of a name space


@dataclass(slots=True)
class Element:
    """An element, by names without their spaces.

    Attributes:
        name: its local name.
        space: address of its name space, empty for none.
        attributes: by local name; with a space or without.
        children: in their order.
        text: what stands between its tags, without blanks around it.
    """

    name: str
    space: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator[Element]:
        """Its children of that name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element | None:
        """The first child of that name."""
        return next(self.all(name), None)

    def text_of(self, name: str) -> str:
        """Text of the first child of that name; empty when there is none."""
        child = self.first(name)
        return "" if child is None else child.text

    def below(self, name: str) -> Iterator[Element]:
        """Elements of that name at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.below(name)


def parse_xml(data: bytes, name: str) -> Element:
    """The root of a document.

    Args:
        data: the whole document.
        name: of the file, for people.

    Raises:
        MediaError: it is no XML, is too large or too deep, or defines or names other things.
    """
    if len(data) > MOST_BYTES:
        raise damaged(name, "it is larger than 1 MiB")
    builder = _Builder(name)
    parser = expat.ParserCreate(namespace_separator=_BETWEEN)
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.ExternalEntityRefHandler = builder.refuse
    parser.SkippedEntityHandler = builder.refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as err:  # of the text, and of its encoding
        raise MediaError(
            f"{name} is damaged: it is not XML.", remedy="Use another copy of it.", detail=str(err)
        ) from err
    assert builder.root is not None  # noqa: S101 - a document without an element is no XML
    return builder.root


class _Builder:
    def __init__(self, name: str) -> None:
        self.root: Element | None = None
        self._name = name
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def refuse(self, *_: object) -> int:
        raise MediaError(
            f"{self._name} has a document type or entities, which a machine's description has not.",
            remedy="Use another copy of it; this one may be made to do harm.",
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise damaged(self._name, "it has more elements than any machine")
        if len(self._open) >= MOST_DEPTH:
            raise damaged(self._name, "its elements are too deep inside each other")
        space, _, local = tag.rpartition(_BETWEEN)
        named = {key.rpartition(_BETWEEN)[2]: value for key, value in attributes.items()}
        element = Element(local, space, named)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def end(self, _: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def characters(self, text: str) -> None:
        self._texts[-1].append(text)
