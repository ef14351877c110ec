//! The pages in a real browser: what a link opens, what goes to a server, what comes out of a printer.
//!
//! `make browser` runs these; a plain `cargo test` does not, since they need Chromium.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use lopdf::Document;
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::signpost::{Note, Signpost, SignpostError};
use otsupport_wire::snapshot::{Item, Limits, Part, Snapshot};
use otsupport_wire::{BankVersion, ItemId};

/// Far more than a page takes; a browser that hangs must not hold a build up.
const TIME_LIMIT: Duration = Duration::from_secs(90);
const LAST_DAY: &str = "2099-01-31";
const TWELVE: [&str; 12] = [
    "zip-helper",
    "coat-trick",
    "start-with-undressing",
    "seam-free-socks",
    "one-safe-food",
    "now-and-next",
    "feet-flat-on-a-step",
    "calm-adult-first",
    "snip-strips",
    "short-pencil",
    "say-it-first",
    "signposting-parents",
];

/// The demonstration bank, published once for all tests.
struct Bank {
    publisher: Publisher,
    snapshot: Snapshot,
}

static BANK: LazyLock<Bank> = LazyLock::new(|| {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    let packed = fs::read(publisher.site().join("full/1.zst")).unwrap();
    let unpacked = zstd::decode_all(packed.as_slice()).unwrap();
    Bank { snapshot: Snapshot::parse(&unpacked, &Limits::default()).unwrap(), publisher }
});

fn item(id: &str) -> &'static Item {
    BANK.snapshot.items().find(|it| it.id.as_str() == id && it.variant.is_none()).unwrap()
}

fn lines(item: &Item, part: Part) -> impl Iterator<Item = &str> {
    let sections = item.sections.iter().filter(move |it| Part::of(&it.heading) == part);
    sections.flat_map(|it| it.text.lines()).map(|it| it.trim_start_matches("- "))
}

fn signpost(items: &[&str], bank: u64, until: &str, note: &str) -> Signpost {
    let items: Vec<ItemId> = items.iter().map(|it| it.parse().unwrap()).collect();
    Signpost::new(&items, BankVersion(bank), until.parse().unwrap(), Note::new(note).unwrap()).unwrap()
}

