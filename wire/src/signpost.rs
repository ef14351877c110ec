//! A signpost: a few items that staff point a family to, as the end of a link.
//!
//! Everything stands behind `#`, which a browser keeps to itself (RFC 3986, section 3.5): no server sees which items. It
//! holds the items' ids, the number of the bank they were chosen from, a last day and a short note, and nothing about
//! anybody.
//!
//! ```text
//! 1.<bank>.<last day as YYYYMMDD>.<id>+<id>+….<note, base32>.<check>
//! ```
//!
//! All of it is upper case, so that a QR code can use its alphanumeric mode (ISO/IEC 18004, section 7.3.4). The check is the
//! beginning of a SHA-256, so that a link that was cut or mistyped is told from one that is whole.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use data_encoding::BASE32_NOPAD;

use crate::{BankVersion, ItemId, Sha256};

/// The most items in a signpost: a family can use a few.
pub const MOST_ITEMS: usize = 20;
/// The longest note, in characters.
pub const NOTE_LIMIT: usize = 140;

const FORMAT: &str = "1";
const DAY: &str = "%Y%m%d";
/// Characters of the check: one cut link in a million looks whole.
const CHECK: usize = 4;

/// Why something is no signpost. It never carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignpostError {
    /// The text is no signpost at all.
    #[error("not a signpost")]
    NotOne,
    /// It was one, and a part of it is missing or changed.
    #[error("the link is not whole")]
    Cut,
    /// It was made by a newer program.
    #[error("the link needs a newer program")]
    Newer,
    /// No item, or more than [`MOST_ITEMS`].
    #[error("a signpost holds 1 to {MOST_ITEMS} items")]
    Items,
    /// The note is longer than [`NOTE_LIMIT`] or holds what cannot be seen.
    #[error("a note holds at most {NOTE_LIMIT} plain characters")]
    Note,
}

/// A short plain text beside the items. It is public: whoever has the link can read it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Note(String);

impl Note {
    /// A note of this text; line breaks become spaces.
    ///
    /// # Errors
    /// [`SignpostError::Note`]
    pub fn new(text: &str) -> Result<Self, SignpostError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > NOTE_LIMIT || text.chars().any(is_unseen) {
            return Err(SignpostError::Note);
        }
        Ok(Self(text))
    }

    /// The text; empty for none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those that turn the direction of a text to make it read as another.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A few items of the bank, for a family.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signpost {
    items: Vec<ItemId>,
    /// The bank from which they were chosen.
    pub bank: BankVersion,
    /// The last day on which the list is meant to be used.
    pub until: NaiveDate,
    /// A few plain words.
    pub note: Note,
}

impl Signpost {
    /// A signpost to these items, each once, in this order.
    ///
    /// # Errors
    /// [`SignpostError::Items`]
    pub fn new(
        items: &[ItemId],
        bank: BankVersion,
        until: NaiveDate,
        note: Note,
    ) -> Result<Self, SignpostError> {
        let mut seen = BTreeSet::new();
        let items: Vec<ItemId> = items.iter().filter(|it| seen.insert(*it)).cloned().collect();
        if items.is_empty() || items.len() > MOST_ITEMS {
            return Err(SignpostError::Items);
        }
        Ok(Self { items, bank, until, note })
    }

    /// The items, in the order in which they were chosen.
    pub fn items(&self) -> &[ItemId] {
        &self.items
    }

    /// What stands behind `#`.
    pub fn fragment(&self) -> String {
        let ids: Vec<String> = self.items.iter().map(|it| it.as_str().to_ascii_uppercase()).collect();
        let body = format!(
            "{FORMAT}.{}.{}.{}.{}",
            self.bank,
            self.until.format(DAY),
            ids.join("+"),
            BASE32_NOPAD.encode(self.note.as_str().as_bytes())
        );
        let check = check(&body);
        format!("{body}.{check}")
    }

    /// Reads a link, or what stands behind its `#`. Spaces and line breaks that a letter put in are passed over.
    ///
    /// # Errors
    /// [`SignpostError`]
    pub fn read(link: &str) -> Result<Self, SignpostError> {
        let fragment = link.rsplit_once('#').map_or(link, |(_, fragment)| fragment);
        let fragment: String = fragment.split_whitespace().collect::<String>().to_ascii_uppercase();
        let (body, given) = fragment.rsplit_once('.').ok_or(SignpostError::NotOne)?;
        let parts: Vec<&str> = body.split('.').collect();
        match parts.first() {
            Some(&FORMAT) => {}
            Some(other) if other.parse::<u32>().is_ok_and(|it| it > 1) => return Err(SignpostError::Newer),
            _ => return Err(SignpostError::NotOne),
        }
        if given != check(body) {
            return Err(SignpostError::Cut);
        }
        let [_, bank, until, ids, note] = parts.as_slice() else {
            return Err(SignpostError::NotOne);
        };
        let ids: Vec<ItemId> = ids
            .split('+')
            .map(|it| it.to_ascii_lowercase().parse().map_err(|_| SignpostError::NotOne))
            .collect::<Result<_, _>>()?;
        let note = BASE32_NOPAD.decode(note.as_bytes()).map_err(|_| SignpostError::NotOne)?;
        let note = String::from_utf8(note).map_err(|_| SignpostError::NotOne)?;
        let bank = BankVersion(bank.parse().map_err(|_| SignpostError::NotOne)?);
        let until = NaiveDate::parse_from_str(until, DAY).map_err(|_| SignpostError::NotOne)?;
        Self::new(&ids, bank, until, Note::new(&note)?)
    }
}

fn check(body: &str) -> String {
    let mut check = BASE32_NOPAD.encode(Sha256::of(body.as_bytes()).as_bytes());
    check.truncate(CHECK);
    check
}
