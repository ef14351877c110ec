//! The pages for browsers: they say what a phone says, warnings and marks with it, and they load and run nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use otsupport_hub::publish::PublishError;
use otsupport_tests::content_folder::{Edit, edit, small};
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::snapshot::{Item, Limits, Part, Snapshot, Topic};

const LATER: &str = "2026-11-25T09:00:00Z";
const COAT: &str = "strategies/dressing/coat-flip.md";

/// The demonstration bank, published.
struct Bank {
    pages: BTreeMap<String, String>,
    snapshot: Snapshot,
}

static BANK: LazyLock<Bank> = LazyLock::new(|| {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    let packed = fs::read(publisher.site().join("full/1.zst")).unwrap();
    let unpacked = zstd::decode_all(packed.as_slice()).unwrap();
    Bank { pages: pages(&publisher), snapshot: Snapshot::parse(&unpacked, &Limits::default()).unwrap() }
});

/// Every page of the site by its name.
fn pages(publisher: &Publisher) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for folder in ["read", "s"] {
        for entry in fs::read_dir(publisher.site().join(folder)).unwrap().flatten() {
            let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            pages.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    pages
}

fn page(publisher: &Publisher, name: &str) -> String {
    fs::read_to_string(publisher.site().join(name)).unwrap()
}

/// The folder, published once more than it was.
fn published(edits: &[Edit]) -> Publisher {
    let publisher = small().unwrap();
    edit(&publisher, edits).unwrap();
    publisher.publish(MORNING).unwrap();
    publisher
}

/// The words between a page's tags, one block a line, without what stands round the text.
fn words(page: &str) -> String {
    let (_, main) = page.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    let mut words = String::new();
    for part in main.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let inline =
            ["a", "span", "strong"].contains(&tag.trim_start_matches('/').split(' ').next().unwrap());
        if !inline {
            words.push('\n');
        }
        words.push_str(text);
    }
    words.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn name(item: &Item) -> String {
    let variant = item.variant.as_ref().map(|it| match (it.easy, it.language.as_str()) {
        (true, "en") => ".easy".to_owned(),
        (true, language) => format!(".{language}.easy"),
        (false, language) => format!(".{language}"),
    });
    format!("read/{}{}.html", item.id, variant.unwrap_or_default())
}

fn topic(item: &Item) -> &'static Topic {
    BANK.snapshot.topics.iter().find(|it| it.slug == item.topic).unwrap()
}

/// What a section's line says, without its number or dash.
fn said(line: &str) -> &str {
    let line = line.strip_prefix("- ").unwrap_or(line);
    match line.split_once(". ") {
        Some((number, rest)) if number.parse::<u32>().is_ok() => rest,
        _ => line,
    }
}

#[test]
fn every_text_of_the_bank_has_a_page_that_says_each_of_its_lines() {
    let mut expected: BTreeSet<String> = BANK.snapshot.items().map(name).collect();
    expected.extend(["read/index.html".to_owned(), "s/index.html".to_owned()]);
    assert_eq!(BANK.pages.keys().cloned().collect::<BTreeSet<_>>(), expected);
    for item in BANK.snapshot.items() {
        let page = words(&BANK.pages[&name(item)]);
        let lines: BTreeSet<&str> = page.lines().collect();
        assert!(lines.contains(item.title.as_str()), "{}", name(item));
        for section in &item.sections {
            assert!(lines.contains(section.heading.as_str()), "{}: {}", name(item), section.heading);
            for line in section.text.lines().filter(|it| !it.is_empty()) {
                assert!(lines.contains(said(line)), "{} does not say: {line}", name(item));
            }
        }
    }
}

#[test]
fn every_warning_of_every_item_and_of_its_topic_is_on_its_page() {
    for item in BANK.snapshot.items() {
        let page = words(&BANK.pages[&name(item)]);
        let count = |line: &str| page.lines().filter(|it| *it == line).count();
        let warnings = item.sections.iter().filter(|it| Part::of(&it.heading).is_safety());
        for line in warnings.flat_map(|it| it.text.lines()).map(said).filter(|it| !it.is_empty()) {
            assert_eq!(count(line), 1, "{}: {line}", name(item));
        }
        for line in &topic(item).safety {
            assert!(count(line) >= 1, "{}: {line}", name(item));
        }
        // A variant says the topic's lines in its own words.
        for line in topic(item).get_help.iter().filter(|_| item.variant.is_none()) {
            assert_eq!(count(line), 1, "{}: {line}", name(item));
        }
    }
}

