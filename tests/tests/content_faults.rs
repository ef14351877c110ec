//! Each way to get content wrong is told as `file:line: what`, all of it in one run, and nothing is published.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use Edit::{Copy, Link, Remove, Swap, Write};
use otsupport_hub::publish::{PublishError, Severity};
use otsupport_tests::content_folder::{Edit, edit, restore, small};
use otsupport_tests::site::{MORNING, Publisher};

const COAT: &str = "strategies/dressing/coat-flip.md";
const BUTTONS: &str = "strategies/dressing/big-buttons.md";
const FRENCH: &str = "strategies/dressing/coat-flip.fr.md";
const GAMES: &str = "strategies/sleep/late-games.md";
const NOTES: &str = "resources/teacher-notes.md";
const DROP_IN: &str = "events/drop-in.ics";

/// A fault: its file, its line, and a piece of its words.
type Told = (&'static str, usize, &'static str);
/// What is wrong, the edits that make it so, and exactly the faults that must be told.
type Case = (&'static str, Vec<Edit>, Vec<Told>);

/// What does not fit of a case.
fn misfit(publisher: &Publisher, (what, edits, expected): &Case) -> Option<String> {
    restore(publisher).unwrap();
    edit(publisher, edits).unwrap();
    let why = match publisher.publish(MORNING) {
        Err(PublishError::Content(all)) => {
            let faults: Vec<_> = all.iter().filter(|it| it.severity == Severity::Fault).collect();
            let fits = |(told, (file, line, words)): (&&_, &Told)| {
                let told: &otsupport_hub::publish::Fault = told;
                told.file == *file && told.line == *line && told.what.contains(words)
            };
            if !all.is_sorted() {
                format!("not sorted: {all:#?}")
            } else if faults.len() != expected.len() || !faults.iter().zip(expected).all(fits) {
                let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
                format!("told {told:#?}, expected {expected:#?}")
            } else if publisher.site().exists() {
                "the site was begun".to_owned()
            } else {
                return None;
            }
        }
        Err(other) => format!("not told as a fault of the content: {other}"),
        Ok(_) => {
            fs::remove_dir_all(publisher.site()).unwrap();
            "published".to_owned()
        }
    };
    Some(format!("{what}: {why}"))
}

fn each_is_told(cases: Vec<Case>) {
    let publisher = small().unwrap();
    let misfits: Vec<String> = cases.iter().filter_map(|it| misfit(&publisher, it)).collect();
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
}

#[test]
fn what_every_case_begins_with_is_good() {
    let published = small().unwrap().publish(MORNING).unwrap();
    assert_eq!((published.warnings.len(), published.version), (0, 1), "{:?}", published.warnings);
}

#[test]
fn a_bad_header() {
    each_is_told(vec![
        ("no header", vec![Swap(NOTES, "---\nid", "id")], vec![(NOTES, 1, "begins with a header")]),
        (
            "a header without its end",
            vec![Swap(NOTES, "team}\n---", "team}")],
            vec![(NOTES, 1, "begins with a header")],
        ),
        (
            "broken YAML",
            vec![Swap(NOTES, "[school]\nsettings", "[school\nsettings")],
            vec![(NOTES, 6, "not YAML")],
        ),
        (
            "another id than the file's name",
            vec![Swap(NOTES, "id: teacher", "id: teachers")],
            vec![(NOTES, 2, "`teachers-notes`")],
        ),
        ("no id", vec![Swap(NOTES, "id: teacher-notes\n", "")], vec![(NOTES, 2, "`id` is missing")]),
        (
            "an id that is none",
            vec![Swap(NOTES, "id: teacher-notes", "id: Teacher Notes")],
            vec![(NOTES, 2, "lower-case")],
        ),
        (
            "no title",
            vec![Swap(NOTES, "title: Notes for teachers", "title:")],
            vec![(NOTES, 2, "`title` is missing")],
        ),
        (
            "an unknown topic",
            vec![Swap(NOTES, "topic: dressing", "topic: dresing")],
            vec![(NOTES, 4, "`dresing` is not in topics.yaml")],
        ),
        (
            "another topic than the folder's",
            vec![Swap(BUTTONS, "topic: dressing", "topic: sleep")],
            vec![(BUTTONS, 4, "the topic is `sleep`")],
        ),
        (
            "an unknown field",
            vec![Swap(COAT, "minutes: 5", "minuts: 5")],
            vec![(COAT, 8, "`minuts` is not a field")],
        ),
        (
            "an unknown audience",
            vec![Swap(NOTES, "audiences: [school]", "audiences: [schol]")],
            vec![(NOTES, 5, "family, school")],
        ),
        (
            "ages the wrong way round",
            vec![Swap(COAT, "from: 3, to: 7", "from: 7, to: 3")],
            vec![(COAT, 7, "younger")],
        ),
        ("a key twice", vec![Swap(NOTES, "title:", "title: One\ntitle:")], vec![(NOTES, 4, "twice")]),
        ("an anchor", vec![Swap(NOTES, "[school]", "&a [school]")], vec![(NOTES, 5, "anchors")]),
        (
            "a billion laughs",
            vec![Swap(
                NOTES,
                "audiences: [school]",
                "keywords: &a [x, x]\nasks: [*a, *a]\naudiences: [school]",
            )],
            vec![(NOTES, 5, "anchors")],
        ),
        ("a tag", vec![Swap(NOTES, "title: Notes", "title: !!binary Notes")], vec![(NOTES, 3, "tags")]),
        (
            "not UTF-8",
            vec![Write(NOTES, b"---\nid: teacher-notes\ntitle: \xff\n---\n".to_vec())],
            vec![(NOTES, 3, "not UTF-8")],
        ),
        (
            "another kind of file",
            vec![Write("resources/notes.txt", b"x".to_vec())],
            vec![("resources/notes.txt", 1, "only .md")],
        ),
        (
            "a file's name that is none",
            vec![Copy(NOTES, "resources/Two Words.md")],
            vec![("resources/Two Words.md", 1, "<id>.md")],
        ),
    ]);
}

#[test]
fn a_bad_body() {
    each_is_told(vec![
        (
            "no Steps",
            vec![Swap(BUTTONS, "## Steps\n\n1. Start with one big button.\n2. Push it through.\n", "")],
            vec![(BUTTONS, 12, "`Steps` is missing")],
        ),
        (
            "no Stop if",
            vec![Swap(BUTTONS, "## Stop if\n\n- Hands hurt.\n", "")],
            vec![(BUTTONS, 12, "`Stop if` is missing")],
        ),
        (
            "no Get help when",
            vec![Swap(BUTTONS, "## Get help when\n\n- One hand is not used.\n", "")],
            vec![(BUTTONS, 12, "`Get help when` is missing")],
        ),
        (
            "an empty Stop if",
            vec![Swap(BUTTONS, "- Hands hurt.\n", "")],
            vec![(BUTTONS, 18, "`Stop if` is empty")],
        ),
        (
            "Steps without numbers",
            vec![Swap(
                BUTTONS,
                "1. Start with one big button.\n2. Push",
                "- Start with one big button.\n- Push",
            )],
            vec![(BUTTONS, 13, "numbered")],
        ),
        (
            "an unknown heading",
            vec![Swap(BUTTONS, "## Steps", "## Tips\n\nBe calm.\n\n## Steps")],
            vec![(BUTTONS, 13, "`Tips` is not a heading")],
        ),
        (
            "a heading twice",
            vec![Swap(BUTTONS, "## Get help when", "## Stop if\n\n- More.\n\n## Get help when")],
            vec![(BUTTONS, 22, "stands twice")],
        ),
        (
            "text before the first heading",
            vec![Swap(BUTTONS, "## Steps", "Hello.\n\n## Steps")],
            vec![(BUTTONS, 13, "before the first heading")],
        ),
        (
            "HTML",
            vec![Swap(NOTES, "Give time for coats.", "Give time for coats.\n\n<iframe src=x></iframe>")],
            vec![(NOTES, 14, "HTML")],
        ),
        (
            "a link to nothing",
            vec![Swap(COAT, "](big-buttons)", "](bigger-buttons)")],
            vec![(COAT, 20, "`bigger-buttons`, which does not exist")],
        ),
        (
            "a link to something withdrawn",
            vec![Swap(COAT, "](big-buttons)", "](late-games)")],
            vec![(COAT, 20, "`late-games`, which is withdrawn")],
        ),
        (
            "a link that runs something",
            vec![Swap(COAT, "](big-buttons)", "](javascript:alert)")],
            vec![(COAT, 20, "a link names")],
        ),
        (
            "instead is not there",
            vec![Swap(GAMES, "instead: coat-flip", "instead: coat-flop")],
            vec![(GAMES, 8, "`coat-flop`, which does not exist")],
        ),
        (
            "instead is withdrawn itself",
            vec![Swap(GAMES, "instead: coat-flip", "instead: late-games")],
            vec![(GAMES, 8, "which is withdrawn")],
        ),
    ]);
}

#[test]
fn a_bad_review() {
    // What does not say properly that it is withdrawn must be whole.
    const STEPS: &str = "`Steps` is missing";
    const STOP: &str = "`Stop if` is missing";
    const GET_HELP: &str = "`Get help when` is missing";
    const ALL: &str = "needs a reviewer, the date of the review and a `next`";
    each_is_told(vec![
        (
            "no review",
            vec![Swap(NOTES, "review: {status: demonstration, author: A team}\n", "")],
            vec![(NOTES, 2, "`review` is missing")],
        ),
        (
            "an unknown status",
            vec![Swap(NOTES, "status: demonstration", "status: fine")],
            vec![(NOTES, 7, "one of demonstration, reviewed, withdrawn")],
        ),
        ("no author", vec![Swap(NOTES, ", author: A team", "")], vec![(NOTES, 7, "`author` is missing")]),
        ("reviewed by nobody", vec![Swap(BUTTONS, "reviewer: B lead, ", "")], vec![(BUTTONS, 10, ALL)]),
        ("reviewed on no day", vec![Swap(BUTTONS, "reviewed: 2026-01-31, ", "")], vec![(BUTTONS, 10, ALL)]),
        ("reviewed for ever", vec![Swap(BUTTONS, ", next: 2027-01-31", "")], vec![(BUTTONS, 10, ALL)]),
        (
            "reviewed by its author",
            vec![Swap(BUTTONS, "reviewer: B lead", "reviewer: a TEAM")],
            vec![(BUTTONS, 10, "other than the author")],
        ),
        (
            "a day that is none",
            vec![Swap(BUTTONS, "next: 2027-01-31", "next: 2027-02-30")],
            vec![(BUTTONS, 10, "`next`: a day"), (BUTTONS, 10, ALL)],
        ),
        (
            "a review that lies ahead",
            vec![Swap(BUTTONS, "reviewed: 2026-01-31", "reviewed: 2026-12-31")],
            vec![(BUTTONS, 10, "lies ahead")],
        ),
        (
            "a next before the review",
            vec![Swap(BUTTONS, "next: 2027-01-31", "next: 2026-01-31")],
            vec![(BUTTONS, 10, "must come after")],
        ),
        (
            "withdrawn without a word",
            vec![Swap(
                GAMES,
                "withdrawn: {on: 2026-11-01, reason: It kept children awake., instead: coat-flip}\n",
                "",
            )],
            vec![
                (GAMES, 7, "withdrawn: {on, reason, instead}"),
                (GAMES, 9, GET_HELP),
                (GAMES, 9, STEPS),
                (GAMES, 9, STOP),
            ],
        ),
        (
            "withdrawn on no day",
            vec![Swap(GAMES, "on: 2026-11-01", "on: yesterday")],
            vec![(GAMES, 8, "a day"), (GAMES, 10, GET_HELP), (GAMES, 10, STEPS), (GAMES, 10, STOP)],
        ),
        (
            "withdrawn for no reason",
            vec![Swap(GAMES, "reason: It kept children awake., ", "")],
            vec![(GAMES, 8, "`reason` is missing")],
        ),
        (
            "demonstration items in a live service",
            vec![Swap("service.yaml", "status: demonstration", "status: live")],
            vec![
                (NOTES, 7, "a live service holds no demonstration item"),
                (FRENCH, 8, "a live service holds no demonstration item"),
                (COAT, 15, "a live service holds no demonstration item"),
            ],
        ),
    ]);
}

#[test]
fn items_that_do_not_fit_together() {
    const SLEEPY: &str = "strategies/sleep/big-buttons.md";
    const ALONE: &str = "strategies/dressing/zip-up.fr.md";
    each_is_told(vec![
        (
            "one id in two topics",
            vec![Copy(BUTTONS, SLEEPY), Swap(SLEEPY, "topic: dressing", "topic: sleep")],
            vec![(SLEEPY, 2, "`big-buttons` is also that of strategies/dressing/big-buttons.md")],
        ),
        (
            "one id for a strategy and a resource",
            vec![
                Copy(NOTES, "resources/coat-flip.md"),
                Swap("resources/coat-flip.md", "id: teacher-notes", "id: coat-flip"),
            ],
            vec![("resources/coat-flip.md", 2, "`coat-flip` is also that of")],
        ),
        (
            "a variant without its original",
            vec![Copy(FRENCH, ALONE), Swap(ALONE, "id: coat-flip", "id: zip-up")],
            vec![(ALONE, 1, "without its original")],
        ),
        ("a variant of no digest", vec![Swap(FRENCH, "\nof: ", "\nof: x")], vec![(FRENCH, 3, "SHA-256")]),
        (
            "a variant with fewer steps",
            vec![Swap(FRENCH, "3. Le retourner.\n", "")],
            vec![(FRENCH, 11, "`Steps` has fewer items")],
        ),
        (
            "a variant with fewer reasons to stop",
            vec![Swap(FRENCH, "- Un bras fait mal.\n", "")],
            vec![(FRENCH, 17, "`Stop if` has fewer items")],
        ),
        (
            "a variant without Get help when",
            vec![Swap(FRENCH, "## Get help when\n\n- Rien ne change en un trimestre.\n", "")],
            vec![(FRENCH, 1, "`Get help when` is missing")],
        ),
        (
            "a topic twice",
            vec![Swap("topics.yaml", "slug: sleep", "slug: dressing")],
            vec![(GAMES, 4, "`sleep` is not in topics.yaml"), ("topics.yaml", 9, "`dressing` stands twice")],
        ),
        (
            "nobody for an emergency",
            vec![Swap("service.yaml", "levels: [emergency]", "levels: [urgent]")],
            vec![("service.yaml", 1, "nobody for an emergency")],
        ),
        ("no service", vec![Remove("service.yaml")], vec![("service.yaml", 1, "missing")]),
        (
            "faults all over the house",
            vec![
                Swap(COAT, "minutes: 5", "minuts: 5"),
                Swap(BUTTONS, "- Hands hurt.\n", ""),
                Swap(NOTES, "topic: dressing", "topic: dresing"),
                Swap(DROP_IN, "UID:drop-in@otsupport.example\n", ""),
                Remove("media/coat.pdf"),
            ],
            vec![
                (DROP_IN, 4, "without UID"),
                (NOTES, 4, "`dresing`"),
                (BUTTONS, 18, "`Stop if` is empty"),
                (COAT, 8, "`minuts`"),
                (COAT, 14, "media/coat.pdf is missing"),
            ],
        ),
    ]);
}

#[test]
fn a_bad_event() {
    each_is_told(vec![
        (
            "no calendar",
            vec![Write(DROP_IN, b"hello\n".to_vec())],
            vec![(DROP_IN, 1, "not a line of iCalendar"), (DROP_IN, 1, "BEGIN:VCALENDAR")],
        ),
        (
            "an event without its end",
            vec![Swap(DROP_IN, "END:VEVENT\nEND:VCALENDAR\n", "")],
            vec![(DROP_IN, 1, "without its END")],
        ),
        (
            "an event without a beginning",
            vec![Swap(DROP_IN, "DTSTART;TZID=Europe/London:20270203T190000\n", "")],
            vec![(DROP_IN, 4, "without DTSTART")],
        ),
        (
            "one UID in two files",
            vec![Copy(DROP_IN, "events/other.ics")],
            vec![("events/other.ics", 4, "stands in two files")],
        ),
        (
            "another kind of file",
            vec![Write("events/list.csv", b"x".to_vec())],
            vec![("events/list.csv", 1, "only .ics")],
        ),
        ("an empty file", vec![Write(DROP_IN, Vec::new())], vec![(DROP_IN, 1, "BEGIN:VCALENDAR")]),
        ("ten megabytes", vec![Write(DROP_IN, vec![b'x'; 10 << 20])], vec![(DROP_IN, 1, "at most 256 KB")]),
    ]);
}

#[test]
fn an_event_outside_the_profile() {
    const START: &str = "DTSTART;TZID=Europe/London:20270203T190000";
    const END: &str = "DTEND;TZID=Europe/London:20270203T200000";
    let lines = [
        (END, "RRULE:FREQ=HOURLY", 9, "RRULE: FREQ=HOURLY is not supported"),
        (END, "RRULE:FREQ=YEARLY;BYWEEKNO=20", 9, "RRULE: BYWEEKNO is not supported"),
        (
            END,
            "RRULE:FREQ=WEEKLY;BYDAY=1MO",
            9,
            "RRULE: BYDAY with a number in a WEEKLY rule is not supported",
        ),
        (END, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 9, "RRULE names no date at all"),
        (END, "RRULE:FREQ=DAILY;COUNT=2000000000", 9, "RRULE: COUNT=2000000000 is not right"),
        (END, "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20270301T000000Z", 9, "COUNT and UNTIL exclude each other"),
        (END, "RRULE:FREQ=DAILY;UNTIL=99991231T000000", 9, "UNTIL=99991231T000000 is not right"),
        (END, "EXRULE:FREQ=DAILY", 9, "EXRULE is not supported"),
        (END, "RDATE;VALUE=PERIOD:20270210T190000/PT1H", 9, "RDATE with VALUE=PERIOD is not supported"),
        (
            END,
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20270203T190000Z",
            9,
            "RANGE=THISANDFUTURE is not supported",
        ),
        (END, "DURATION:-PT1H", 9, "ends before it begins"),
        (END, "DTEND;TZID=Europe/London:20270203T180000", 9, "ends before it begins"),
        (END, "DURATION:PT1H\nDTEND;TZID=Europe/London:20270203T200000", 10, "exclude each other"),
        (END, "X-BOOKING-CLOSES;VALUE=DATE:20270201", 9, "needs a date and a time"),
        (END, "X-BOOKING-URL:javascript:alert(1)", 9, "X-BOOKING-URL is not a web address"),
        (END, "X-TOPIC:juggling", 4, "there is no topic `juggling`"),
        (END, "X-BOROUGH:Atlantis", 4, "`Atlantis` is not a borough"),
        (END, "X-AGES:9-3", 9, "X-AGES is not like"),
        (
            START,
            "DTSTART;TZID=Europe/Atlantis:20270203T190000",
            8,
            "the time zone `Europe/Atlantis` is not known",
        ),
        (START, "DTSTART;TZID=Europe/London:99990203T190000", 8, "the year lies outside 1900 to 2199"),
        (START, "DTSTART;TZID=Europe/London:20270230T190000", 8, "is not a date or a time"),
        (START, "DTSTART;VALUE=DATE:20270203", 9, "not both a date or both a time"),
    ];
    let cases =
        lines.map(|(from, to, line, what)| (to, vec![Swap(DROP_IN, from, to)], vec![(DROP_IN, line, what)]));
    each_is_told(cases.to_vec());
}

#[test]
fn media_that_is_missing_or_lies_elsewhere() {
    const PATH: &str = "a file below media/";
    const PAPER: &str = "media/coat.pdf";
    const SVG: &str = "media/coat.svg";
    let long = format!("<svg>{}</svg>", " ".repeat(8 << 10));
    each_is_told(vec![
        (
            "no alternative text",
            vec![Swap(COAT, ", alt: A coat on the floor.", "")],
            vec![(COAT, 13, "`alt`")],
        ),
        (
            "an empty alternative text",
            vec![Swap(COAT, "alt: A coat on the floor.", "alt: \"\"")],
            vec![(COAT, 13, "`alt`")],
        ),
        ("a missing file", vec![Remove(PAPER)], vec![(COAT, 14, "media/coat.pdf is missing")]),
        ("a path that climbs out", vec![Swap(COAT, PAPER, "media/../../etc/passwd")], vec![(COAT, 14, PATH)]),
        (
            "a path that climbs out backwards",
            vec![Swap(COAT, PAPER, "media/..\\..\\keys")],
            vec![(COAT, 14, PATH)],
        ),
        ("an absolute path", vec![Swap(COAT, PAPER, "/etc/passwd")], vec![(COAT, 14, PATH)]),
        ("a path beside media", vec![Swap(COAT, PAPER, "service.yaml")], vec![(COAT, 14, PATH)]),
        (
            "a link out of media",
            vec![Remove(PAPER), Link(PAPER, "/etc/passwd")],
            vec![(PAPER, 1, "links are not followed"), (COAT, 14, "missing")],
        ),
        (
            "a folder in media that is a link out",
            vec![Link("media/more", "/etc"), Swap(COAT, PAPER, "media/more/passwd")],
            vec![("media/more", 1, "links are not followed"), (COAT, 14, "missing")],
        ),
        (
            "a resource that is a link out",
            vec![Remove(NOTES), Link(NOTES, "/etc/passwd")],
            vec![(NOTES, 1, "links are not followed")],
        ),
        ("a line picture beyond 8 KB", vec![Write(SVG, long.into_bytes())], vec![(SVG, 1, "at most 8 KB")]),
        ("a line picture that is none", vec![Write(SVG, b"\x89PNG".to_vec())], vec![(SVG, 1, "not UTF-8")]),
        (
            "a topic's picture that is no line picture",
            vec![Swap("topics.yaml", SVG, PAPER)],
            vec![("topics.yaml", 4, "SVG")],
        ),
    ]);
}

/// The folder's own names lead out as well as those below them.
#[test]
#[cfg(unix)]
fn a_media_folder_that_is_a_link_out_is_refused() {
    let publisher = small().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("private.pdf"), "not the editor's").unwrap();
    fs::copy(publisher.content().join("media/coat.svg"), elsewhere.path().join("coat.svg")).unwrap();
    edit(&publisher, &[Remove("media"), Swap(COAT, "media/coat.pdf", "media/private.pdf")]).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), publisher.content().join("media")).unwrap();
    let published = publisher.publish(MORNING);
    assert!(matches!(&published, Err(PublishError::Content(_))), "{published:?}");
}

