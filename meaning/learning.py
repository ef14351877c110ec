"""What the table learns from: glosses and the bank, as short texts and as pairs."""

import numpy as np

import fitting
import slips

TEXTS = 12_000  # glosses and examples for the teacher to read; the bank is added whole


def words_of(items):
    return [text for item in items for text in (item.title, *item.keywords, *item.asks, *item.sentences)]


def said_by(item):
    return [item.label(), *item.asks, *item.sentences]


def short_texts(entries, items):
    """Half glosses, half examples of WordNet, as many as TEXTS; and all that the bank says."""
    rng = np.random.default_rng(1)
    glosses = [f"{', '.join(words)}: {gloss}" for words, gloss, _ in entries]
    examples = [e for _, _, some in entries for e in some if len(e.split()) > 2]
    chosen = [glosses[at] for at in rng.choice(len(glosses), TEXTS // 2, replace=False)]
    chosen += [examples[at] for at in rng.choice(len(examples), TEXTS // 2, replace=False)]
    return chosen + sorted({text for item in items for text in said_by(item)})


def gloss_pairs(entries, place):
    """A word and its gloss, where each part of the word is a piece of the table: that leaves out what only a book would name."""
    kept = [(words[0], gloss) for words, gloss, _ in entries if all(part.lower() in place for part in words[0].split())]
    words = fitting.Texts([w for w, _ in kept], place)
    glosses = fitting.Texts([g for _, g in kept], place)

    def source(rng, size):
        some = rng.choice(len(kept), size, replace=False)
        return words, some, glosses, some, np.arange(size)

    return source


def ask_pairs(items, place):
    """An ask, and its item's title and keywords; or the title alone, or another ask of the item."""
    asks, ask_of = [], []
    others, others_of = [], []
    for at, item in enumerate(items):
        asks += item.asks
        ask_of += [at] * len(item.asks)
        mine = [item.label(), item.title, *item.asks]
        others_of.append(range(len(others), len(others) + len(mine)))
        others += mine
    ask_of = np.array(ask_of)
    left, right = fitting.Texts(asks, place), fitting.Texts(others, place)

    def other(at, rng):
        mine = others_of[ask_of[at]]
        # Half the time title and keywords: they are what a new ask has to reach when nobody has asked alike.
        if rng.random() < 0.5:
            return mine[0]
        choice = [o for o in mine if others[o] != asks[at]]
        return choice[rng.integers(len(choice))]

    def source(rng, size):
        some = rng.choice(len(asks), min(size, len(asks)), replace=False)
        return left, some, right, np.array([other(at, rng) for at in some]), ask_of[some]

    return source


def matched(table, place, texts, taught):
    """Fits to the teacher's similarities. Each text comes twice, once with a slip; the teacher has read it without."""
    rng = np.random.default_rng(2)
    texts = fitting.Texts(texts + [slips.slipped(text, rng) for text in texts], place)
    return fitting.match(table, texts, np.concatenate([taught, taught]), rng)


def paired(table, place, entries, items):
    return fitting.pair(table, [gloss_pairs(entries, place), ask_pairs(items, place)], np.random.default_rng(3))