#[test]
fn help_comes_before_the_title_the_marks_before_the_text_and_keep_safe_before_the_steps() {
    for item in &BANK.snapshot.strategies {
        let page = &BANK.pages[&name(item)];
        let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{}: {words}", name(item)));
        let steps = place(">Steps</h2>");
        let order = [place("Call 999 now"), place("<h1>"), place("Demonstration, not clinical advice</p>")];
        assert!(order.is_sorted() && order[2] < steps, "{}", name(item));
        assert!(topic(item).safety.is_empty() || place(">Keep safe</h2>") < steps, "{}", name(item));
        assert!(page.contains("Not reviewed by a clinician") && page.contains("Bank 1, 24 November 2026"));
    }
}

#[test]
fn no_page_loads_or_runs_anything_but_what_is_in_it() {
    for (name, page) in &BANK.pages {
        let policy = page.split("Content-Security-Policy\" content=\"").nth(1).unwrap();
        let (policy, _) = policy.split_once('"').unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{name}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{name}: {policy}");
        for foreign in ["http:", "https:", " src=", "url(", "@import", "<iframe", "<form", "<img", " style="]
        {
            assert!(!page.contains(foreign), "{name}: {foreign}");
        }
        if name.starts_with("read/") {
            assert!(!page.contains("<script") && !policy.contains("script-src"), "{name}");
        }
    }
}

#[test]
fn headings_go_down_in_order_and_a_reader_can_skip_to_the_text() {
    for (name, page) in &BANK.pages {
        let levels: Vec<u32> =
            page.match_indices("<h").filter_map(|(at, _)| page[at + 2..at + 3].parse().ok()).collect();
        assert_eq!(levels.iter().filter(|it| **it == 1).count(), 1, "{name}");
        assert_eq!(levels.first(), Some(&1), "{name}");
        assert!(levels.windows(2).all(|it| it[1] <= it[0] + 1), "{name}: {levels:?}");
        let (_, body) = page.split_once("<body>").unwrap();
        assert!(body.starts_with("<a class=\"skip\" href=\"#main\""), "{name}");
        for landmark in ["<header ", "<aside ", "<main id=\"main\"", "<footer ", "aria-label=\"Help now\""] {
            assert_eq!(page.matches(landmark).count(), 1, "{name}: {landmark}");
        }
        assert!(page.contains("020 7946 0000") && page.contains("hello@otsupport.example.org"), "{name}");
    }
}

#[test]
fn a_page_knows_its_language_and_which_way_it_runs() {
    for (page, expected) in [
        ("read/now-and-next.html", "lang=\"en\" dir=\"ltr\""),
        ("read/now-and-next.easy.html", "lang=\"en\" dir=\"ltr\""),
        ("read/now-and-next.fr.html", "lang=\"fr\" dir=\"ltr\""),
        ("read/now-and-next.ar.html", "lang=\"ar\" dir=\"rtl\""),
    ] {
        assert!(BANK.pages[page].starts_with(&format!("<!DOCTYPE html><html {expected}>")), "{page}");
    }
    // The topic's own lines stand in English, and say so to a screen reader.
    let arabic = &BANK.pages["read/now-and-next.ar.html"];
    assert!(arabic.contains("<section class=\"warning\" lang=\"en\" dir=\"ltr\"><h2>Keep safe</h2>"));
    assert!(arabic.contains("<h2 lang=\"en\">Steps</h2>"));
}

