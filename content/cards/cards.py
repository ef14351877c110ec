"""Makes the how-to cards: each a PDF (PDF/UA-1) of one strategy, with its review mark, its date and all of its warnings.

Run by `make cards`. A strategy without a section that a card must carry gives no card, and an error that names it.
"""

import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

import font_source_sans_pro
import typst
import yaml

CONTENT = Path(__file__).resolve().parent.parent
REQUIRED = ("Steps", "Stop if", "Get help when")
REVIEWS = {"demonstration": "Not reviewed by a clinician", "reviewed": "Reviewed on {reviewed}, next review by {next}"}


class CardError(Exception):
    """Why a card cannot be made, and of which file."""


def read(file):
    """The header and the sections of a strategy."""
    _, header, body = (CONTENT / file).read_text(encoding="utf-8").split("---\n", 2)
    parts = re.split(r"^## (.+)\n", body, flags=re.MULTILINE)
    return yaml.safe_load(header), dict(zip(parts[1::2], parts[2::2]))


def blocks(text):
    """Paragraphs and lists, without the links: on paper there is nothing to tap."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if all(line.startswith("- ") for line in lines):
            found.append({"kind": "list", "items": [line[2:] for line in lines]})
        elif all(re.match(r"\d+\. ", line) for line in lines):
            found.append({"kind": "steps", "items": [line.split(". ", 1)[1] for line in lines]})
        else:
            found.append({"kind": "text", "text": " ".join(lines)})
    return found


def review(header):
    """What the review mark says."""
    given = header["review"]
    if given["status"] not in REVIEWS:
        raise CardError(f"{header['id']}: a card of a {given['status']} strategy is not made")
    return REVIEWS[given["status"]].format(**given)


def card(entry):
    """What card.typ is given."""
    file = f"strategies/{entry['strategy']}.md"
    header, sections = read(file)
    missing = [heading for heading in REQUIRED if not sections.get(heading, "").strip()]
    if missing:
        raise CardError(f"{file}: the section `{missing[0]}` is missing")
    pictures = [it for it in header.get("media", []) if it["file"].endswith(".svg")]
    if not pictures:
        raise CardError(f"{file}: a card shows a line picture, and there is none")
    service = yaml.safe_load((CONTENT / "service.yaml").read_text(encoding="utf-8"))
    topics = yaml.safe_load((CONTENT / "topics.yaml").read_text(encoding="utf-8"))
    topic = next(it for it in topics if it["slug"] == header["topic"])
    emergency = next(it for it in service["urgent"] if "emergency" in it["levels"])
    part = lambda heading: blocks(sections.get(heading, ""))
    return {
        "title": header["title"],
        "service": service["name"],
        "mark": "Demonstration, not clinical advice" if "demonstration" in (service["status"], header["review"]["status"]) else "",
        "review": review(header),
        "made": f"Made on {entry['made']:%-d %B %Y}",
        "emergency": emergency["says"],
        "safety": topic["safety"],
        "picture": f"../{pictures[0]['file']}",
        "alt": pictures[0]["alt"],
        "caption": pictures[0].get("caption", ""),
        "why": part("Why it helps"),
        "needs": part("What you need"),
        "steps": part("Steps"),
        "easier": part("Make it easier"),
        "harder": part("Make it harder"),
        "stop": part("Stop if"),
        "help": part("Get help when"),
    }


def main():
    fonts = Path(font_source_sans_pro.__file__).parent / "files"
    for entry in yaml.safe_load((CONTENT / "cards/cards.yaml").read_text(encoding="utf-8")):
        made = datetime.combine(entry["made"], datetime.min.time(), timezone.utc)
        pdf = typst.compile(
            str(CONTENT / "cards/card.typ"),
            root=str(CONTENT),
            format="pdf",
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            sys_inputs={"card": json.dumps(card(entry))},
            pdf_standards="ua-1",
            timestamp=made,
        )
        (CONTENT / entry["card"]).write_bytes(pdf)
        print(f"{entry['card']}: {len(pdf)} bytes")


if __name__ == "__main__":
    try:
        main()
    except (CardError, typst.TypstError) as error:
        sys.exit(str(error))
