//! What a family wrote stands nowhere in the data folder, in no form: not in a database, its log, a file that was set aside, or a sealed
//! copy. Nor does it stand in an error, a trace, or what the terminal says on standard error.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeSet, HashMap};
use std::fmt::{Debug, Write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use chrono::NaiveDate;
use otsupport_core::enquiries::{EnquiryRequest, ReplyWay};
use otsupport_core::strategies::{
    Age, Day, KeepMedia, LogRequest, MediaBudget, PracticeResult, ProfileKind, ProfileRequest, RecordRequest,
    TryRequest, View,
};
use otsupport_core::wire::ItemId;
use otsupport_core::{HubError, Locked, Mended, SupportHub};
use otsupport_tests::content_folder::small;
use otsupport_tests::family::{KEY_FILE, open};
use otsupport_tests::site::{MORNING, Publisher};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

/// Words that this family writes, each in one place. `Imported` ones come from a file.
const WORDS: [&str; 22] = [
    NICK,
    RENAMED,
    CLASS,
    LIST,
    OTHER_LIST,
    WHO,
    NOTE,
    CHANGED_WHO,
    CHANGED_NOTE,
    "Importedquokka 7301",
    "Importednumbat 7302",
    "Importedtitle 7303",
    "Importedwho 7304",
    "Importednote 7305",
    "Importedplan 7306",
    "SW1wb3J0ZWR3YWl0aW5n",
    PASSPHRASE,
    TOO_LONG,
    DRAFT,
    QUESTION,
    CONTACT,
    ANSWER_FORM,
];
const NICK: &str = "Nickaardvark 4471";
const RENAMED: &str = "Renamedokapi 5582";
const CLASS: &str = "Classgnu 9130";
const LIST: &str = "Listtapir 7719";
const OTHER_LIST: &str = "Otherlistibex 7720";
const WHO: &str = "Whoquoll 3308";
const NOTE: &str = "Notebilby 6641 é 字";
const CHANGED_WHO: &str = "Changedwhodingo 3309";
const CHANGED_NOTE: &str = "Changednotepotoroo 6642";
const PASSPHRASE: &str = "Passphraselemur 8842";
const DRAFT: &str = "Draftwallaby 6120";
const QUESTION: &str = "Questionnumbat 8814 é 字";
const CONTACT: &str = "contactpangolin7726@otsupport.example";
const ANSWER_FORM: &str = "Formcassowary 5503";
const TOO_LONG: &str = "Toolongwombat 1190";

/// What this family keeps and tries: an id and a title. The bank holds them too, so they are looked for in the family's files alone.
const ITEMS: [(&str, &str); 4] = [
    ("saved-civet-2291", "Savedcivet title 2291"),
    ("tried-serval-4417", "Triedserval title 4417"),
    ("logged-genet-7730", "Loggedgenet title 7730"),
    ("listed-margay-5516", "Listedmargay title 5516"),
];

fn id(number: usize) -> ItemId {
    ITEMS[number].0.parse().unwrap()
}

/// A bank that holds the items.
fn bank() -> Publisher {
    let publisher = small().unwrap();
    let file = publisher.content().join("strategies/dressing/coat-flip.md");
    let whole = fs::read_to_string(file).unwrap();
    for (id, title) in ITEMS {
        let text = whole
            .replace("id: coat-flip", &format!("id: {id}"))
            .replace("title: Flip the coat", &format!("title: {title}"))
            .replace("asks: [cant put his coat on]", &format!("asks: [all about the {id}]"));
        fs::write(publisher.content().join(format!("strategies/dressing/{id}.md")), text).unwrap();
    }
    publisher.publish(MORNING).unwrap();
    publisher
}

/// Every form in which a text is looked for.
fn forms(text: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = text.iter().fold(String::new(), |mut all, it| {
        write!(all, "{it:02x}").unwrap();
        all
    });
    let mut forms = vec![text.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    if let Ok(text) = std::str::from_utf8(text) {
        forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        forms.push(serde_json::to_string(text).unwrap().trim_matches('"').as_bytes().to_vec());
    }
    // Base64 of a text depends on where in its three bytes it begins; what its neighbours share in is cut off.
    forms.extend((0..3).map(|before| {
        let whole = base64(&[&vec![0; before], text].concat());
        whole[[0, 2, 3][before]..(before + text.len()) * 8 / 6].to_vec()
    }));
    forms
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |it| usize::from(it >> (7 - at % 8) & 1));
    let letter = |first: usize| (first..first + 6).fold(0, |all, at| all << 1 | bit(at));
    (0..bytes.len() * 8).step_by(6).map(|first| LETTERS[letter(first)]).collect()
}

/// A search for many texts at once, by their first eight bytes.
#[derive(Default)]
struct Hunt(HashMap<[u8; 8], Vec<(String, Vec<u8>)>>);

impl Hunt {
    fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hunt = Self::default();
        for text in texts {
            hunt.add(text, text.as_bytes());
        }
        hunt
    }

    fn add(&mut self, name: &str, text: &[u8]) {
        for form in forms(text) {
            let first = form[..8].try_into().unwrap();
            self.0.entry(first).or_default().push((name.to_owned(), form));
        }
    }

    /// What of it stands in these bytes, or in what unpacks from them.
    fn found(&self, bytes: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (at, window) in bytes.windows(8).enumerate() {
            let window: &[u8; 8] = window.try_into().unwrap();
            let here = self.0.get(window).into_iter().flatten();
            found.extend(here.filter(|it| bytes[at..].starts_with(&it.1)).map(|it| it.0.clone()));
            if window.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
                && let Ok(unpacked) = zstd::decode_all(&bytes[at..])
            {
                found.extend(self.found(&unpacked));
            }
        }
        found
    }
}

