#!/usr/bin/env python3
"""Random cases of recurrence: python-dateutil's answers beside a program's.

Give the program on the command line. It reads cases from its standard input, one JSON object a line,
    {"id": 7, "lines": ["DTSTART;TZID=Europe/London:20250101T180000", "RRULE:FREQ=WEEKLY"], "window": ["2025-01-01T00:00:00Z", "…"]}
and answers each with one line: {"id": 7, "starts": [...]} or {"id": 7, "refused": "why"}, both with an optional "rrule": [...] or null,
the answer of the Rust crate of that name. The starts are those in the window [from, to), as UTC instants, or as days for all-day events.

dateutil expands rules over wall-clock times alone. What it does otherwise than RFC 5545 or our rules is done here: zones, UNTIL, DTSTART
as the first occurrence, COUNT, EXDATE and RDATE.
"""

import os
import sys

# This file's own name would hide the module `random`.
sys.path[:] = [it for it in sys.path if os.path.abspath(it) != os.path.dirname(os.path.abspath(__file__))]

import argparse
import collections
import datetime
import functools
import json
import random
import subprocess
import time
import zoneinfo
from concurrent.futures import ProcessPoolExecutor

# Never the machine's own zone data: the pinned package's.
zoneinfo.reset_tzpath(to=())

