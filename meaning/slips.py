"""Slips of the finger, so that a word written wrongly keeps some of its meaning through its pieces."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slipped(text, rng):
    """The text with one letter of one longer word left out, swapped, doubled or mistaken."""
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) >= 5]
    if not long:
        return text
    place = long[rng.integers(len(long))]
    word = words[place]
    at = 1 + int(rng.integers(len(word) - 2))
    before, letter, following, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    wrong = (following, following + letter, letter * 2 + following, LETTERS[rng.integers(26)] + following)
    words[place] = before + wrong[rng.integers(4)] + after
    return " ".join(words)
