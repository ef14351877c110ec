"""Which pieces the table has, and what the teacher says to each alone."""

from collections import Counter
from pathlib import Path
import re

import numpy as np

import pieces
import teacher

FREQUENT = 15_000
BOUND = 17_400  # rows before the everyday words; with 128 numbers each the file stays below 2.5 MB
RARE = 3e-4  # `a` of the weight a / (a + p)


def everyday():
    """The words of everyday.txt, each with the texts that the teacher is asked instead."""
    found = {}
    for line in Path(__file__).with_name("everyday.txt").read_text(encoding="utf-8").splitlines():
        word, colon, texts = line.partition(":")
        if colon and not line.startswith("#"):
            found[word.strip()] = [t.strip() for t in texts.split(";")]
    return found


def frequent():
    """The teacher's most frequent pieces of small letters and digits. A letter alone is never left out: any word can be spelt."""
    known = [p for p in teacher.vocabulary() if re.fullmatch(r"(##)?[a-z0-9]+", p)]
    letters = {p for p in known if len(p.removeprefix("##")) == 1}
    chosen = [p for p in known if p not in letters][: FREQUENT - len(letters)]
    return sorted(letters) + chosen


def meanings(texts):
    """Each piece of the table with the runs of the teacher's numbers whose vectors are averaged."""
    known = teacher.vocabulary()
    found = {piece: [[known[piece]]] for piece in frequent()}
    spelt = Counter()
    for text in texts:
        for word in text.replace("\u2019", "'").split():
            word = word.strip("\"'.,:;!?()[]/")
            # Only a word that is one word here as well: "won't" is, "step-by-step" is three.
            if len(pieces.words(word)) == 1:
                spelt[pieces.words(word)[0], word.lower()] += 1
    for (word, written), _ in sorted(spelt.items(), key=lambda entry: (-entry[1], entry[0])):
        if len(found) >= BOUND:
            break
        if word.isascii() and len(word) <= pieces.LONGEST_WORD and len(pieces.split(word, found)) > 1:
            found[word] = [teacher.tokens(written)]
    for word, instead in everyday().items():
        found[word] = [teacher.tokens(text) for text in instead]
    return dict(sorted(found.items(), key=lambda entry: entry[0].encode()))


def vectors(found):
    """What the teacher says, in the order of the table."""
    runs = [run for mine in found.values() for run in mine]
    said = teacher.inside(runs)
    said /= np.linalg.norm(said, axis=1, keepdims=True)
    ends = np.cumsum([len(mine) for mine in found.values()])
    return np.stack([part.mean(0) for part in np.split(said, ends[:-1])])


def weights(found, corpora):
    """a / (a + p), with p the mean of how frequent a piece is in each of the corpora."""
    place = {piece: at for at, piece in enumerate(found)}
    p = np.zeros(len(found))
    for texts in corpora:
        counted = Counter(piece for text in texts for piece in pieces.pieces(text, found))
        total = sum(counted.values())
        for piece, count in counted.items():
            p[place[piece]] += count / total / len(corpora)
    return (RARE / (RARE + p)).astype(np.float32)


def flattened(said, weight, dims):
    """The teacher's vectors turned onto their main directions, the first `dims` of them kept, and weighted."""
    centred = said - said.mean(0)
    values, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    directions = directions[:, np.argsort(-values)[:dims]]
    # An eigenvector's sign is anybody's choice: make the greatest part positive, so that the bytes are the same everywhere.
    directions *= np.sign(directions[np.abs(directions).argmax(0), np.arange(dims)])
    return (centred @ directions).astype(np.float32) * weight[:, None]