from dateutil import rrule as dateutil

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
UTC = datetime.timezone.utc
WEEKDAYS = {name: getattr(dateutil, name) for name in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")}
FREQUENCIES = {name: getattr(dateutil, name) for name in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")}
ZONES = (
    "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo",
    "Europe/Berlin", "Europe/Dublin", "Antarctica/Troll", "America/St_Johns", "America/Havana", "America/Caracas", "Asia/Beirut",
    "Asia/Gaza", "Asia/Kathmandu", "Pacific/Kiritimati", "Europe/Istanbul", "Africa/Monrovia", "Australia/Sydney",
)
FIRST_YEAR, LAST_YEAR = 1970, 2060
LAST_SUPPORTED_YEAR = 2199
NOT_EXPLAINED = "not explained"


# ---- reading a case

Start = collections.namedtuple("Start", "wall zone all_day")


def split_line(line):
    """`NAME;KEY=VALUE:rest` as a name, a dictionary and the rest."""
    head, _, value = line.partition(":")
    name, *parameters = head.split(";")
    return name, dict(it.split("=", 1) for it in parameters), value


def read_wall(text):
    if len(text) == 8:
        return datetime.datetime.strptime(text, "%Y%m%d")
    return datetime.datetime(int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[9:11]), int(text[11:13]), int(text[13:15]))


def zone_of(parameters, text):
    return UTC if text.endswith("Z") or "TZID" not in parameters else zoneinfo.ZoneInfo(parameters["TZID"])


def to_utc(wall, zone):
    """With fold 0 a time in a gap takes the offset before it, and a repeated one means the first."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def read_dates(line):
    """The instants of an RDATE or EXDATE."""
    _, parameters, value = split_line(line)
    return [to_utc(read_wall(it), zone_of(parameters, it)) for it in value.split(",")]


def read_rule(text):
    return dict(part.split("=", 1) for part in text.split(";") if part)


def read_weekdays(text, widest):
    """BYDAY for dateutil. It wants every part of a mixed list to hold, so a plain day beside an ordinal one becomes all its ordinals."""
    days = [(it[-2:], int(it[:-2] or 0)) for it in text.split(",")]
    mixed = any(nth for _, nth in days) and not all(nth for _, nth in days)
    for name, nth in days:
        if nth:
            yield WEEKDAYS[name](nth)
        elif mixed:
            yield from (WEEKDAYS[name](it) for it in range(1, widest + 1))
        else:
            yield WEEKDAYS[name]


def numbers(text):
    return tuple(int(it) for it in text.split(","))


# ---- expanding it

def arguments_of(rule):
    by = {"wkst": WEEKDAYS[rule.get("WKST", "MO")], "interval": int(rule.get("INTERVAL", 1))}
    for key in ("BYMONTH", "BYMONTHDAY", "BYSETPOS"):
        if key in rule:
            by[key.lower()] = numbers(rule[key])
    return by


def walls(rule, start):
    """The wall-clock times that the rule gives from `start` on, whatever UNTIL and COUNT say."""
    frequency, by, anchor = rule["FREQ"], arguments_of(rule), start
    if "BYDAY" in rule:
        by["byweekday"] = tuple(read_weekdays(rule["BYDAY"], 5 if frequency == "MONTHLY" or "BYMONTH" in rule else 53))
    if frequency == "WEEKLY" and "BYSETPOS" in rule:
        # dateutil would count the positions of the first week from DTSTART on; the set is the whole week's.
        by.setdefault("byweekday", start.weekday())
        anchor -= DAY * ((start.weekday() - by["wkst"].weekday) % 7)
    dates = dateutil.rrule(FREQUENCIES[frequency], dtstart=anchor, **by)
    return (it for it in dates if it >= start)


def counted(rule, start):
    """The times after DTSTART, which always counts as the first occurrence, even where it does not fit the rule."""
    left = int(rule.get("COUNT", 0)) - 1
    for wall in walls(rule, start.wall):
        if wall != start.wall:
            if left == 0:
                return
            left -= 1
            yield wall


def until_of(rule, start):
    """The last instant that may be a start. For an all-day event UNTIL is a day, and the whole of it."""
    if "UNTIL" not in rule:
        return None
    wall = read_wall(rule["UNTIL"])
    return to_utc(datetime.datetime.combine(wall, datetime.time()), UTC) if start.all_day else to_utc(wall, UTC)


def from_rule(rule, start, end, walls_of=None):
    """The instants of DTSTART and the rule up to `end`."""
    first = to_utc(start.wall, start.zone)
    if walls_of is None:
        yield first
    if rule is None:
        return
    # A rule that gives nothing would be followed to the year 9999.
    datetime.MAXYEAR = max(end.year, start.wall.year) + 1
    until, last_wall = until_of(rule, start), end.replace(tzinfo=None) + 2 * DAY
    for wall in (walls_of or counted)(rule, start):
        at = to_utc(wall, start.zone)
        if wall > last_wall or (until is not None and at > until):
            return
        yield at


def read_start(line):
    _, parameters, value = split_line(line)
    return Start(read_wall(value), zone_of(parameters, value), parameters.get("VALUE") == "DATE")


def names_no_date(lines):
    """Whether the rule by itself never comes by. A program may refuse such a rule rather than take DTSTART alone."""
    start = read_start(lines[0])
    rule = next((read_rule(it.partition(":")[2]) for it in lines if it.startswith("RRULE")), None)
    if rule is None:
        return False
    datetime.MAXYEAR = LAST_SUPPORTED_YEAR
    return next(walls(rule, start.wall), None) is None


def expand(lines, window, walls_of=None):
    """The starts in the window, as the program has to answer them."""
    start, rule, added, removed = None, None, set(), set()
    for line in lines:
        if line.startswith("DTSTART"):
            start = read_start(line)
        elif line.startswith("RRULE"):
            rule = read_rule(line.partition(":")[2])
        elif line.startswith("RDATE"):
            added.update(read_dates(line))
        elif line.startswith("EXDATE"):
            removed.update(read_dates(line))
    begin, end = (read_instant(it) for it in window)
    found = {at for at in from_rule(rule, start, end, walls_of) if begin <= at < end}
    found.update(at for at in added if begin <= at < end)
    return [write_start(at, start.all_day) for at in sorted(found - removed)]


def read_instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def write_start(at, all_day):
    return at.strftime("%Y-%m-%d") if all_day else write_instant(at)


def write_instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_wall(wall):
    return wall.strftime("%Y%m%dT%H%M%S")


# ---- making a case

@functools.lru_cache(maxsize=None)
def clock_changes(name):
    """The instants at which the zone's offset changes, with both offsets."""
    zone = zoneinfo.ZoneInfo(name)
    offset = lambda at: at.astimezone(zone).utcoffset()
    changes, at = [], datetime.datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    while at.year < LAST_YEAR:
        after = at + 6 * DAY
        if offset(at) != offset(after):
            low, high = at, after
            while high - low > SECOND:
                middle = low + (high - low) // 2 // SECOND * SECOND
                low, high = (low, middle) if offset(middle) == offset(after) else (middle, high)
            changes.append((high, offset(at), offset(after)))
        at = after
    return changes


def random_wall(dice):
    day = datetime.datetime(FIRST_YEAR, 1, 1) + DAY * dice.randrange(365 * (LAST_YEAR - FIRST_YEAR))
    if dice.random() < 0.1:
        # Days that some months or years do not have.
        month, number = dice.choice(((1, 31), (2, 29), (1, 30), (1, 29), (12, 31), (10, 31)))
        year = day.year // 4 * 4 if month == 2 else day.year
        day = datetime.datetime(max(year, 1972), month, number)
    minute = (0, 0, 0, 15, 30, 45)
    return day.replace(hour=dice.randrange(24), minute=dice.choice((*minute, dice.randrange(60))), second=dice.choice((0, 0, 0, dice.randrange(60))))


def wall_near(dice, change):
    """A wall-clock time in the gap or the repeated hour of a clock change, at its edges, or near them."""
    at, before, after = change
    edges = sorted((at + before, at + after))
    wall = dice.choice(edges).replace(tzinfo=None)
    if dice.random() < 0.4:
        span = int((edges[1] - edges[0]) / SECOND)
        wall = edges[0].replace(tzinfo=None) + SECOND * dice.randrange(max(span, 1))
    elif dice.random() < 0.5:
        wall += SECOND * dice.choice((-3600, -1800, -1, 1, 1800, 3600))
    return wall


def before(dice, wall, frequency, interval):
    """A start from which the rule comes by at `wall`."""
    steps = dice.choice((0, 0, 1, 2, dice.randrange(8)))
    if frequency == "DAILY":
        return wall - DAY * interval * steps
    if frequency == "WEEKLY":
        return wall - DAY * 7 * interval * steps
    months = steps * interval * (1 if frequency == "MONTHLY" else 12)
    year, month = divmod(wall.year * 12 + wall.month - 1 - months, 12)
    return wall.replace(year=max(year, FIRST_YEAR), month=month + 1, day=min(wall.day, 28))


def some(dice, choices, most):
    return ",".join(str(it) for it in dice.sample(choices, dice.randint(1, most)))


def month_days(dice, start):
    days = [dice.choice((start.day, dice.randint(1, 31), dice.randint(-31, -1), 31, -1)) for _ in range(dice.choice((1, 1, 2, 3, 6)))]
    return ",".join(str(it) for it in dict.fromkeys(days))


def weekdays(dice, most_ordinal=0):
    names = dice.sample(list(WEEKDAYS), dice.choice((1, 1, 2, 2, 3, 5, 7)))
    if not most_ordinal:
        return ",".join(names)
    plain = dice.random() < 0.1
    ordinal = lambda: dice.choice((1, 2, -1, dice.randint(1, most_ordinal), -dice.randint(1, most_ordinal)))
    return ",".join(name if plain and place == 0 else f"{ordinal()}{name}" for place, name in enumerate(names[:3]))


def by_parts(dice, frequency, start):
    parts, chance = {}, dice.random()
    if dice.random() < 0.2:
        months = dice.sample(range(1, 13), dice.randint(1, 4))
        parts["BYMONTH"] = ",".join(str(it) for it in dict.fromkeys(months + ([start.month] if dice.random() < 0.6 else [])))
    if frequency in ("DAILY", "WEEKLY"):
        if chance < (0.6 if frequency == "WEEKLY" else 0.25):
            parts["BYDAY"] = weekdays(dice)
        elif frequency == "DAILY" and chance < 0.4:
            parts["BYMONTHDAY"] = month_days(dice, start)
    else:
        if 0.2 < chance < 0.45 or chance > 0.9:
            parts["BYMONTHDAY"] = month_days(dice, start)
        if 0.45 < chance < 0.6 or chance > 0.9:
            parts["BYDAY"] = weekdays(dice)
        elif 0.6 < chance < 0.9:
            parts["BYDAY"] = weekdays(dice, 5 if frequency == "MONTHLY" or "BYMONTH" in parts else 53)
    if parts and dice.random() < (0.05 if frequency == "DAILY" else 0.2):
        far = dice.random() < 0.2 and frequency in ("MONTHLY", "YEARLY")
        parts["BYSETPOS"] = some(dice, [3, 4, 5, 10, -3, -4, -9] if far else [1, 2, -1, -2], 2)
    return parts


def random_rule(dice, frequency, interval, start):
    parts = by_parts(dice, frequency, start)
    if interval > 1 or dice.random() < 0.1:
        parts["INTERVAL"] = str(interval)
    if dice.random() < 0.2:
        parts["WKST"] = dice.choice(list(WEEKDAYS))
    if dice.random() < 0.35:
        parts["COUNT"] = str(dice.choice((1, 2, 3, 5, 10, dice.randint(1, 40))))
    order = list(parts)
    dice.shuffle(order)
    return {"FREQ": frequency, **{key: parts[key] for key in order}}


def add_until(dice, rule, start, end):
    if "COUNT" in rule or dice.random() < 0.5:
        return
    found = list(from_rule(rule, start, end))
    last = dice.choice(found[:60])
    if start.all_day:
        last += DAY * dice.choice((0, 0, 0, 1, 5))
        rule["UNTIL"] = last.strftime("%Y%m%d")
    else:
        last += SECOND * dice.choice((0, 0, 0, -1, 1, 3600, 86400, -3600))
        rule["UNTIL"] = write_wall(max(last, found[0])) + "Z"


# How far a window may begin behind the start, and how long it is, in days.
REACH = {"DAILY": (300, 60), "WEEKLY": (1200, 250), "MONTHLY": (4000, 900), "YEARLY": (9000, 3600)}


def random_window(dice, start, frequency, interval, change):
    far, length = REACH[frequency]
    at = to_utc(start.wall, start.zone)
    if change and dice.random() < 0.7:
        begin = change[0] - DAY * dice.randrange(length // 2)
    elif dice.random() < 0.7:
        begin = at - DAY * dice.randrange(length // 2)
    else:
        begin = at + DAY * dice.randrange(far * (1 + interval // 4))
    length = length if frequency != "DAILY" else length * min(interval, 5)
    begin = begin.replace(hour=0, minute=0, second=0) if start.all_day or dice.random() < 0.5 else begin
    begin = min(begin, datetime.datetime(LAST_YEAR, 12, 31, tzinfo=UTC))
    return begin, begin + DAY * dice.randint(length // 2, length)


def most_days(rule, frequency):
    """A bound for the window where a rule names many days of a month or a year."""
    if frequency not in ("MONTHLY", "YEARLY") or "BYSETPOS" in rule:
        return 7000
    return 60 + 7000 // (1 + 5 * (rule.get("BYDAY", "").count(",") + rule.get("BYMONTHDAY", "").count(",")))


def random_dates(dice, name, start, found, dates):
    """A line RDATE or EXDATE, in the start's own zone, in UTC, or in another zone."""
    picks = []
    for _ in range(dice.choice((1, 1, 2, 3))):
        at = dice.choice(found) if found and dice.random() < dates else to_utc(start.wall, start.zone) + DAY * dice.randrange(400)
        picks.append(at + (SECOND * dice.choice((-3600, 1800, 3600)) if dice.random() < 0.1 and not start.all_day else 0 * SECOND))
    if start.all_day:
        return f"{name};VALUE=DATE:" + ",".join(it.strftime("%Y%m%d") for it in picks)
    zone = start.zone if dice.random() < 0.85 else zoneinfo.ZoneInfo(dice.choice(ZONES))
    if zone is UTC or dice.random() < 0.2:
        return f"{name}:" + ",".join(write_wall(it) + "Z" for it in picks)
    return f"{name};TZID={zone.key}:" + ",".join(write_wall(it.astimezone(zone)) for it in picks)


def start_line(start):
    if start.all_day:
        return "DTSTART;VALUE=DATE:" + start.wall.strftime("%Y%m%d")
    return f"DTSTART:{write_wall(start.wall)}Z" if start.zone is UTC else f"DTSTART;TZID={start.zone.key}:{write_wall(start.wall)}"


def random_start(dice, frequency, interval):
    kind, change = dice.random(), None
    if kind < 0.15:
        wall = datetime.datetime.combine(random_wall(dice), datetime.time())
        return Start(wall, UTC, True), None
    if kind < 0.25:
        return Start(random_wall(dice), UTC, False), None
    # The first zones are those that are asked for most.
    name = dice.choice(ZONES[:7] if dice.random() < 0.7 else ZONES)
    wall = random_wall(dice)
    if dice.random() < 0.5:
        change = dice.choice(clock_changes(name))
        wall = before(dice, wall_near(dice, change), frequency, interval)
    return Start(max(wall, datetime.datetime(FIRST_YEAR, 1, 1)), zoneinfo.ZoneInfo(name), False), change


def fit(dice, rule, start):
    """The start at the first time of its rule, mostly: what people write. A rule that never comes by mostly loses what narrows it."""
    if dice.random() < 0.3:
        return start
    datetime.MAXYEAR = start.wall.year + 12
    first = next(walls(rule, start.wall), None)
    if first is not None:
        return start._replace(wall=first)
    if dice.random() < 0.95:
        for part in ("BYSETPOS", "BYMONTH", "BYMONTHDAY"):
            rule.pop(part, None)
    return start


def random_case(seed, number):
    """Each case has dice of its own, so that it can be made again without those before it."""
    dice = random.Random(f"{seed}/{number}")
    frequency = dice.choice(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"))
    interval = dice.choice((1, 1, 1, 1, 2, 2, 3, 4, dice.randint(1, 13)))
    start, change = random_start(dice, frequency, interval)
    rule = random_rule(dice, frequency, interval, start.wall) if dice.random() < 0.98 else None
    start = fit(dice, rule, start) if rule else start
    begin, end = random_window(dice, start, frequency, interval, change)
    end = min(end, begin + DAY * most_days(rule or {}, frequency))
    lines = [start_line(start)]
    if rule:
        add_until(dice, rule, start, end)
        lines.append("RRULE:" + ";".join(f"{key}={value}" for key, value in rule.items()))
    found = []
    if dice.random() < 0.3:
        found = [at for at in from_rule(rule, start, end) if begin <= at < end]
        if dice.random() < 0.7:
            lines.append(random_dates(dice, "EXDATE", start, found, 0.9))
    if dice.random() < 0.15:
        lines.append(random_dates(dice, "RDATE", start, found, 0.2))
    return {"id": number, "lines": lines, "window": [write_instant(begin), write_instant(end)]}


# ---- why the crate `rrule` answers otherwise

def is_mixed(days):
    """Whether a list of BYDAY has plain days and ordinal ones."""
    return len({it[-2:] == it for it in days.split(",")}) == 2


def as_the_crate(rule, start):
    """The times of the crate `rrule`: a port of dateutil. A doubtful time is reckoned from midnight, and left out where that is doubtful."""
    by = arguments_of(rule)
    if "BYDAY" in rule:
        by["byweekday"] = tuple(WEEKDAYS[it[-2:]](int(it[:-2])) if it[:-2] else WEEKDAYS[it] for it in rule["BYDAY"].split(","))
    left = int(rule.get("COUNT", 0))
    for wall in dateutil.rrule(FREQUENCIES[rule["FREQ"]], dtstart=start.wall, **by):
        if not is_doubtful(wall, start.zone) or not is_doubtful(datetime.datetime.combine(wall, datetime.time()), start.zone):
            yield wall
            left -= 1
            if left == 0:
                return


def is_doubtful(wall, zone):
    """Whether the clock shows this time twice, or never."""
    at = wall.replace(tzinfo=zone)
    return at.utcoffset() != at.replace(fold=1).utcoffset()


def reason(case, expected, peer):
    """Why the crate's answer is another: what it is known to do otherwise gives that very answer."""
    lines, window = case["lines"], case["window"]
    start = read_start(lines[0])
    rule = next((read_rule(it.partition(":")[2]) for it in lines if it.startswith("RRULE")), None)
    if peer != sorted(set(peer)) and sorted(set(peer)) == expected:
        return "it gives an instant twice, where RDATE repeats what the rule gives"
    if sorted(set(peer)) != expand(lines, window, as_the_crate):
        return NOT_EXPLAINED
    if rule is None:
        return "without an RRULE it gives no DTSTART"
    datetime.MAXYEAR = LAST_SUPPORTED_YEAR
    if next(walls(rule, start.wall), None) != start.wall:
        return "DTSTART does not fit the rule, and it gives and counts only what does"
    if is_mixed(rule.get("BYDAY", "")):
        return "BYDAY has plain and ordinal days, and it wants both to hold"
    if rule["FREQ"] == "WEEKLY" and "BYSETPOS" in rule:
        return "it counts BYSETPOS in the first week from DTSTART on"
    return "it leaves out a time that a clock change doubles or skips, where midnight is doubled or skipped too"


# ---- asking the program

# Small enough for a pipe, so that neither side waits for the other while writing.
BATCH_BYTES = 8192


class Tally:
    def __init__(self):
        self.cases = self.starts = self.empty = self.compared = 0
        self.ours, self.peer = [], collections.defaultdict(list)
        self.peer_count = collections.Counter()

    def judge(self, case, answer):
        expected = expand(case["lines"], case["window"])
        self.cases += 1
        self.starts += len(expected)
        if "no date" in answer.get("refused", "") and names_no_date(case["lines"]):
            self.empty += 1
        elif answer.get("id") != case["id"] or answer.get("starts") != expected:
            self.ours.append({**case, "expected": expected, "answer": answer})
        peer = answer.get("rrule")
        if peer is None:
            return
        self.compared += 1
        if peer != expected:
            self.note_peer({**case, "expected": expected, "rrule": peer}, reason(case, expected, peer))

    def note_peer(self, difference, reason):
        self.peer_count[reason] += 1
        if len(self.peer[reason]) < 10:
            self.peer[reason].append(difference)

    def add(self, other):
        self.cases += other.cases
        self.starts += other.starts
        self.empty += other.empty
        self.compared += other.compared
        self.ours += other.ours
        self.peer_count += other.peer_count
        for reason, differences in other.peer.items():
            self.peer[reason] = (self.peer[reason] + differences)[:10]


def batches(cases):
    """Cases with their text, as many at a time as a pipe holds."""
    batch, size = [], 0
    for case in cases:
        text = json.dumps(case) + "\n"
        if batch and size + len(text) > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append((case, text))
        size += len(text)
    yield batch


def ask(program, cases):
    tally = Tally()
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for batch in batches(cases):
            process.stdin.write("".join(text for _, text in batch))
            process.stdin.flush()
            for case, _ in batch:
                line = process.stdout.readline()
                if not line:
                    raise SystemExit(f"recurrence: the program ended before its answer to {json.dumps(case)}")
                tally.judge(case, json.loads(line))
        process.stdin.close()
    return tally


def part(arguments, numbers):
    return ask(arguments.program, (random_case(arguments.seed, it) for it in numbers))


def run(arguments):
    numbers = range(arguments.cases) if arguments.only is None else [arguments.only]
    if arguments.jobs == 1:
        return part(arguments, numbers)
    total = Tally()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for tally in pool.map(part, [arguments] * arguments.jobs, [numbers[it :: arguments.jobs] for it in range(arguments.jobs)]):
            total.add(tally)
    return total


def show(differences):
    for difference in differences[:10]:
        print("   ", json.dumps(difference))


def report(tally, arguments, seconds):
    print(f"{tally.cases} cases with {tally.starts} starts, seed {arguments.seed}, {seconds:.0f} s, zone data {zone_data()}")
    print(f"rightly refused, since the rule never comes by: {tally.empty}")
    print(f"differences with ours: {len(tally.ours)}")
    show(sorted(tally.ours, key=lambda it: len(json.dumps(it))))
    if tally.compared:
        print(f"differences with the crate rrule, in the {tally.compared} cases that it reads: {tally.peer_count.total()}")
    for reason, count in tally.peer_count.most_common():
        print(f"  {count} {reason}")
    show(tally.peer[NOT_EXPLAINED])


def zone_data():
    from importlib import metadata

    return metadata.version("tzdata")


def main():
    parser = argparse.ArgumentParser(description="Random cases of recurrence: python-dateutil's answers beside a program's.")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", default=None, help="any text; a new one each time if not given")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of one case to try again")
    parser.add_argument("program", nargs="+")
    arguments = parser.parse_args()
    arguments.seed = arguments.seed or str(int.from_bytes(os.urandom(4), "big"))
    if arguments.only is not None:
        print(json.dumps(random_case(arguments.seed, arguments.only)))
    began = time.monotonic()
    tally = run(arguments)
    report(tally, arguments, time.monotonic() - began)
    failed = len(tally.ours) + tally.peer_count[NOT_EXPLAINED]
    print(f"recurrence: {tally.cases - len(tally.ours)} passed, {failed} failed")
    sys.exit(1 if failed or not tally.cases else 0)


if __name__ == "__main__":
    main()
