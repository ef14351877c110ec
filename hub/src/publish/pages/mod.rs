//! The pages of the bank for browsers: one for each text, a list of them all, and the page that a signpost's link opens.
//!
//! A phone needs none of them. Every text goes through `maud`, which escapes by type; the only markup that is passed through is
//! what this program made itself.

mod edition;
mod frame;
mod item;
mod language;
mod list;
mod picture;
mod signpost;
mod text;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use chrono::NaiveDate;
use maud::Markup;
use otsupport_wire::snapshot::Snapshot;

use self::edition::{Edition, file_name};
use super::at_once::at_once;
use super::site::{SiteError, io_error, put};

/// The list of all pages stands beside them, so no item may have its name.
pub(super) const LIST: &str = "index";

/// The folders that hold pages and nothing else.
const FOLDERS: [&str; 2] = ["read", "s"];

/// Writes the pages of the bank as published on a day, and removes those of texts that are gone.
pub(super) fn write(site: &Path, bank: &Snapshot, on: NaiveDate) -> Result<(), SiteError> {
    let edition = Edition::new(bank, on);
    let put_page = |file: String, page: Markup| {
        put(&site.join(&file), page.into_string().as_bytes())?;
        Ok(file)
    };
    let signpost = signpost::page(&edition).map_err(|error| SiteError::Encoding(error.to_string()))?;
    let texts = at_once(bank.items().collect(), |item| {
        put_page(format!("read/{}", file_name(item)), item::page(&edition, item))
    })?;
    let mut pages = BTreeSet::from_iter(texts);
    pages.insert(put_page(format!("read/{LIST}.html"), list::page(&edition))?);
    pages.insert(put_page("s/index.html".to_owned(), signpost)?);
    for folder in FOLDERS {
        sweep(site, folder, &pages).map_err(|error| io_error(&site.join(folder), error))?;
    }
    Ok(())
}

/// Removes what is no page any more, and what a run that was cut short left half written.
fn sweep(site: &Path, folder: &str, pages: &BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(site.join(folder))? {
        let entry = entry?;
        let known = entry.file_name().to_str().is_some_and(|it| pages.contains(&format!("{folder}/{it}")));
        if !known && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
