"""WordNet's glosses: a word, and what it means in plain words."""

from pathlib import Path

PARTS = ("noun", "verb", "adj", "adv")


def entries(folder):
    """(words, gloss, examples) of every entry, in the order of the files."""
    found = []
    for part in PARTS:
        for line in (Path(folder) / f"data.{part}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue  # the licence
            head, _, gloss = line.partition(" | ")
            fields = head.split()
            names = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            said = [name.split("(")[0].replace("_", " ") for name in names]
            meaning, *examples = (p.strip(' "') for p in gloss.split('; "'))
            found.append((tuple(said), meaning.strip(), tuple(e for e in examples if e)))
    return found