#[test]
fn each_text_leads_to_the_others_of_its_item_and_to_the_items_it_names() {
    let original = &BANK.pages["read/one-safe-food.html"];
    for other in ["one-safe-food.fr.html", "one-safe-food.ar.html", "one-safe-food.easy.html"] {
        assert!(original.contains(&format!("href=\"{other}\"")), "{other}");
        assert!(BANK.pages[&format!("read/{other}")].contains("href=\"one-safe-food.html\""), "{other}");
    }
    let mut met = 0;
    for item in BANK.snapshot.items() {
        for link in &item.links {
            let page = &BANK.pages[&name(item)];
            let found = page.split("href=\"").skip(1).any(|it| {
                it.split_once("\">").is_some_and(|(to, rest)| {
                    to.starts_with(&format!("{}.", link.to))
                        && rest.starts_with(&format!("{}</a>", link.words))
                })
            });
            assert!(found, "{}: {link:?}", name(item));
            met += 1;
        }
    }
    assert!(met > 50, "{met}");
    // Every way leads somewhere.
    for (name, page) in BANK.pages.iter().filter(|(name, _)| name.starts_with("read/")) {
        for to in page.split("href=\"").skip(1).filter_map(|it| it.split('"').next()) {
            let elsewhere = ["#", "tel:", "mailto:", "data:", "../blob/"].iter().any(|it| to.starts_with(it));
            assert!(elsewhere || BANK.pages.contains_key(&format!("read/{to}")), "{name}: {to}");
        }
    }
}

#[test]
fn the_list_holds_every_item_under_its_topic() {
    let list = &BANK.pages["read/index.html"];
    for item in BANK.snapshot.items() {
        let (_, after) = list.split_once(&format!("<h2 id=\"{}\">", item.topic)).unwrap();
        let section = after.split("</section>").next().unwrap();
        let file = name(item).replace("read/", "");
        assert_eq!(section.matches(&format!("href=\"{file}\"")).count(), 1, "{}", name(item));
    }
}

#[test]
fn pictures_are_drawn_in_the_page_with_what_they_show() {
    let page = page(&published(&[]), "read/coat-flip.html");
    assert!(page.contains("<div class=\"picture\" role=\"img\" aria-label=\"A coat on the floor.\"><svg "));
    assert!(page.contains("<figcaption>The hood is near the feet.</figcaption>"));
    assert!(page.contains("download=\"coat.pdf\">The steps on one page.</a>"));
}

