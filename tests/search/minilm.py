"""Ranks the queries of `make eval-search` with the sentence model all-MiniLM-L6-v2: `minilm.py FOLDER`.

Reads `bank.jsonl` and `queries` in the folder and writes `MiniLM-model.ranking`. An item is one text: its title, keywords and asks. That ranks
better than the nearest of its lines does.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "meaning"))
import teacher  # noqa: E402


def main(folder):
    folder = Path(folder)
    items = [json.loads(line) for line in (folder / "bank.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [". ".join([item["title"], ", ".join(item["keywords"]), *item["asks"]]) for item in items]
    queries = (folder / "queries").read_text(encoding="utf-8").splitlines()
    near = np.asarray(teacher.embed(queries)) @ np.asarray(teacher.embed(texts)).T
    rankings = []
    for query, row in zip(queries, near):
        rankings.append("\t".join([query, *(items[at]["id"] for at in np.argsort(-row, kind="stable")[:10])]))
    (folder / "MiniLM-model.ranking").write_text("\n".join(rankings) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