static WRITTEN: LazyLock<Hunt> = LazyLock::new(|| Hunt::of(WORDS));
static WRITTEN_OR_KEPT: LazyLock<Hunt> =
    LazyLock::new(|| Hunt::of(WORDS.into_iter().chain(ITEMS.into_iter().flat_map(|it| [it.0, it.1]))));

/// Every file in the folder and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all
}

/// Whether this file holds the public bank.
fn is_of_bank(folder: &Path, file: &Path) -> bool {
    let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
    name.starts_with("content.db") || name.starts_with("kept/")
}

/// Where something stands that the family wrote or keeps.
fn leaks(folder: &Path) -> Vec<(PathBuf, BTreeSet<String>)> {
    let mut leaks = Vec::new();
    for file in files(folder) {
        let hunt = if is_of_bank(folder, &file) { &WRITTEN } else { &WRITTEN_OR_KEPT };
        let mut found = hunt.found(&fs::read(&file).unwrap());
        found.extend(WRITTEN_OR_KEPT.found(file.as_os_str().as_encoded_bytes()));
        if !found.is_empty() {
            leaks.push((file, found));
        }
    }
    leaks
}

/// A phone with the bank, whose hub is open between two steps.
struct Phone {
    publisher: Publisher,
    folder: TempDir,
    hub: SupportHub,
}

impl Phone {
    fn new() -> Self {
        let (publisher, folder) = (bank(), tempfile::tempdir().unwrap());
        let hub = open(folder.path(), &publisher.site()).unwrap();
        assert_eq!(hub.topics().unwrap().iter().map(|it| it.items).sum::<u32>(), 7);
        Self { publisher, folder, hub }
    }