#[test]
fn a_hostile_text_stays_text() {
    let script = "<script>alert(1)</script>";
    // In XML this is one comment; in HTML it ends at its first `>`.
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><!--> {script} <!- -->\
         <title><![CDATA[{script}]]></title><path d=\"M0 0&quot;&gt;{}\"/></svg>",
        script.replace('<', "&lt;")
    );
    let publisher = published(&[
        Edit::Swap(COAT, "title: Flip the coat", "title: '\"><script>alert(1)</script>'"),
        Edit::Swap(COAT, "Lay the coat down.", r"\<script>alert(1)\</script>"),
        Edit::Swap(COAT, "An arm hurts.", r"\</script>\<script>alert(1)\</script>"),
        Edit::Swap(COAT, "alt: A coat on the floor.", "alt: '\"><script>alert(1)</script>'"),
        Edit::Swap("topics.yaml", "Sit down to dress.", "<script>alert(1)</script>"),
        Edit::Swap("service.yaml", "A small service", "<script>alert(1)</script>"),
        Edit::Write("media/coat.svg", svg.into_bytes()),
    ]);
    for (name, page) in pages(&publisher) {
        assert!(!page.contains("<script>alert"), "{name}");
        assert!(!page.contains("\"><script"), "{name}");
    }
    let page = page(&publisher, "read/coat-flip.html");
    assert!(page.contains("<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>"));
    assert!(page.contains("aria-label=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""));
}

#[test]
fn a_withdrawn_item_says_only_why_since_when_and_what_instead() {
    let page = page(&published(&[]), "read/late-games.html");
    let words = words(&page);
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    assert_eq!(
        lines[lines.len() - 5..],
        [
            "Late games",
            "Withdrawn on 1 November 2026. Do not use it.",
            "It kept children awake.",
            "Use instead: Flip the coat",
            "Bank 1, 24 November 2026"
        ]
    );
    assert!(page.contains("<a href=\"coat-flip.html\">Flip the coat</a>"));
    assert!(page.contains("Call 999 in an emergency."));
}

#[test]
fn a_text_that_was_reviewed_says_by_whom_when_and_until_when() {
    let publisher = published(&[]);
    let buttons = page(&publisher, "read/big-buttons.html");
    let mark = "Reviewed by B lead on 31 January 2026. To be checked again by 31 January 2027.";
    assert!(words(&buttons).lines().any(|it| it == mark));
    assert!(words(&buttons).lines().any(|it| it == "Demonstration, not clinical advice"));
    publisher.publish("2027-02-01T09:00:00Z").unwrap();
    let late = page(&publisher, "read/big-buttons.html");
    assert!(late.contains("This check is overdue since 31 January 2027."));
}

#[test]
fn the_topics_help_lines_are_on_the_page_of_an_item_that_does_not_say_them() {
    let publisher = published(&[]);
    let line = "Dressing hurts: contact the service.";
    assert!(words(&page(&publisher, "read/big-buttons.html")).lines().any(|it| it == line));
    edit(&publisher, &[Edit::Swap("strategies/dressing/big-buttons.md", "One hand is not used.", line)])
        .unwrap();
    publisher.publish(LATER).unwrap();
    let page = words(&page(&publisher, "read/big-buttons.html"));
    assert_eq!(page.matches(line).count(), 1);
    assert!(!page.contains("For this topic, get help when"));
}

#[test]
fn a_translation_that_is_behind_shows_the_originals_warnings_first() {
    let publisher = published(&[]);
    assert!(!page(&publisher, "read/coat-flip.fr.html").contains("This translation is being updated"));
    edit(&publisher, &[Edit::Swap(COAT, "An arm hurts.", "An arm hurts or looks odd.")]).unwrap();
    publisher.publish(LATER).unwrap();
    let page = page(&publisher, "read/coat-flip.fr.html");
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}"));
    let order = [
        place("This translation is being updated"),
        place("An arm hurts or looks odd."),
        place("It does not get better in a term."),
        place("Sit down to dress."),
        place("Poser le manteau."),
        place("Un bras fait mal."),
    ];
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn pages_of_items_that_are_gone_go_with_them() {
    let mut publisher = published(&[]);
    let left = publisher.site().join("read/half.part");
    fs::write(&left, "").unwrap();
    assert!(pages(&publisher).contains_key("read/teacher-notes.html"));
    edit(&publisher, &[Edit::Remove("resources/teacher-notes.md")]).unwrap();
    let before = pages(&publisher);
    // A publication that is refused touches none.
    assert!(matches!(publisher.publish(LATER), Err(PublishError::Content(_))));
    assert_eq!(pages(&publisher), before);
    publisher.allow_removed = true;
    publisher.publish(LATER).unwrap();
    let after = pages(&publisher);
    assert!(!after.contains_key("read/teacher-notes.html") && !left.exists());
    assert!(
        !after["s/index.html"].contains("teacher-notes")
            && !after["read/index.html"].contains("teacher-notes")
    );
    assert_eq!(after.len(), before.len() - 2);
}

#[test]
fn the_head_is_written_after_the_pages() {
    let publisher = published(&[]);
    let head = fs::read(publisher.site().join("head")).unwrap();
    // A folder in the place of a page: it cannot be written.
    let buttons = publisher.site().join("read/big-buttons.html");
    fs::remove_file(&buttons).unwrap();
    fs::create_dir(&buttons).unwrap();
    assert!(matches!(publisher.publish(LATER), Err(PublishError::Site(_))));
    assert!(fs::read(publisher.site().join("head")).unwrap() == head);
}

#[test]
fn the_same_content_and_instant_give_the_same_pages() {
    assert_eq!(pages(&published(&[])), pages(&published(&[])));
    let again = published(&[]);
    again.publish(MORNING).unwrap();
    assert_eq!(pages(&again), pages(&published(&[])));
}

#[test]
fn no_item_takes_the_name_of_the_list() {
    let publisher = small().unwrap();
    let index =
        fs::read_to_string(publisher.content().join(COAT)).unwrap().replace("id: coat-flip", "id: index");
    fs::write(publisher.content().join("strategies/dressing/index.md"), index).unwrap();
    let Err(PublishError::Content(faults)) = publisher.publish(MORNING) else { panic!("published") };
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|it| it.contains("strategies/dressing/index.md:2: `index` is the name")),
        "{told:?}"
    );
}