#[test]
fn a_huge_or_twisted_file_is_refused_in_little_time_and_memory() {
    let program = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("otsupport-hub");
    assert!(
        program.is_file(),
        "{} is not built; run `cargo build --release --workspace` first",
        program.display()
    );
    let header = |inner: &str| format!("---\nid: teacher-notes\n{inner}\n---\n").into_bytes();
    let keys: String = (0..20_000).map(|it| format!("k{it}:\n")).collect();
    let headings: String = (0..20_000).map(|it| format!("## {it}\n")).collect();
    let cases: [(&str, Vec<u8>, &str); 7] = [
        ("50 MB", b"- word\n".repeat(50 << 20 >> 3), "at most 256 KB"),
        ("10,000 brackets", header(&format!("a: {}", "[".repeat(10_000))), "resources/teacher-notes.md:3: "),
        ("10,000 braces", header(&format!("a: {}", "{a: ".repeat(10_000))), "resources/teacher-notes.md:3: "),
        (
            "10,000 dashes",
            header(&format!("a:\n {}x", "- ".repeat(10_000))),
            "resources/teacher-notes.md:4: ",
        ),
        ("20,000 keys", header(&keys), "`k19999` is not a field"),
        ("20,000 headings", [header("title: x"), headings.into_bytes()].concat(), "`19999` is empty"),
        (
            "50,000 brackets in the body",
            [header("title: x"), "[".repeat(50_000).into_bytes()].concat(),
            "`topic` is missing",
        ),
    ];
    for (what, bytes, words) in cases {
        let publisher = small().unwrap();
        fs::write(publisher.content().join(NOTES), bytes).unwrap();
        let began = Instant::now();
        // Not more than 64 MB of memory, program and stack included.
        let output = Command::new("sh")
            .args(["-c", "ulimit -v 65536 && exec \"$0\" \"$@\""])
            .arg(&program)
            .arg("publish")
            .arg("--content")
            .arg(publisher.content())
            .arg("--site")
            .arg(publisher.site())
            .arg("--keys")
            .arg(publisher.keys())
            .args(["--now", MORNING])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let some: String = told.chars().take(400).collect();
        assert_eq!(output.status.code(), Some(1), "{what}: {some}");
        assert!(told.contains(words), "{what}: {some}");
        assert!(began.elapsed() < Duration::from_secs(5), "{what}: {:?}", began.elapsed());
        assert!(!publisher.site().exists(), "{what}");
    }
}