    fn reopen(&mut self) {
        self.hub.close();
        self.hub = open(self.folder.path(), &self.publisher.site()).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Nothing stands anywhere: neither with the hub open, its log not yet folded in, nor closed.
    fn shows_nothing(&mut self, step: &str) {
        assert_eq!(leaks(self.folder.path()), [], "after {step}, with the hub open");
        self.hub.close();
        assert_eq!(leaks(self.folder.path()), [], "after {step}, with the hub closed");
        self.reopen();
    }

    /// Every sealed text in the family's database.
    fn sealed(&self) -> Vec<Vec<u8>> {
        let database = Connection::open(self.file("family.db")).unwrap();
        let mut all = Vec::new();
        for column in
            ["shelf.sealed", "shelf.seen", "lists.sealed", "profiles.sealed", "plans.sealed", "log.sealed"]
        {
            let table = column.split('.').next().unwrap();
            let mut rows = database.prepare(&format!("SELECT {column} FROM {table}")).unwrap();
            all.extend(rows.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap().map(Result::unwrap));
        }
        all
    }

    /// Which of these bytes still stand in the family's files.
    fn holds(&self, sealed: &[Vec<u8>]) -> usize {
        let all: Vec<Vec<u8>> = files(self.folder.path())
            .iter()
            .filter(|it| !is_of_bank(self.folder.path(), it))
            .map(|it| fs::read(it).unwrap())
            .collect();
        // A long text lies on several pages; its first bytes are together.
        let stands = |sealed: &[u8], file: &[u8]| {
            let first = &sealed[..sealed.len().min(48)];
            file.windows(first.len()).any(|it| it == first)
        };
        sealed.iter().filter(|sealed| all.iter().any(|file| stands(sealed, file))).count()
    }

    fn plain(&self) -> BTreeSet<String> {
        WRITTEN_OR_KEPT.found(&self.hub.plain_copy().unwrap())
    }
}

fn person(nickname: &str, kind: ProfileKind) -> ProfileRequest {
    let age = Some(Age::Born("2021-05".to_owned().try_into().unwrap()));
    ProfileRequest { nickname: nickname.to_owned(), kind, age, settings: BTreeSet::new() }
}

fn line(hub: &SupportHub, who: &str, note: &str) -> LogRequest {
    LogRequest {
        item: id(2),
        profile: hub.profiles().unwrap().first().map(|it| it.id.clone()),
        on: None,
        result: PracticeResult::Not,
        who: who.to_owned(),
        note: note.to_owned(),
    }
}

/// The last year.
fn entries(hub: &SupportHub) -> Vec<otsupport_core::strategies::Entry> {
    hub.entries(NaiveDate::MIN, NaiveDate::MAX).unwrap()
}

/// A plain copy of another phone's.
fn import() -> Value {
    let (id, at) = ("0123456789abcdef0123456789abcdef", MORNING);
    json!({
        "format": "otsupport-family", "version": 1,
        "profiles": [{"id": id, "nickname": WORDS[9], "kind": "child", "age": null, "settings": [], "changed_at": at}],
        "shelf": [{"item": ITEMS[0].0, "saved_at": at, "seen": null}],
        "lists": [{"id": id, "name": WORDS[10], "items": [ITEMS[0].0], "changed_at": at}],
        "plans": [{
            "item": ITEMS[1].0, "title": WORDS[14], "profile": id, "days": ["mon"], "since": "2026-11-01", "changed_at": at
        }],
        "log": [{
            "id": id, "item": ITEMS[2].0, "title": WORDS[11], "profile": id, "on": "2026-11-02", "result": "helped",
            "who": WORDS[12], "note": WORDS[13], "changed_at": at
        }],
        "preferences": {"view": "school", "profile": id, "changed_at": at},
        "waiting": [{"id": id, "sealed": WORDS[15]}],
    })
}

/// A step, the words that a plain copy holds because of it, and what the family does.
type Step = (&'static str, &'static [&'static str], fn(&mut Phone));

const STEPS: [Step; 28] = [
    ("save", &[ITEMS[0].0, ITEMS[0].1], |it| drop(it.hub.save(&[id(0)]).unwrap())),
    ("a list", &[LIST, ITEMS[3].0, ITEMS[3].1], |it| drop(it.hub.put_list(LIST, &[id(0), id(3)]).unwrap())),
    ("arrange", &[], |it| drop(it.hub.arrange(&[id(3)]).unwrap())),
    ("a profile", &[NICK], |it| drop(it.hub.add_profile(&person(NICK, ProfileKind::Child)).unwrap())),
    ("a class", &[CLASS], |it| drop(it.hub.add_profile(&person(CLASS, ProfileKind::Class)).unwrap())),
    ("a change of a profile", &[RENAMED], |it| {
        let first = it.hub.profiles().unwrap()[0].id.clone();
        it.hub.change_profile(&first, &person(RENAMED, ProfileKind::Child)).unwrap();
    }),
    ("choose", &[], |it| {
        let first = it.hub.profiles().unwrap()[0].id.clone();
        it.hub.choose_profile(Some(&first)).unwrap();
    }),
    ("media", &[], |it| drop(it.hub.choose_media(KeepMedia::All, MediaBudget(1)).unwrap())),
    ("view", &[], |it| drop(it.hub.set_view(View::School).unwrap())),
    ("try", &[ITEMS[1].0, ITEMS[1].1], |it| {
        let profile = it.hub.profiles().unwrap().first().map(|it| it.id.clone());
        it.hub.try_this_week(&TryRequest { item: id(1), profile, days: Day::ALL.into() }).unwrap();
    }),
    ("log", &[WHO, NOTE, ITEMS[2].0, ITEMS[2].1], |it| drop(it.hub.log(&line(&it.hub, WHO, NOTE)).unwrap())),
    ("a change of the log", &[CHANGED_WHO, CHANGED_NOTE], |it| {
        let line = line(&it.hub, CHANGED_WHO, CHANGED_NOTE);
        it.hub.change_log(&entries(&it.hub)[0].id, &line).unwrap();
    }),
    ("a record", &[], |it| {
        let request = RecordRequest { notes: true, ..RecordRequest::default() };
        assert!(it.hub.record_html(&request).unwrap().contains(CHANGED_NOTE));
        assert!(it.hub.record_csv(&request).unwrap().contains(CHANGED_NOTE));
    }),
    ("an import", &[WORDS[9], WORDS[10], WORDS[11], WORDS[12], WORDS[13], WORDS[14], WORDS[15]], |it| {
        assert_eq!(it.hub.import(import().to_string().as_bytes(), None).unwrap().notes, 1)
    }),
    ("a draft", &[DRAFT], |it| {
        let request = EnquiryRequest { text: DRAFT.to_owned(), ..EnquiryRequest::default() };
        drop(it.hub.keep_draft(&request, None).unwrap());
    }),
    ("an enquiry", &[QUESTION, CONTACT, ANSWER_FORM], |it| {
        let request = EnquiryRequest {
            text: QUESTION.to_owned(),
            reply_by: ReplyWay::Email,
            contact: Some(CONTACT.to_owned()),
            format: Some(ANSWER_FORM.to_owned()),
            ..EnquiryRequest::default()
        };
        drop(it.hub.enquire(&request).unwrap());
    }),
    ("a sealed copy", &[], |it| {
        fs::write(it.file("copy"), it.hub.safety_copy(PASSPHRASE).unwrap()).unwrap();
        it.hub.copy_kept().unwrap();
    }),
    ("a sealed copy that came back", &[CHANGED_NOTE], |it| {
        it.hub.import(&fs::read(it.file("copy")).unwrap(), Some(PASSPHRASE)).unwrap();
    }),
    ("a change of keys", &[CHANGED_NOTE, WORDS[13]], |it| {
        let before = it.sealed();
        it.hub.change_key().unwrap();
        assert_eq!(it.holds(&before), 0, "what was sealed with the old key is still there");
        assert_eq!(it.holds(&it.sealed()), before.len());
    }),
    ("a line removed", &[], |it| {
        let lines = entries(&it.hub);
        let before = it.sealed();
        it.hub.unlog(&lines[0].id).unwrap();
        it.reopen();
        assert_eq!(it.holds(&before), before.len() - 1, "what was removed is still there");
    }),
    ("a plan stopped", &[], |it| {
        let plan = it.hub.week().unwrap().plans[0].clone();
        it.hub.stop_trying(&plan.item, plan.profile.as_ref()).unwrap();
    }),
    ("a list removed", &[], |it| it.hub.remove_list(&it.hub.lists().unwrap()[0].id).unwrap()),
    ("a child removed with the log", &[], |it| {
        let first = it.hub.profiles().unwrap()[0].id.clone();
        it.hub.remove_profile(&first, true).unwrap();
    }),
    ("an item taken off", &[], |it| drop(it.hub.unsave(&[id(3)]).unwrap())),
    ("quarantine", &[CLASS, ITEMS[0].0], |it| {
        it.hub.put_list(OTHER_LIST, &[id(0), id(1), id(2)]).unwrap();
        it.hub.close();
        damage(&it.file("family.db"));
        it.hub = open(it.folder.path(), &it.publisher.site()).unwrap();
        assert!(matches!(it.hub.mended(), [Mended::FamilyQuarantined { .. }]), "{:?}", it.hub.mended());
        assert!(it.file("family.db.damaged-1").exists());
    }),
    ("a note after it", &[NOTE, WHO], |it| drop(it.hub.log(&line(&it.hub, WHO, NOTE)).unwrap())),
    ("a start afresh", &[], |it| {
        it.hub.close();
        fs::remove_file(it.file(KEY_FILE)).unwrap();
        it.hub = open(it.folder.path(), &it.publisher.site()).unwrap();
        assert_eq!(it.hub.locked(), Some(Locked::KeyUnavailable));
        it.hub.start_afresh().unwrap();
        it.hub.log(&line(&it.hub, WHO, NOTE)).unwrap();
    }),
    ("erasing", &[], |it| {
        let before = it.sealed();
        let key = fs::read(it.file(KEY_FILE)).unwrap();
        assert!(!before.is_empty());
        assert_eq!(it.holds(&before), before.len());
        it.hub.erase().unwrap();
        fs::remove_file(it.file("copy")).unwrap();
        assert_eq!(it.holds(&before), 0, "what was erased is still there");
        assert_eq!(it.holds(&[key]), 0, "the key is still there");
        let names: Vec<_> =
            files(it.folder.path()).into_iter().filter(|file| !is_of_bank(it.folder.path(), file)).collect();
        let expected = |name: &str| {
            name.starts_with("family.db") && !name.contains("damaged") && !name.contains("locked")
        };
        assert!(names.iter().all(|it| expected(it.file_name().unwrap().to_str().unwrap())), "{names:?}");
        assert!(it.plain().is_empty());
    }),
];

/// The index of the shelf lies on a page of its own: without it SQLite calls the file damaged, and every row is still there.
fn damage(file: &Path) {
    let database = Connection::open(file).unwrap();
    let index = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_shelf_1'";
    let page: usize = database.query_row(index, [], |row| row.get(0)).unwrap();
    let size: usize = database.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    database.close().unwrap();
    let mut bytes = fs::read(file).unwrap();
    bytes[(page - 1) * size..page * size].fill(0xaa);
    fs::write(file, bytes).unwrap();
}

#[test]
fn nothing_that_a_family_wrote_stands_in_a_file_after_any_kind_of_write() {
    listen();
    let mut phone = Phone::new();
    phone.shows_nothing("opening");
    for (step, words, act) in STEPS {
        act(&mut phone);
        // The control: the hub knows these words, and this search finds them where they stand plainly.
        let plain = phone.plain();
        for word in words {
            assert!(plain.contains(*word), "after {step} a plain copy does not hold {word}: {plain:?}");
        }
        phone.shows_nothing(step);
        if let Ok(key) = fs::read(phone.file(KEY_FILE)) {
            let mut hunt = Hunt::default();
            hunt.add("the key", &key);
            let beside = files(phone.folder.path()).into_iter().filter(|it| *it != phone.file(KEY_FILE));
            for file in beside {
                assert!(
                    hunt.found(&fs::read(&file).unwrap()).is_empty(),
                    "the key stands in {file:?} after {step}"
                );
            }
        }
    }
    assert_eq!(Hunt::found(&WRITTEN_OR_KEPT, traced().as_bytes()), BTreeSet::new(), "{}", traced());
}

/// The control of the controls: each form of each word is found in a file, in a name, and in what is packed.
#[test]
fn the_search_finds_every_word_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("kept")).unwrap();
    let noise: Vec<u8> = (0..5000_u32).flat_map(|it| it.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    for word in WORDS {
        let mut planted: Vec<Vec<u8>> = forms(word.as_bytes());
        planted.extend((0..3).map(|before| base64(&[&vec![b'x'; before], word.as_bytes(), b"yz"].concat())));
        planted.push(zstd::encode_all(word.as_bytes(), 3).unwrap());
        for form in planted {
            for file in ["family.db-wal", "family.db.damaged-1", "content.db", "kept/1.snapshot", "copy"] {
                let file = folder.path().join(file);
                fs::write(&file, [&noise, form.as_slice(), &noise].concat()).unwrap();
                let found = leaks(folder.path());
                // A packed text that other bytes follow is found where it ends the file.
                if form.starts_with(&[0x28, 0xb5]) {
                    fs::write(&file, [&noise, form.as_slice()].concat()).unwrap();
                    assert_eq!(leaks(folder.path()), [(file.clone(), BTreeSet::from([word.to_owned()]))]);
                } else {
                    assert_eq!(found, [(file.clone(), BTreeSet::from([word.to_owned()]))], "{form:?}");
                }
                fs::remove_file(file).unwrap();
            }
        }
    }
    fs::write(folder.path().join("family.db"), ITEMS[0].1).unwrap();
    fs::write(folder.path().join("content.db"), ITEMS[0].1).unwrap();
    assert_eq!(leaks(folder.path()).len(), 1);
    fs::write(folder.path().join(NICK), "").unwrap();
    assert_eq!(leaks(folder.path()).len(), 2);
}

/// Everything that was traced in this process.
static TRACED: Mutex<String> = Mutex::new(String::new());

fn traced() -> String {
    TRACED.lock().unwrap().clone()
}

/// Writes every span and event down, at every level.
struct Listener;

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}: {value:?}").unwrap();
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut Line(&mut TRACED.lock().unwrap()));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Line(&mut TRACED.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Line(&mut TRACED.lock().unwrap()));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Listens to every trace of this process from now on. The tests of this file share one listener.
fn listen() {
    let _ = tracing::subscriber::set_global_default(Listener);
}