/// What the page of a link holds for its script.
fn data() -> serde_json::Value {
    let page = &BANK.pages["s/index.html"];
    let (_, data) = page.split_once("<script id=\"bank\" type=\"application/json\">").unwrap();
    serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_page_of_a_link_holds_every_item_with_all_its_warnings_and_each_line_once() {
    let data = data();
    let lines: Vec<&str> = data["lines"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len());
    let originals: Vec<&Item> = BANK.snapshot.items().filter(|it| it.variant.is_none()).collect();
    assert_eq!(data["items"].as_object().unwrap().len(), originals.len());
    for item in originals {
        let entry = &data["items"][item.id.as_str()];
        let of = |name: &str| -> Vec<&str> {
            let numbers = entry[name].as_array().into_iter().flatten();
            numbers.map(|it| lines[it.as_u64().unwrap() as usize]).collect()
        };
        let section = |part: Part| -> Vec<&str> {
            let sections = item.sections.iter().filter(|it| Part::of(&it.heading) == part);
            sections.flat_map(|it| it.text.lines()).filter(|it| !it.is_empty()).map(said).collect()
        };
        assert_eq!(entry["title"], item.title.as_str());
        assert_eq!(of("stop"), section(Part::StopIf), "{}", item.id);
        let help = of("help");
        let topics = topic(item).get_help.iter().map(String::as_str);
        let mut expected = section(Part::GetHelpWhen).into_iter().chain(topics);
        assert!(expected.all(|it| help.contains(&it)), "{}", item.id);
        let about = of("about");
        assert!(about.contains(&"Demonstration, not clinical advice") && about[0] == topic(item).title);
    }
}

#[test]
fn without_a_script_the_page_of_a_link_says_where_the_list_is_and_leads_on() {
    let page = &BANK.pages["s/index.html"];
    let (_, without) = page.split_once("<noscript>").unwrap();
    let (without, _) = without.split_once("</noscript>").unwrap();
    assert!(without.contains("The list is inside the link") && without.contains("Our app opens the link"));
    assert!(without.contains("href=\"../read/index.html\""));
}

/// Contrast of two colours (WCAG 2.2, "contrast ratio").
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let digits: String = match colour.len() {
            4 => colour[1..].chars().flat_map(|it| [it, it]).collect(),
            _ => colour[1..].to_owned(),
        };
        let part = |at: usize| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
        let linear = |it: f64| if it <= 0.04045 { it / 12.92 } else { ((it + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(part(0)) + 0.7152 * linear(part(2)) + 0.0722 * linear(part(4))
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn colours_can_be_told_apart_by_day_by_night_and_on_paper() {
    let style =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../hub/src/publish/pages/style.css"))
            .unwrap();
    let schemes: Vec<BTreeMap<&str, &str>> = style
        .split(":root {")
        .skip(1)
        .map(|it| {
            let (block, _) = it.split_once('}').unwrap();
            block.split(';').filter_map(|it| it.trim().strip_prefix("--")?.split_once(": ")).collect()
        })
        .collect();
    assert_eq!(schemes.len(), 3);
    for colours in &schemes {
        for ground in ["paper", "ground", "warm"] {
            for ink in ["text", "quiet", "blue", "visited"] {
                let ratio = contrast(colours[ink], colours[ground]);
                assert!(ratio >= 4.5, "{ink} on {ground}: {ratio:.2} in {colours:?}");
            }
            assert!(contrast(colours["red"], colours[ground]) >= 3.0, "red on {ground}");
        }
    }
    for colours in &schemes[..2] {
        assert!(contrast("#fff", colours["bar"]) >= 4.5);
    }
    // The focus: black on yellow, and its dark edge on white.
    assert!(contrast("#212b32", "#ffeb3b") >= 4.5);
}
