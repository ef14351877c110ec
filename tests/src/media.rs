//! A small bank with media of known bytes, and a phone that holds it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use otsupport_core::SupportHub;
use otsupport_core::strategies::MediaView;
use otsupport_core::sync::{MediaReport, NetworkLink};
use otsupport_core::wire::{MediaPath, Sha256};
use otsupport_core::{HubError, strategies::VariantChoice};

use crate::content_folder::small;
use crate::household::id;
use crate::phone::Phone;
use crate::site::{MORNING, Publisher};

type Failure = Box<dyn std::error::Error>;

/// So many bytes that look like nothing else; the same for the same seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(|_| byte()).collect()
}

/// A hub whose items have one paper each: `coat-flip` has `media/coat.pdf`, `big-buttons` has `media/buttons.pdf`, `teacher-notes`
/// has `media/chart.pdf`.
///
/// # Errors
/// What the disk reports.
pub fn with_papers(coat: &[u8], buttons: &[u8], chart: &[u8]) -> Result<Publisher, Failure> {
    let publisher = small()?;
    let papers = [("coat.pdf", coat), ("buttons.pdf", buttons), ("chart.pdf", chart)];
    for (name, bytes) in papers {
        fs::write(publisher.content().join("media").join(name), bytes)?;
    }
    for (item, after, name) in [
        ("strategies/dressing/big-buttons.md", "keywords: [buttons]\n", "buttons.pdf"),
        ("resources/teacher-notes.md", "settings: [school]\n", "chart.pdf"),
    ] {
        let used = format!("media: [{{file: media/{name}, alt: The steps on one page.}}]\n");
        publisher.edit(item, after, &(after.to_owned() + &used))?;
    }
    Ok(publisher)
}

/// A phone that opens with the bank of this publisher.
///
/// # Errors
/// What the disk reports.
pub fn phone_of(publisher: &Publisher) -> Result<Phone, Failure> {
    publisher.publish(MORNING)?;
    let mut phone = Phone::new(publisher.root()?)?;
    phone.seed = Some(publisher.site());
    Ok(phone)
}

/// Fetches an item's media on a runtime of this thread.
///
/// # Errors
/// As [`SupportHub::fetch_media`].
pub fn fetch(hub: &SupportHub, address: &str, item: &str) -> Result<MediaReport, HubError> {
    run(hub.fetch_media(address, &id(item), NetworkLink::Unmetered))
}

/// Fetches what the family chose on a runtime of this thread.
///
/// # Errors
/// As [`SupportHub::fetch_wanted_media`].
pub fn fetch_wanted(hub: &SupportHub, address: &str) -> Result<MediaReport, HubError> {
    run(hub.fetch_wanted_media(address, NetworkLink::Unmetered))
}

fn run<T>(talk: impl Future<Output = Result<T, HubError>>) -> Result<T, HubError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|_| HubError::Internal { code: "no runtime".to_owned() })?.block_on(talk)
}

/// A media file's name.
///
/// # Panics
/// If the text is none.
pub fn file(text: &str) -> MediaPath {
    #[allow(clippy::expect_used)]
    text.parse().expect("a media file's name")
}

/// The papers that a screen shows for an item.
///
/// # Errors
/// As [`SupportHub::show`].
pub fn shown(hub: &SupportHub, item: &str) -> Result<Vec<MediaView>, HubError> {
    let media = hub.show(&id(item), &VariantChoice::default())?.media;
    Ok(media.into_iter().filter(|it| it.picture.is_none()).collect())
}

/// What an item's file opens to; `None` if it is not here.
///
/// # Errors
/// As [`SupportHub::open_media`], and what the disk reports.
pub fn opened(hub: &SupportHub, item: &str, name: &str) -> Result<Option<Vec<u8>>, Failure> {
    let path: Option<PathBuf> = hub.open_media(&id(item), &file(name))?;
    Ok(path.map(fs::read).transpose()?)
}

/// What lies in the phone's folder of media, by name, with its length.
///
/// # Errors
/// What the disk reports.
pub fn folder(phone: &Phone) -> std::io::Result<BTreeMap<String, u64>> {
    let folder = phone.folder().join("media");
    if !folder.exists() {
        return Ok(BTreeMap::new());
    }
    fs::read_dir(folder)?
        .map(|it| {
            let it = it?;
            Ok((it.file_name().to_string_lossy().into_owned(), it.metadata()?.len()))
        })
        .collect()
}

/// The name under which these bytes are begun.
pub fn part(bytes: &[u8]) -> String {
    format!("{}.part", Sha256::of(bytes))
}

/// The name under which these bytes are whole.
pub fn whole(bytes: &[u8]) -> String {
    Sha256::of(bytes).to_string()
}