#[test]
fn no_error_and_no_trace_says_what_a_family_wrote() {
    listen();
    let phone = Phone::new();
    let hub = &phone.hub;
    hub.add_profile(&person(NICK, ProfileKind::Child)).unwrap();
    hub.log(&line(hub, WHO, NOTE)).unwrap();
    let sealed = hub.safety_copy(PASSPHRASE).unwrap();
    let long = format!("{TOO_LONG} ").repeat(200);
    let stranger = otsupport_core::strategies::ProfileId::from_random([9; 16]);
    let no_day = TryRequest { item: id(1), profile: None, days: BTreeSet::new() };
    let of_stranger = LogRequest { profile: Some(stranger.clone()), ..line(hub, WHO, NOTE) };
    let tomorrow = LogRequest { on: "2026-11-26".parse().ok(), ..line(hub, WHO, NOTE) };
    let mut failed: Vec<(&str, HubError)> = vec![
        (
            "long question",
            hub.enquire(&EnquiryRequest { text: long.repeat(2), ..EnquiryRequest::default() }).unwrap_err(),
        ),
        (
            "long format",
            hub.enquire(&EnquiryRequest { format: Some(long.clone()), ..EnquiryRequest::default() })
                .unwrap_err(),
        ),
        ("long nickname", hub.add_profile(&person(&long, ProfileKind::Child)).unwrap_err()),
        ("taken nickname", hub.add_profile(&person(NICK, ProfileKind::Class)).unwrap_err()),
        ("long list", hub.put_list(&long, &[id(0)]).unwrap_err()),
        ("long note", hub.log(&line(hub, WHO, &long)).unwrap_err()),
        ("long who", hub.log(&line(hub, &long, NOTE)).unwrap_err()),
        ("note of a stranger", hub.log(&of_stranger).unwrap_err()),
        ("note of tomorrow", hub.log(&tomorrow).unwrap_err()),
        ("no day", hub.try_this_week(&no_day).unwrap_err()),
        ("choose a stranger", hub.choose_profile(Some(&stranger)).unwrap_err()),
        ("remove a stranger", hub.remove_profile(&stranger, true).unwrap_err()),
        ("arrange what is not there", hub.arrange(&[id(3)]).unwrap_err()),
        ("short passphrase", hub.safety_copy("Toolong").unwrap_err()),
        ("other passphrase", hub.import(&sealed, Some(TOO_LONG)).unwrap_err()),
        ("no passphrase", hub.import(&sealed, None).unwrap_err()),
        ("cut copy", hub.import(&sealed[..sealed.len() - 1], Some(PASSPHRASE)).unwrap_err()),
        ("start afresh", hub.start_afresh().unwrap_err()),
    ];
    // Copies that break their form in each place where a word stands.
    let plain = import().to_string();
    for (what, from, to) in [
        ("a long nickname", WORDS[9], long.as_str()),
        ("a field nobody knows", "\"nickname\"", "\"Toolongwombat 1190\""),
        ("a result nobody knows", "\"helped\"", "\"Toolongwombat 1190\""),
        ("a day that is none", "\"2026-11-02\"", "\"Toolongwombat 1190\""),
        ("a weekday that is none", "\"mon\"", "\"Toolongwombat 1190\""),
        ("an item that is none", "\"logged-genet-7730\"", "\"Toolongwombat 1190\""),
        ("an id that is none", "\"0123456789abcdef0123456789abcdef\"", "\"Toolongwombat 1190\""),
        ("an instant that is none", "\"2026-11-24T09:00:00Z\"", "\"Toolongwombat 1190\""),
        ("a number for a note", "\"Importednote 7305\"", "7305"),
        ("no end", "\"waiting\"", "\"waiting"),
    ] {
        assert!(plain.contains(from), "{what}");
        let broken = plain.replace(from, to);
        failed.push((
            what,
            hub.import(broken.as_bytes(), None).map(|it| panic!("{what}: {it:?}")).unwrap_err(),
        ));
    }
    for (what, error) in &failed {
        let said = format!("{error} {error:?} {error:#?}");
        assert_eq!(WRITTEN.found(said.as_bytes()), BTreeSet::new(), "{what}: {said}");
        assert!(!said.contains("Toolong"), "{what}: {said}");
    }
    assert!(traced().contains("invalid-nickname"), "nothing was heard: {}", traced());
    assert_eq!(WRITTEN_OR_KEPT.found(traced().as_bytes()), BTreeSet::new(), "{}", traced());
}

