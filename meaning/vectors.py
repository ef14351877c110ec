"""What every reader of the table has to find: texts, their pieces, and the beginning of their vectors."""

import json

import numpy as np

import pieces
import writing

TEXTS = (
    "",
    "socks",
    "wont keep his socks on",
    "won't keep his socks on",
    "Won\u2019t keep his SOCKS on!",
    "he doesn't sleep and can't settle",
    "hair washing meltdown",
    "proprioception and dyspraxia",
    "my toddler wont poo on the loo, only in a nappy",
    "trackies, jumper & wellies",
    "u dont kno wat its like coz he screams",
    "caf\u00e9 cr\u00e8me br\u00fbl\u00e9e",
    "na\u00efve Zo\u00eb",
    "e\u0301clair e\u0300 la carte",
    "\u0130stanbul stra\u00dfe",
    "\ufb01ne motor skills",
    "\U0001f622",
    "\U0001f622 he cries when the socks go on \U0001f9e6",
    "\U0001f469\u200d\U0001f467 mum and daughter",
    "\u24d0\u24d1\u24d2 circles",
    "pencil-grip/handwriting",
    "under_score and semi;colon",
    "4 year old",
    "year 6 SATs 2027",
    "1\u00bd hours",
    "\u0661\u0662 drops",
    "\u0635\u0648\u062a \u0639\u0627\u0644\u064a loud noise",
    "\u4f60\u597d hello",
    "\u043d\u043e\u0436 knife",
    "constapation and vegtables",
    "xqzvjk",
    "a" * 40,
    "a" * 41,
    "pneumonoultramicroscopicsilicovolcanoconiosis then teeth",
    "teeth " * 3 + "x" * 60 + " brushing",
    "''' \u2019\u2019 - - ...",
    "rock'n'roll o'clock",
    "bike " * 256 + "scissors",
    "a" * 41 + " bike" * 255 + " scissors",
    "His teacher says he cannot sit still on the carpet and he falls off his chair at lunch.",
)


def vector(text, names, table):
    """(pieces, unit vector) of a text by a table that was read: `names` leads from a piece to its row."""
    found = pieces.pieces(text, names)
    total = np.zeros(table.shape[1])
    for piece in found:
        total += table[names[piece]]
    length = np.linalg.norm(total)
    return found, total / length if length else total


def written(data):
    names, table = writing.read(data)
    place = {name: at for at, name in enumerate(names)}
    lines = []
    for text in TEXTS:
        found, mine = vector(text, place, table.astype(np.float64))
        first = [round(float(x), 4) + 0.0 for x in mine[:8]]
        lines.append(json.dumps({"text": text, "pieces": found, "first": first}))
    return "[\n" + ",\n".join(lines) + "\n]\n"
