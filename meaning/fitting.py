"""Fits the rows to short texts: first to the teacher's similarities, then to pairs that belong together.

A text's vector is the sum of its rows at unit length; the gradients are written out by hand.
"""

import numpy as np

import pieces


class Texts:
    """Texts as counts of rows, a batch at a time."""

    def __init__(self, texts, place):
        self.rows = [np.array([place[p] for p in pieces.pieces(text, place)], np.int64) for text in texts]

    def __len__(self):
        return len(self.rows)

    def batch(self, some):
        """(which rows occur, how often each does in each text)"""
        mine = [self.rows[at] for at in some]
        flat = np.concatenate([*mine, np.zeros(0, np.int64)])
        used, column = np.unique(flat, return_inverse=True)
        counts = np.zeros((len(mine), len(used)), np.float32)
        np.add.at(counts, (np.repeat(np.arange(len(mine)), [len(r) for r in mine]), column), 1)
        return used, counts

    def vectors(self, table):
        out = np.zeros((len(self), table.shape[1]), np.float32)
        for begin in range(0, len(self), 256):
            some = range(begin, min(begin + 256, len(self)))
            used, counts = self.batch(some)
            out[begin : begin + len(some)] = unit(counts @ table[used])[0]
        return out


def unit(sums):
    length = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    return sums / length, length


def _through_unit(grad, units, length):
    return (grad - (grad * units).sum(1, keepdims=True) * units) / length


class Steps:
    """Adam, only for the rows that a batch has touched, and a pull back to where they began."""

    def __init__(self, table, rate, hold):
        self.table, self.start, self.rate, self.hold = table, table.copy(), rate, hold
        self.mean = np.zeros_like(table)
        self.square = np.zeros_like(table)
        self.times = np.zeros((len(table), 1), np.float32)

    def take(self, used, grad, share):
        # `share` falls from 1 to 0 over the whole fit.
        grad = grad + self.hold * (self.table[used] - self.start[used])
        self.times[used] += 1
        self.mean[used] = 0.9 * self.mean[used] + 0.1 * grad
        self.square[used] = 0.99 * self.square[used] + 0.01 * grad * grad
        mean = self.mean[used] / (1 - 0.9 ** self.times[used])
        square = self.square[used] / (1 - 0.99 ** self.times[used])
        self.table[used] -= self.rate * share * mean / (np.sqrt(square) + 1e-8)


def match(table, texts, taught, rng, steps=1200, size=384, rate=0.002, hold=0.001):
    """Makes the similarities within a batch those of the teacher's unit vectors `taught`."""
    step = Steps(table, rate, hold)
    off = 1 - np.eye(size, dtype=np.float32)
    for at in range(steps):
        some = rng.choice(len(texts), size, replace=False)
        used, counts = texts.batch(some)
        units, length = unit(counts @ table[used])
        apart = (units @ units.T - taught[some] @ taught[some].T) * off
        grad = _through_unit(4 / size * (apart @ units), units, length)
        step.take(used, counts.T @ grad, 1 - at / steps)
    return table


def pair(table, sources, rng, steps=300, size=384, rate=0.001, warmth=0.05, hold=0.001):
    """Draws pairs together and everything else in a batch apart. Few and small steps: more of them learn the bank by heart.

    A source is a function of the generator and a size: it gives two `Texts`, the places in each, and for every pair a group. Two of
    one group are never driven apart.
    """
    step = Steps(table, rate, hold)
    for at in range(steps):
        lefts, left, rights, right, groups = sources[at % len(sources)](rng, size)
        used_l, counts_l = lefts.batch(left)
        used_r, counts_r = rights.batch(right)
        a, length_a = unit(counts_l @ table[used_l])
        b, length_b = unit(counts_r @ table[used_r])
        score = a @ b.T / warmth
        same = groups[:, None] == groups[None, :]
        np.fill_diagonal(same, False)
        score[same] = -1e9
        rows = np.exp(score - score.max(1, keepdims=True))
        rows /= rows.sum(1, keepdims=True)
        columns = np.exp(score - score.max(0, keepdims=True))
        columns /= columns.sum(0, keepdims=True)
        grad = (rows + columns) / 2 - np.eye(len(a), dtype=np.float32)
        grad /= len(a) * warmth
        grad_a = _through_unit(grad @ b, a, length_a)
        grad_b = _through_unit(grad.T @ a, b, length_b)
        used = np.union1d(used_l, used_r)
        whole = np.zeros((len(used), table.shape[1]), np.float32)
        whole[np.searchsorted(used, used_l)] += counts_l.T @ grad_a
        whole[np.searchsorted(used, used_r)] += counts_r.T @ grad_b
        step.take(used, whole, 1 - at / steps)
    return table
