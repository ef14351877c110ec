//! The table that tells what words mean: carried by the app, or fetched once over a link that is not paid for by the byte. Search works
//! without it, less well.

use std::collections::BTreeSet;
use std::fs;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use otsupport_wire::snapshot::MEANING_TABLE;

use super::SupportHub;
use crate::error::Error;
use crate::platform::{Folder, Http};
use crate::storage::{Blob, Saved, blob_of};
use crate::strategies::{Table, index_all, told_by};
use crate::sync::{MediaDriver, MediaReport, NetworkLink, Standing};

impl SupportHub {
    /// The table that the bank names.
    fn wanted_table(&self) -> Result<Option<Blob>, Error> {
        let file = MEANING_TABLE.parse().map_err(|_| Error::Internal("name of the table"))?;
        self.reading(|reading| blob_of(reading, &file))
    }

    /// Tells meanings by the table that the bank names, if it is here. What no longer belongs to the bank goes.
    pub(super) fn learn(&self) -> Result<(), Error> {
        let content = self.content();
        let Some(blob) = self.wanted_table()? else { return Ok(()) };
        let name = blob.sha256.to_string();
        if !self.tables.has(&blob) {
            return Ok(());
        }
        let table = match content.search().table().filter(|it| it.name() == name) {
            Some(table) => table,
            None => {
                let Some(table) = Table::read(name.clone(), fs::read(self.tables.whole(blob.sha256))?) else {
                    // Damaged since it came: it is fetched again.
                    return self.tables.remove(&[blob.sha256]);
                };
                let table = Arc::new(table);
                content.search().learn(table.clone());
                self.tables.keep_only(&BTreeSet::from([blob]))?;
                table
            }
        };
        if content.read(told_by)?.as_deref() != Some(&name) {
            content.write(|writing| index_all(writing, Some(table)))?;
        }
        Ok(())
    }

    /// Fetches the table if it is wanted and not here, and learns it. `None` if there is nothing to fetch.
    pub(super) async fn fetch_table(
        &self,
        site: &str,
        link: NetworkLink,
    ) -> Result<Option<MediaReport>, Error> {
        let http = self.platform.http.clone();
        let report = self.fetch_table_from(site, http.as_ref()).await?;
        self.count_traffic(report.as_ref().map_or(0, |it| it.bytes), link)?;
        Ok(report)
    }

    /// Takes the table over that the app carries.
    pub(super) fn take_carried_table(&self, seed: &Folder) -> Result<(), Error> {
        let fetch = pin!(self.fetch_table_from("", seed));
        match fetch.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(fetched) => fetched.map(drop),
            Poll::Pending => Err(Error::Internal("a folder did not answer")),
        }
    }

    async fn fetch_table_from(&self, site: &str, http: &dyn Http) -> Result<Option<MediaReport>, Error> {
        let Some(blob) = self.wanted_table()?.filter(|it| !self.tables.has(it)) else { return Ok(None) };
        let files = BTreeSet::from([blob]);
        let standing = || {
            let missing = if self.tables.has(&blob) { Vec::new() } else { vec![blob] };
            Ok(Standing {
                files: files.clone(),
                missing,
                saved: Saved::Known(files.clone()),
                budget: u64::MAX,
            })
        };
        let driver = MediaDriver { store: &self.tables, http, now: self.now().into() };
        let report = driver.fetch(site, standing).await?;
        if report.fetched > 0 {
            self.learn()?;
        }
        Ok(Some(report))
    }
}
