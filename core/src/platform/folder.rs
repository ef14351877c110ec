//! A published site in a local folder: the first bank that an app carries.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::http::{Fetching, Get, Http, HttpFault, Reply};

/// Fetches from a folder as if it were a hub, so that a carried bank passes the same checks as one from the network.
pub struct Folder(pub PathBuf);

impl Folder {
    fn read(&self, get: Get<'_>, into: &mut dyn Write) -> Result<Reply, HttpFault> {
        let file = match File::open(self.0.join(get.path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Reply::Status(404)),
            Err(error) => return Err(error.into()),
        };
        let bytes = io::copy(&mut file.take(get.limit + 1), into)?;
        if bytes > get.limit {
            return Err(HttpFault::TooLarge);
        }
        Ok(Reply::Body { etag: None, bytes })
    }
}

impl Http for Folder {
    fn get<'a>(&'a self, get: Get<'a>, into: &'a mut (dyn Write + Send)) -> Fetching<'a> {
        Box::pin(async move { self.read(get, into) })
    }
}
