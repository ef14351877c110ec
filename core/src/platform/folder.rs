//! A published site in a local folder: the first bank that an app carries.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use super::http::{Fetching, Get, Http, HttpFault, Reply, Sink};

/// Fetches from a folder as if it were a hub, so that a carried bank passes the same checks as one from the network.
pub struct Folder(pub PathBuf);

impl Folder {
    fn read(&self, get: Get<'_>, into: &mut dyn Sink) -> Result<Reply, HttpFault> {
        // A folder that cannot be read is a hub that does not answer.
        let Ok(mut file) = File::open(self.0.join(get.path)) else { return Ok(Reply::Status(404)) };
        let length = file.metadata().map_err(|_| HttpFault::HubDown)?.len();
        if get.from.and_then(|it| it.length).is_some_and(|it| it != length) {
            return Err(HttpFault::AnotherBody);
        }
        // Nothing is saved by going on in the middle.
        into.begins(None)?;
        let mut buffer = vec![0; 64 * 1024];
        let mut bytes = 0;
        loop {
            let read = file.read(&mut buffer).map_err(|_| HttpFault::HubDown)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            if bytes > get.limit {
                return Err(HttpFault::TooLarge);
            }
            into.write_all(&buffer[..read])?;
        }
        Ok(Reply::Body { etag: None, bytes })
    }
}

impl Http for Folder {
    fn get<'a>(&'a self, get: Get<'a>, into: &'a mut (dyn Sink + Send)) -> Fetching<'a> {
        Box::pin(async move { self.read(get, into) })
    }
}
