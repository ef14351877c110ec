"""The bank's items, as an editor wrote them."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Item:
    id: str
    topic: str
    title: str
    keywords: tuple
    asks: tuple
    sentences: tuple  # of the body, without marks

    def label(self):
        return f"{self.title}. {', '.join(self.keywords)}"


def _sentences(body):
    body = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", body)
    for line in body.splitlines():
        line = re.sub(r"^(\d+\.|[-*>]|#+)\s+", "", line.strip()).replace("**", "").replace("*", "")
        yield from (s for s in re.split(r"(?<=[.!?])\s+", line) if len(s.split()) > 3)


def _read(place):
    head, _, body = place.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    head = yaml.safe_load(head)
    return Item(
        str(head["id"]),
        str(head["topic"]),
        str(head["title"]),
        tuple(map(str, head.get("keywords", ()))),
        tuple(map(str, head.get("asks", ()))),
        tuple(_sentences(body)),
    )


def items(content):
    """Strategies and resources, in the order of their ids. An easy version adds its asks and sentences to its original.

    Versions in other languages are left out: the teacher reads English alone.
    """
    places = sorted(Path(content).glob("strategies/**/*.md")) + sorted(Path(content).glob("resources/*.md"))
    found = {item.id: item for item in (_read(place) for place in places if "." not in place.stem)}
    for easy in (_read(place) for place in places if place.stem.endswith(".easy")):
        item = found[easy.id]
        asks = tuple(dict.fromkeys(item.asks + easy.asks))
        found[easy.id] = replace(item, asks=asks, sentences=item.sentences + easy.sentences)
    return sorted(found.values(), key=lambda item: item.id)