/// Chromium with a profile of its own; what it printed.
fn browse(arguments: &[&str], address: &str) -> String {
    let named = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let profile = tempfile::tempdir().unwrap();
    let output = profile.path().join("output");
    let mut browser = Command::new(&named)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--virtual-time-budget=5000", "--hide-scrollbars"])
        .args(["--disable-ipc-flooding-protection", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .args(arguments)
        .arg(address)
        .stdout(fs::File::create(&output).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{named}: {error}; `make browser` installs it"));
    let begun = Instant::now();
    while browser.try_wait().unwrap().is_none() {
        if begun.elapsed() > TIME_LIMIT {
            let _ = browser.kill();
            let _ = browser.wait();
            panic!("the browser did not end within {TIME_LIMIT:?}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    fs::read_to_string(&output).unwrap()
}

/// The page as the browser holds it when its script has run.
fn opened(address: &str) -> String {
    browse(&["--dump-dom"], address)
}

/// The main part of a page: what its data and its style say is not shown.
fn main_part(dom: &str) -> &str {
    let (_, main) = dom.split_once("<main").unwrap();
    main.split_once("<noscript>").unwrap_or_else(|| panic!("{main}")).0
}

/// A server before the hub that keeps every request as it came.
struct Recorder {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    fn before(hub: &EmbeddedHub) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (keep, behind) = (Arc::clone(&heard), hub.address().trim_start_matches("http://").to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (keep, behind) = (Arc::clone(&keep), behind.clone());
                thread::spawn(move || pass_on(stream, &behind, &keep));
            }
        });
        Self { address, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn pass_on(mut stream: TcpStream, behind: &str, keep: &Mutex<Vec<String>>) {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") {
        // A browser opens connections that it may never use.
        if stream.read(&mut byte).unwrap_or_default() == 0 {
            return;
        }
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).unwrap();
    keep.lock().unwrap().push(request.clone());
    let mut hub = TcpStream::connect(behind).unwrap();
    hub.write_all(request.replace("keep-alive", "close").as_bytes()).unwrap();
    let mut answer = Vec::new();
    hub.read_to_end(&mut answer).unwrap();
    let _ = stream.write_all(&answer);
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn a_link_opens_to_its_list_with_every_warning_and_no_server_sees_which_items() {
    let hub = EmbeddedHub::start(&BANK.publisher.site()).unwrap();
    let recorder = Recorder::before(&hub);
    let note = "Try <b>two</b> & rest. شكرا";
    let fragment = signpost(&TWELVE, 1, LAST_DAY, note).fragment();
    for folder in ["s", "s/", "s/index.html"] {
        let dom = opened(&format!("{}/{folder}#{fragment}", recorder.address));
        let main = main_part(&dom);
        let mut place = 0;
        for id in TWELVE {
            let link = format!("<a href=\"../read/{id}.html\">{}</a>", item(id).title);
            place += main[place..].find(&link).unwrap_or_else(|| panic!("{folder}: {link} in {main}"));
            for part in [Part::StopIf, Part::GetHelpWhen] {
                for line in lines(item(id), part) {
                    let line = line.replace('&', "&amp;");
                    assert!(main.contains(&format!("<li>{line}</li>")), "{folder}: {id}: {line}");
                }
            }
        }
        assert!(main.contains("<p dir=\"auto\">Try &lt;b&gt;two&lt;/b&gt; &amp; rest. شكرا</p>"), "{main}");
        assert!(main.contains("Use this list until 31 January 2099."));
        assert!(main.contains("Demonstration, not clinical advice · Not reviewed by a clinician"));
        assert!(main.contains(
            "Our server cannot see it. If you tap a title, the server is asked for that one page."
        ));
    }
    let heard = recorder.heard();
    assert!(heard.len() >= 3, "{heard:?}");
    for request in &heard {
        let path = request.split(' ').nth(1).unwrap();
        assert!(["/s", "/s/", "/s/index.html"].contains(&path), "{request}");
        let lower = request.to_lowercase();
        assert!(TWELVE.iter().all(|id| !lower.contains(id)) && !request.contains('#'), "{request}");
    }
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn what_is_wrong_with_a_link_is_said_in_plain_words() {
    let publisher = Publisher::new().unwrap();
    let file = "strategies/dressing/zip-helper.md";
    publisher.edit(file, "status: demonstration", "status: withdrawn").unwrap();
    let withdrawn = "\nwithdrawn: {on: 2026-11-24, reason: It can pinch., instead: coat-trick}\n---\n";
    publisher.edit(file, "\n---\n", withdrawn).unwrap();
    publisher.relink("zip-helper", "coat-trick").unwrap();
    publisher.publish(MORNING).unwrap();
    let hub = EmbeddedHub::start(&publisher.site()).unwrap();
    let whole = signpost(&["zip-helper", "seam-free-socks"], 1, LAST_DAY, "").fragment();
    let cut = &whole[..whole.len() - 1];
    let newer = signpost(&["seam-free-socks", "from-next-year"], 9, LAST_DAY, "").fragment();
    let other = signpost(&["not-here", "nor-here"], 1, LAST_DAY, "").fragment();
    let past = signpost(&["seam-free-socks"], 1, "2026-11-23", "").fragment();
    let socks = "Make socks feel better";
    for (fragment, said) in [
        ("", vec!["There is no list in this address."]),
        ("ABOUT", vec!["This link does not hold a list that we can read."]),
        (cut, vec!["A part of this link is missing."]),
        ("2.1.20990131.ZIP-HELPER..ABCD", vec!["This link was made by a newer version than this page."]),
        (
            &whole,
            vec![
                "A helper ring for zips was withdrawn on 24 November 2026. Do not use it.",
                "It can pinch.",
                "Use instead: <a href=\"../read/coat-trick.html\">The upside-down coat trick</a>",
                "One idea</h2>",
                socks,
            ],
        ),
        (
            &newer,
            vec![socks, "One idea of this list is not here.", "newer bank than this page", "from-next-year"],
        ),
        (&other, vec!["2 ideas of this list are not here.", "Ask whoever gave you", "not-here, nor-here"]),
        (&past, vec!["This list was meant to be used until 23 November 2026.", socks]),
    ] {
        let dom = opened(&format!("{}/s/#{fragment}", hub.address()));
        for words in said {
            assert!(main_part(&dom).contains(words), "{fragment}: {words} in {}", main_part(&dom));
        }
        // What was withdrawn is neither linked nor warned about as if it were to be tried.
        assert!(!main_part(&dom).contains("read/zip-helper.html"), "{fragment}");
    }
}

/// What a script of the test's says inside a page. It is opened from a file, since the page's policy would not let it run, and in a
/// frame, since a browser's own window is never as narrow as a phone.
fn measured(page: &Path, head: &str, script: &str, width: u32) -> String {
    const OUT: &str = "<pre id=\"out\">";
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(page).unwrap();
    let (before, policy) = text.split_once("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let after = policy.split_once('>').unwrap().1.replace("</head>", &format!("{head}</head>"));
    let report = "const report = (text) => parent.postMessage(String(text), '*');";
    let after = after.replace("</body>", &format!("<script>{report} {script}</script></body>"));
    fs::write(folder.path().join("page.html"), format!("{before}{after}")).unwrap();
    let frame = folder.path().join("frame.html");
    let hear = "onmessage = (it) => { document.getElementById('out').textContent = it.data; };";
    let inner = format!("<iframe src=\"page.html\" width=\"{width}\" height=\"740\"></iframe>");
    fs::write(&frame, format!("<!DOCTYPE html>{OUT}</pre><script>{hear}</script>{inner}")).unwrap();
    let dom = opened(&format!("file://{}", frame.display()));
    let (_, out) = dom.split_once(OUT).unwrap_or_else(|| panic!("{dom}"));
    out.split_once("</pre>").unwrap().0.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Links of every length that matters to the check, whole, cut and mistyped.
fn fragments() -> Vec<String> {
    let mut all = vec![String::new(), ".".to_owned(), "1.".to_owned(), "2.A".to_owned(), "+3.A.B".to_owned()];
    let bases = ["", "n", "no", "not", "note", "Grüße, 你好 🙂", "ن ملاحظة"].map(str::to_owned);
    let longer = (5..140).step_by(3).map(|it| "x".repeat(it));
    for (count, note) in bases.into_iter().chain(longer).enumerate() {
        let ids = ["a", "b-2", "not-in-the-bank", "another-one-3"];
        all.push(signpost(&ids[..1 + count % 4], 1 + count as u64, LAST_DAY, &note).fragment());
    }
    let whole = signpost(&["a", "b-2"], 12, LAST_DAY, "a note").fragment();
    all.extend((0..whole.len()).map(|it| whole[..it].to_owned()));
    for at in 0..whole.len() {
        let mut mistyped = whole.clone();
        mistyped.replace_range(at..=at, if &whole[at..=at] == "Q" { "7" } else { "Q" });
        all.push(mistyped);
    }
    all.push(whole.to_lowercase());
    all.push(whole.replace('+', "+\n "));
    // Whole by its check, and no signpost all the same.
    for body in [
        "1.1.20990231.A.",
        "1.1.20990131..",
        "1.1.20990131.A-.",
        "1.x.20990131.A.",
        "1.1.20990131.A.B",
        "1.1.20990131.A.MF",
        "1.1.20990131.A.M",
        "1.1.20990131.A.74",
        "1.1.20990131.A.4KAI5",
        "1.1.20990131.A..",
        "1.1.20990131.A",
    ] {
        let check = check_of(body);
        all.push(format!("{body}.{check}"));
    }
    all
}

/// The check at the end of a link: the first 20 bits of a digest, as base32.
fn check_of(body: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = otsupport_wire::Sha256::of(body.as_bytes());
    let bits = u32::from_be_bytes([0, digest.as_bytes()[0], digest.as_bytes()[1], digest.as_bytes()[2]]) >> 4;
    (0..4).rev().map(|it| char::from(LETTERS[(bits >> (it * 5)) as usize % 32])).collect()
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn the_page_reads_every_link_as_a_phone_does() {
    let fragments = fragments();
    let expected: Vec<String> = fragments
        .iter()
        .map(|it| match Signpost::read(it) {
            Ok(it) => {
                let ids: Vec<&str> = it.items().iter().map(|it| it.as_str()).collect();
                format!("{}|{}", ids.join(", "), it.note.as_str())
            }
            Err(_) if it.is_empty() => "none".to_owned(),
            Err(SignpostError::Cut) => "cut".to_owned(),
            Err(SignpostError::Newer) => "newer".to_owned(),
            Err(_) => "not".to_owned(),
        })
        .collect();
    assert!(expected.iter().filter(|it| it.contains('|')).count() > 50, "{expected:?}");
    let script = format!(
        "const list = document.getElementById('list');
        const faults = {{'This page opens': 'none', 'This link does not': 'not', 'A part of': 'cut', 'This link was made': 'newer'}};
        const read = (fragment) => {{
          history.replaceState(null, '', '#' + encodeURI(fragment));
          dispatchEvent(new Event('hashchange'));
          const text = list.textContent;
          for (const [words, fault] of Object.entries(faults)) if (text.startsWith(words)) return fault;
          const ids = [...list.querySelectorAll('p')].find((it) => it.textContent.startsWith('Their short names: '));
          return ids.textContent.slice(19) + '|' + (list.querySelector('.note [dir]')?.textContent ?? '');
        }};
        report(JSON.stringify({}.map(read)));",
        serde_json::to_string(&fragments).unwrap()
    );
    let out = measured(&BANK.publisher.site().join("s/index.html"), "", &script, 360);
    let read: Vec<String> = serde_json::from_str(&out).unwrap();
    for ((fragment, read), expected) in fragments.iter().zip(&read).zip(&expected) {
        assert_eq!(read, expected, "{fragment}");
    }
    assert_eq!(read.len(), expected.len());
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn nothing_is_wider_than_a_small_screen_also_with_large_letters() {
    let fragment = signpost(&TWELVE, 1, LAST_DAY, "a note").fragment();
    let script = format!(
        "history.replaceState(null, '', '#{fragment}'); dispatchEvent(new Event('hashchange'));
        report(document.scrollingElement.scrollWidth);"
    );
    let pages = ["s/index.html", "read/index.html", "read/zip-helper.html", "read/now-and-next.ar.html"];
    for page in pages {
        let page = BANK.publisher.site().join(page);
        for (head, width) in [("", 320), ("<style>html { font-size: 200% }</style>", 360)] {
            let out = measured(&page, head, &script, width);
            assert_eq!(out.parse::<u32>().unwrap(), width, "{} {head}", page.display());
        }
    }
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn only_the_pages_own_script_runs() {
    let site = tempfile::tempdir().unwrap();
    otsupport_tests::site::copy(&BANK.publisher.site(), site.path()).unwrap();
    let mut altered: Vec<PathBuf> = Vec::new();
    for page in ["s/index.html", "read/zip-helper.html"] {
        let file = site.path().join(page);
        let text = fs::read_to_string(&file).unwrap();
        let more = "<script>document.title = 'altered'</script><p onclick=\"0\" id=\"end\">end</p></main>";
        fs::write(&file, text.replace("</main>", more)).unwrap();
        altered.push(file);
    }
    let hub = EmbeddedHub::start(site.path()).unwrap();
    let fragment = signpost(&["zip-helper"], 1, LAST_DAY, "").fragment();
    for page in [format!("s/#{fragment}"), "read/zip-helper.html".to_owned()] {
        let dom = opened(&format!("{}/{page}", hub.address()));
        assert!(dom.contains("id=\"end\"") && !dom.contains("<title>altered</title>"), "{page}");
    }
    let dom = opened(&format!("{}/s/#{fragment}", hub.address()));
    assert!(main_part(&dom).contains("A helper ring for zips</a>"));
}

/// The sheets that come out of a printer, squeezed, and their sizes in points.
fn printed(address: &str) -> Vec<(String, [f32; 2])> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("print.pdf");
    browse(&[&format!("--print-to-pdf={}", file.display())], address);
    let document = Document::load(&file).unwrap();
    let size = |id| {
        let page = document.get_dictionary(id).unwrap();
        let sides = page.get(b"MediaBox").unwrap().as_array().unwrap();
        [sides[2].as_float().unwrap(), sides[3].as_float().unwrap()]
    };
    let pages = document.get_pages();
    pages
        .iter()
        .map(|(number, id)| (squeezed(&document.extract_text(&[*number]).unwrap()), size(*id)))
        .collect()
}

/// Without spaces and line ends, and with the letters that a font draws as one apart.
fn squeezed(text: &str) -> String {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let drawn_as_one = [('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ﬃ', "ffi"), ('ﬄ', "ffl")];
    drawn_as_one.iter().fold(text, |text, (one, apart)| text.replace(*one, apart))
}

fn is_a4([width, height]: [f32; 2]) -> bool {
    (width - 595.3).abs() < 1.0 && (height - 841.9).abs() < 1.0
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn a_printed_list_holds_every_title_mark_and_warning_on_a4() {
    let hub = EmbeddedHub::start(&BANK.publisher.site()).unwrap();
    let fragment = signpost(&TWELVE, 1, LAST_DAY, "Try the first this week.").fragment();
    let pages = printed(&format!("{}/s/#{fragment}", hub.address()));
    let all: String = pages.iter().map(|(text, _)| text.as_str()).collect();
    let count = |words: &str| all.matches(&squeezed(words)).count();
    for id in TWELVE {
        // In the list, and over its warnings.
        assert_eq!(count(&item(id).title), 2, "{}", item(id).title);
        for line in lines(item(id), Part::StopIf).chain(lines(item(id), Part::GetHelpWhen)) {
            assert!(count(line) >= 1, "{id}: {line}");
        }
    }
    assert!(count("Stop if") >= 12 && count("Get help when") >= 12);
    // As often as items say it: a line that is shared is said with each.
    let shared = "The child loses a skill they once had. See a GP or health visitor.";
    let expected =
        TWELVE.iter().filter(|id| lines(item(id), Part::GetHelpWhen).any(|it| it == shared)).count();
    assert_eq!(count(shared), expected);
    for words in [
        "Call 999 now",
        "Try the first this week.",
        "Use this list until 31 January 2099.",
        &format!("This list comes from {}/s/.", hub.address()),
    ] {
        assert_eq!(count(words), 1, "{words}");
    }
    assert!(!all.contains("ZIP-HELPER"));
    for (text, size) in &pages {
        assert!(is_a4(*size), "{size:?}");
        for foot in [
            "A list for you · Demonstration, not clinical advice · Bank 1, 24 November 2026",
            "Telephone 020 7946 0000",
        ] {
            assert!(text.contains(&squeezed(foot)), "{text}");
        }
    }
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn each_sheet_of_a_printed_page_says_its_title_mark_and_date_and_no_warning_is_cut_from_its_heading() {
    let hub = EmbeddedHub::start(&BANK.publisher.site()).unwrap();
    for id in ["zip-helper", "laces-in-steps", "first-weeks-in-reception"] {
        let pages = printed(&format!("{}/read/{id}.html", hub.address()));
        assert!(pages.len() >= 2, "{id}");
        let title = &item(id).title;
        let foot = format!(
            "{title} · Demonstration, not clinical advice · Not reviewed by a clinician · Bank 1, 24 November 2026"
        );
        for (text, size) in &pages {
            assert!(is_a4(*size) && text.contains(&squeezed(&foot)), "{id}: {text}");
        }
        for section in item(id).sections.iter().filter(|it| Part::of(&it.heading).is_safety()) {
            let whole: String =
                section.text.lines().map(|it| squeezed(it.trim_start_matches("- "))).collect();
            let bare = |text: &str| text.replace(['•', '●', '\u{fffd}'], "");
            let whole = format!("{}{whole}", squeezed(&section.heading));
            assert!(pages.iter().any(|(text, _)| bare(text).contains(&whole)), "{id}: {whole} in {pages:?}");
        }
        let all: String = pages.into_iter().map(|(text, _)| text).collect();
        assert!(!all.contains(&squeezed("All ideas by topic")), "{id}");
    }
}

#[test]
#[ignore = "needs Chromium: `make browser`"]
fn a_page_that_runs_from_right_to_left_is_seen() {
    let hub = EmbeddedHub::start(&BANK.publisher.site()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let shot = folder.path().join("shot.png");
    let arguments = [&format!("--screenshot={}", shot.display()), "--window-size=360,740"];
    browse(&arguments, &format!("{}/read/now-and-next.ar.html", hub.address()));
    let picture = fs::read(&shot).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    assert_eq!((&picture[16..20], &picture[20..24]), (&360u32.to_be_bytes()[..], &740u32.to_be_bytes()[..]));
    // An empty screen packs to some 3 KB, one with words to some 40.
    assert!(picture.len() > 15_000, "{} bytes", picture.len());
}
