"""Every event of the bank as `otsupport calendar` prints it, read by another library: the same instants as `otsupport events` tells."""

import json
import subprocess
import sys
import tempfile
from datetime import date, datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

FROM, TO = "2026-12-01T00:00:00Z", "2027-12-31T00:00:00Z"
SERVICE = ZoneInfo("Europe/London")


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def utc(value):
    """A time as an instant; a whole day as its midnight where the service is."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=SERVICE)
    return value.astimezone(timezone.utc)


def main(programs):
    folder = tempfile.TemporaryDirectory()
    below = Path(folder.name)

    def run(program, *arguments):
        done = subprocess.run([str(Path(programs) / program), *arguments], check=True, capture_output=True, text=True)
        return done.stdout

    run("otsupport-hub", "keys", "new", "--out", str(below / "keys"))
    run("otsupport-hub", "publish", "--content", "content", "--site", str(below / "site"), "--keys", str(below / "keys"))
    phone = ["--data", str(below / "phone"), "--root", str(below / "site/metadata/root.json"), "--seed", str(below / "site")]
    told = {}
    for event in json.loads(run("otsupport", *phone, "events", "--json", "--from", FROM, "--to", TO))["events"]:
        if event["status"] != "cancelled":
            told.setdefault(event["uid"], []).append((instant(event["start"]), instant(event["end"])))
    passed = failed = 0
    for uid, times in sorted(told.items()):
        calendar = icalendar.Calendar.from_ical(run("otsupport", *phone, "calendar", uid))
        read = recurring_ical_events.of(calendar).between(instant(FROM), instant(TO))
        read = [it for it in read if str(it.get("STATUS", "")) != "CANCELLED"]
        theirs = sorted((utc(it.start), utc(it.end)) for it in read)
        if theirs == sorted(times):
            passed += 1
        else:
            failed += 1
            print(f"{uid}:\n  told {sorted(times)}\n  read {theirs}", file=sys.stderr)
    print(f"calendar-out: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
