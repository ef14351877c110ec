"""Makes content/media/meaning.table and vectors.json: `table.py WORDNET [CONTENT]`. make.sh calls it with what it needs."""

import sys
from pathlib import Path

import bank
import glosses
import learning
import teacher
import vectors
import vocabulary
import writing

HERE = Path(__file__).parent
DIMS = 128


def begun(found, entries, items, dims=DIMS):
    """The table before any fitting, row for row as `found`."""
    plain = [text for _, gloss, examples in entries for text in (gloss, *examples)]
    weight = vocabulary.weights(found, [plain, learning.words_of(items)])
    return vocabulary.flattened(vocabulary.vectors(found), weight, dims)


def main(wordnet, content=HERE.parent / "content"):
    entries, items = glosses.entries(wordnet), bank.items(content)
    found = vocabulary.meanings(learning.words_of(items))
    place = {piece: at for at, piece in enumerate(found)}
    table = begun(found, entries, items)
    texts = learning.short_texts(entries, items)
    learning.matched(table, place, texts, teacher.embed(texts))
    learning.paired(table, place, entries, items)
    data = writing.written(list(found), table)
    (HERE.parent / "content" / "media" / "meaning.table").write_bytes(data)
    (HERE / "vectors.json").write_text(vectors.written(data), encoding="utf-8")
    print(f"{len(found)} pieces, {len(items)} items, {sum(len(i.asks) for i in items)} asks, {len(data)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
