"""How a text falls into pieces: the same for a query and for an item, here and in the app's reader."""

import unicodedata

LONGEST_WORD = 40
MOST_WORDS = 256
APOSTROPHES = ("'", "\u2019")

# Letters in circles and squares: Unicode calls them alphabetic and no letters, so `isalnum` leaves them out.
ENCLOSED = ((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189))


def alphanumeric(char):
    return char.isalnum() or any(first <= ord(char) <= last for first, last in ENCLOSED)


def folded(text):
    """Lower case, without accents and apostrophes: "Won't" is "wont"."""
    spread = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in spread if c not in APOSTROPHES and not unicodedata.category(c).startswith("M"))


def words(text):
    """The words of a text. Those too long to be words are among them, so they count towards the most that are read."""
    spaced = "".join(c if alphanumeric(c) else " " for c in folded(text))
    return spaced.split()[:MOST_WORDS]


def split(word, vocabulary):
    """Longest piece first. A word with a rest that no piece matches has no pieces at all."""
    if len(word) > LONGEST_WORD:
        return []
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                break
        else:
            return []
        found.append(piece)
        start = end
    return found


def pieces(text, vocabulary):
    return [piece for word in words(text) for piece in split(word, vocabulary)]