/// The terminal, with every trace switched on that somebody might switch on.
fn terminal(data: &Path, site: &Path, scratch: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(otsupport_tests::program("otsupport"))
        .arg("--data")
        .arg(data)
        .arg("--root")
        .arg(site.join("metadata/root.json"))
        .arg("--seed")
        .arg(site)
        .args(["--now", MORNING])
        .args(arguments)
        .envs([("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("OTSUPPORT_LOG", "trace")])
        .env("TMPDIR", scratch)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_terminal_says_nothing_of_it_on_standard_error_and_leaves_nothing_behind() {
    let publisher = bank();
    let folder = tempfile::tempdir().unwrap();
    let [data, scratch, out] = ["data", "scratch", "out"].map(|it| folder.path().join(it));
    let [secret, other] = ["secret", "other"].map(|it| folder.path().join(it));
    fs::create_dir(&scratch).unwrap();
    fs::create_dir(&out).unwrap();
    fs::write(&secret, PASSPHRASE).unwrap();
    fs::write(&other, TOO_LONG).unwrap();
    let file = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let [sealed, plain, broken] = ["sealed", "plain", "broken"].map(file);
    let [secret, other] = [secret, other].map(|it| it.to_str().unwrap().to_owned());
    let long = format!("{TOO_LONG} ").repeat(200);
    let items: Vec<&str> = ITEMS.iter().map(|it| it.0).collect();
    let run = |arguments: &[&str], code: i32| {
        let (status, said, complained) = terminal(&data, &publisher.site(), &scratch, arguments);
        assert_eq!(status, Some(code), "{arguments:?}: {complained}");
        assert_eq!(WRITTEN.found(complained.as_bytes()), BTreeSet::new(), "{arguments:?}: {complained}");
        let all = [leaks(&data), leaks(&scratch)].concat();
        assert_eq!(all, [], "after {arguments:?}");
        said
    };
    run(&["profile", "add", NICK, "--ages", "3-6"], 0);
    run(&["profile", "add", NICK], 1);
    run(&["profile", "add", &long], 1);
    run(&["profile", "change", NICK, "--rename", RENAMED], 0);
    run(&["profile", "choose", RENAMED], 0);
    run(&["list", LIST, items[0], items[3]], 0);
    run(&["list", &long, items[0]], 1);
    run(&["try", items[1], "--days", "mon,wed", "--profile", RENAMED], 0);
    run(&["log", items[2], "--result", "not", "--who", WHO, "--note", NOTE, "--profile", RENAMED], 0);
    run(&["log", items[2], "--result", "not", "--note", &long], 1);
    run(&["log", items[2], "--result", "not", "--who", &long], 1);
    run(&["log", items[2], "--result", "not", "--note", NOTE, "--on", "2030-01-01"], 1);
    assert!(run(&["record", "--notes"], 0).contains(NOTE), "the control");
    run(&["export", &sealed, "--passphrase-file", &secret], 0);
    assert_eq!(leaks(&out), []);
    run(&["export", &sealed, "--passphrase-file", &secret], 1);
    run(&["import", &sealed, "--passphrase-file", &other], 1);
    run(&["import", &sealed, "--passphrase-file", &secret], 0);
    run(&["--json", "export", &plain, "--plain"], 0);
    // The control: a plain copy is found to hold what was written.
    let found = leaks(&out).remove(0).1;
    assert!([RENAMED, LIST, WHO, NOTE, items[1]].iter().all(|it| found.contains(*it)), "{found:?}");
    fs::write(&broken, fs::read_to_string(&plain).unwrap().replace("\"not\"", "\"perhaps\"")).unwrap();
    run(&["import", &broken], 1);
    run(&["import", &plain], 0);
    run(&["change-key"], 0);
    fs::remove_file(data.join(KEY_FILE)).unwrap();
    run(&["record"], 1);
    run(&["start-afresh"], 0);
    run(&["import", &sealed, "--passphrase-file", &secret], 0);
    assert!(run(&["record", "--notes"], 0).contains(NOTE), "it came back");
    run(&["erase", "--yes"], 0);
    assert!(files(&scratch).is_empty(), "{:?}", files(&scratch));
}

/// A sealed text opens in its own row and column only: whoever can write to the file cannot put one child's words into another's place.
#[test]
fn a_sealed_text_that_was_moved_to_another_place_does_not_open_there() {
    /// Puts what stands in the first place into the second, and the other way round.
    const SWAPS: [(&str, &str, &str); 6] = [
        ("two lines of the log", "log.sealed/1", "log.sealed/2"),
        ("two children", "profiles.sealed/1", "profiles.sealed/2"),
        ("two items as they were seen", "shelf.seen/1", "shelf.seen/2"),
        ("an item and how it was seen", "shelf.sealed/1", "shelf.seen/1"),
        ("a line of the log and a list", "log.sealed/1", "lists.sealed/1"),
        ("a plan and a line of the log", "plans.sealed/1", "log.sealed/1"),
    ];
    let split = |place: &str| -> (String, String, i64) {
        let (column, position) = place.split_once('/').unwrap();
        let (table, column) = column.split_once('.').unwrap();
        (table.to_owned(), column.to_owned(), position.parse().unwrap())
    };
    for (what, one, other) in SWAPS {
        let mut phone = Phone::new();
        let hub = &phone.hub;
        hub.save(&[id(0), id(1), id(2)]).unwrap();
        hub.put_list(LIST, &[id(0)]).unwrap();
        hub.add_profile(&person(NICK, ProfileKind::Child)).unwrap();
        hub.add_profile(&person(RENAMED, ProfileKind::Child)).unwrap();
        hub.try_this_week(&TryRequest { item: id(1), profile: None, days: Day::ALL.into() }).unwrap();
        for note in [NOTE, CHANGED_NOTE, "and a third"] {
            hub.log(&LogRequest { profile: None, ..line(hub, WHO, note) }).unwrap();
        }
        let whole: Value = serde_json::from_slice(&hub.plain_copy().unwrap()).unwrap();
        phone.hub.close();
        let database = Connection::open(phone.file("family.db")).unwrap();
        let read = |(table, column, position): &(String, String, i64)| -> Vec<u8> {
            let sql = format!("SELECT {column} FROM {table} WHERE position = ?1");
            database.query_row(&sql, [position], |row| row.get(0)).unwrap()
        };
        let write = |(table, column, position): &(String, String, i64), sealed: &[u8]| {
            let sql = format!("UPDATE {table} SET {column} = ?1 WHERE position = ?2");
            assert_eq!(database.execute(&sql, (sealed, position)).unwrap(), 1);
        };
        let (one, other) = (split(one), split(other));
        let (first, second) = (read(&one), read(&other));
        write(&one, &second);
        write(&other, &first);
        database.close().unwrap();
        phone.hub = open(phone.folder.path(), &phone.publisher.site()).unwrap();
        assert_eq!((phone.hub.mended(), phone.hub.locked()), (&[][..], None), "{what}");
        // A row without the item's text as it was seen still says which item it is.
        let lost = [&one, &other].iter().filter(|it| it.1 == "sealed").count();
        assert_eq!(phone.hub.storage().unwrap().unreadable, lost as u32, "{what}");
        let left: Value = serde_json::from_slice(&phone.hub.plain_copy().unwrap()).unwrap();
        for table in ["shelf", "lists", "profiles", "plans", "log"] {
            let [whole, left] = [&whole, &left].map(|it| it[table].as_array().unwrap());
            let moved = |at: usize| [&one, &other].iter().any(|it| it.0 == table && it.2 == at as i64 + 1);
            // What is there was there before, in the same place, or has lost how it was seen; whatever was not moved is all there.
            let unseen = |row: &Value| {
                let mut row = row.clone();
                row.as_object_mut().unwrap().insert("seen".to_owned(), Value::Null);
                row
            };
            let only_lost = |row: &Value| {
                whole.contains(row) || table == "shelf" && whole.iter().any(|it| unseen(it) == *row)
            };
            assert!(left.iter().all(only_lost), "{what}: {table}: {left:#?}");
            let mut stayed = whole.iter().enumerate().filter(|it| !moved(it.0)).map(|it| it.1);
            assert!(stayed.all(|row| left.contains(row)), "{what}: {table}: {left:#?}");
            assert!(table == "shelf" || left.len() <= whole.len() - (0..3).filter(|it| moved(*it)).count());
        }
    }
}
