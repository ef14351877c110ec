"""How well an ask leads to its item when the table has not learnt from that item: `measure.py WORDNET [CONTENT]`.

A quarter of the items is held out at a time. An ask looks for its item among all items, none of which knows that ask.
"""

import sys
from pathlib import Path

import numpy as np

import bank
import fitting
import glosses
import learning
import slips
import table
import teacher
import vocabulary
import writing

FOLDS = 4


def whole(item, without=None):
    return " ".join([item.title, *item.keywords, *(a for a in item.asks if a != without)])


class Bank:
    """The items as texts, for whatever turns texts into vectors."""

    def __init__(self, items):
        self.items = items
        self.asks = [ask for item in items for ask in item.asks]
        self.owner = np.array([at for at, item in enumerate(items) for _ in item.asks])
        self.topics = np.array([item.topic for item in items])
        self.wholes = [whole(item) for item in items]
        self.less = [whole(items[owner], ask) for ask, owner in zip(self.asks, self.owner)]
        self.labels = [item.label() for item in items]
        self.titles = [item.title for item in items]

    def scores(self, embed, some, queries):
        """For each way to stand for an item: how near it is to each of the asks `some`, which a family may have written as `queries`."""
        asks, whole, less = embed(self.asks), embed(self.wholes), embed([self.less[at] for at in some])
        label, title = embed(self.labels), embed(self.titles)
        q, owner = embed(queries), self.owner[some]
        rows = np.arange(len(some))
        one = q @ whole.T
        one[rows, owner] = (q * less).sum(1)
        single = q @ asks.T
        for row, at in enumerate(some):
            single[row, [other for other in np.nonzero(self.owner == owner[row])[0] if self.asks[other] == self.asks[at]]] = -1
        groups = [np.nonzero(self.owner == at)[0] for at in range(len(self.items))]
        most = np.maximum(np.stack([single[:, g].max(1) for g in groups], 1), q @ title.T)
        ordered = [np.sort(single[:, g], 1)[:, ::-1] for g in groups]
        three = np.stack([s[:, :3].mean(1) for s in ordered], 1)
        head = q @ label.T
        return {
            "title+keywords": head,
            "one vector": one,
            "max of singles": most,
            "best 3 asks": three,
            "0.8 one + 0.2 max": 0.8 * one + 0.2 * most,
            "0.5 one + 0.5 max": 0.5 * one + 0.5 * most,
            "0.5 one + 0.5 label": 0.5 * one + 0.5 * head,
            "0.6 one + 0.2 label + 0.2 max": 0.6 * one + 0.2 * head + 0.2 * most,
        }

    def judged(self, score, some):
        """Each ask's (item first, item in 3, gain at 10, topic first, topic in 3)."""
        owner = self.owner[some]
        rank = (score > score[np.arange(len(some)), owner][:, None]).sum(1)
        topics = self.topics[np.argsort(-score, 1, kind="stable")[:, :3]] == self.topics[owner][:, None]
        gain = np.where(rank < 10, 1 / np.log2(rank + 2), 0)
        return np.stack([rank < 1, rank < 3, gain, topics[:, 0], topics.any(1)], 1)


def by(table, place):
    return lambda texts: fitting.Texts(texts, place).vectors(table)


def main(wordnet, content=Path(__file__).parent.parent / "content"):
    entries, items = glosses.entries(wordnet), bank.items(content)
    found = vocabulary.meanings(learning.words_of(items))
    place = {piece: at for at, piece in enumerate(found)}
    texts = learning.short_texts(entries, items)
    taught = teacher.embed(texts)
    known = {}

    def full(texts):
        new = sorted({text for text in texts if text not in known})
        known.update(zip(new, teacher.embed(new) if new else []))
        return np.stack([known[text] for text in texts])

    judged = {}
    asks = Bank(items)
    begun = table.begun(found, entries, items)
    for fold in range(FOLDS):
        held = {at for at in range(len(items)) if at % FOLDS == fold}
        some = np.array([at for at, owner in enumerate(asks.owner) if owner in held])
        hidden = {text for at in held for text in learning.said_by(items[at])}
        seen = [at for at, text in enumerate(texts) if text not in hidden]
        learners = [item for at, item in enumerate(items) if at not in held]
        tables = {"unfitted": begun}
        for name, dims in (("128", 128), ("64", 64)):
            fitted = learning.matched(begun[:, :dims].copy(), place, [texts[at] for at in seen], taught[seen])
            tables[f"matched {name}"] = fitted.copy()
            tables[f"fitted {name}"] = learning.paired(fitted, place, entries, learners)
        scales, rows = writing.packed(tables["fitted 128"])
        tables["fitted 128 in bytes"] = rows * scales[:, None]
        plain = [asks.asks[at] for at in some]
        rng = np.random.default_rng(5)
        wrong = [slips.slipped(ask, rng) for ask in plain]
        embeds = {name: by(t, place) for name, t in tables.items()} | {"teacher": full}
        for name, embed in embeds.items():
            for kind, queries in (("plain", plain), ("slips", wrong)):
                for way, score in asks.scores(embed, some, queries).items():
                    judged.setdefault((name, kind, way), []).append(asks.judged(score, some))
    print("success@1, success@3, nDCG@10 of the item; @1, @3 of its topic")
    for (name, kind, way), parts in judged.items():
        figures = " ".join(f"{x:.3f}" for x in np.concatenate(parts).mean(0))
        print(f"{name:20} {kind:6} {way:30} {figures}")
    print(f"{len(asks.asks)} asks of {len(items)} items")


if __name__ == "__main__":
    main(*sys.argv[1:])
