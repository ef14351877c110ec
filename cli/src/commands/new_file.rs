//! A file that was not there before, whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Failure;

/// Writes a new file that only its owner can read. One that exists stays as it is: it may be the only safety copy.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure(format!("{}: {}", path.display(), said(&error)));
    let part = (0..u32::MAX).map(|number| beside(path, number)).find(|it| it.symlink_metadata().is_err());
    let part = part.ok_or_else(|| failed(io::ErrorKind::AlreadyExists.into()))?;
    // A new file, always: one that lies there is somebody's, and may be open to others.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part).map_err(failed)?;
    let done = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| {
        // A link, unlike a renaming, never takes the place of a file that is there. Not every disk has links.
        match fs::hard_link(&part, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) if path.exists() => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(&part, path),
            Ok(()) => fs::remove_file(&part),
        }
    });
    if let Err(error) = done {
        let _ = fs::remove_file(&part);
        return Err(failed(error));
    }
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::File::open(folder).and_then(|it| it.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// The name under which a file is written before it takes its own.
fn beside(path: &Path, number: u32) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(if number == 0 { ".part".to_owned() } else { format!(".{number}.part") });
    part.into()
}

fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            "this file exists and is not written over; choose another name".to_owned()
        }
        io::ErrorKind::StorageFull => "the disk is full; make some room and try again".to_owned(),
        _ => error.to_string(),
    }
}
