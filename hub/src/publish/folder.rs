//! Reading the content folder, with limits.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::fault::Faults;

/// The content folder.
pub(super) struct Folder {
    root: PathBuf,
}

/// A text file and its name from the content folder.
pub(super) struct Text {
    pub(super) file: String,
    pub(super) text: String,
}

/// The largest text file: 256 KB, some forty times a long strategy.
const TEXT_LIMIT: u64 = 256 << 10;
/// The largest media file: 20 MB.
const MEDIA_LIMIT: u64 = 20 << 20;
const LINK: &str = "neither a file nor a folder; links are not followed";
/// The deepest folder in a content folder.
const DEPTH: usize = 4;

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The text of `file`; `None` with a fault if it cannot be read, is too large or is not UTF-8.
    pub(super) fn text(&self, file: &str, faults: &mut Faults) -> Option<Text> {
        let bytes = self.bytes(file, TEXT_LIMIT, "a text file holds at most 256 KB", faults)?;
        match String::from_utf8(bytes) {
            Ok(text) => {
                // One form of line ends, so that a checkout on another system gives the same bytes.
                let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
                let odd = text.chars().position(|c| c.is_control() && !"\n\t".contains(c));
                if let Some(place) = odd {
                    let line = 1 + text.chars().take(place).filter(|c| *c == '\n').count();
                    faults.fault(file, line, "a control character, which nobody can see");
                    return None;
                }
                Some(Text { file: file.to_owned(), text })
            }
            Err(error) => {
                let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                faults.fault(file, line, "the text is not UTF-8");
                None
            }
        }
    }

    /// The bytes of a media file; `None` with a fault if it cannot be read or is too large.
    pub(super) fn media(&self, file: &str, faults: &mut Faults) -> Option<Vec<u8>> {
        self.bytes(file, MEDIA_LIMIT, "a media file holds at most 20 MB", faults)
    }

    fn bytes(&self, file: &str, limit: u64, too_large: &str, faults: &mut Faults) -> Option<Vec<u8>> {
        if self.leads_elsewhere(file) {
            faults.fault(file, 1, LINK);
            return None;
        }
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            // The limit bounds what is read, not only what is kept.
            File::open(self.root.join(file))?.take(limit + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Ok(bytes) if bytes.len() as u64 > limit => faults.fault(file, 1, too_large),
            Ok(bytes) => return Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                faults.fault(file, 1, "the file is missing")
            }
            Err(error) => faults.fault(file, 1, format!("the file cannot be read: {error}")),
        }
        None
    }

    /// The files below `folder`, sorted, as names from the content folder. What is hidden is left out; links are refused:
    /// they could lead out of the folder.
    pub(super) fn files(&self, folder: &str, faults: &mut Faults) -> Vec<String> {
        let mut files = Vec::new();
        self.walk(folder, DEPTH, &mut files, faults);
        files.sort();
        files
    }

    /// Whether a name is a link, which could lead out of the folder.
    fn leads_elsewhere(&self, name: &str) -> bool {
        fs::symlink_metadata(self.root.join(name)).is_ok_and(|it| it.is_symlink())
    }

    fn walk(&self, folder: &str, depth: usize, files: &mut Vec<String>, faults: &mut Faults) {
        if self.leads_elsewhere(folder) {
            faults.fault(folder, 1, LINK);
            return;
        }
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                faults.fault(folder, 1, format!("the folder cannot be read: {error}"));
                return;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                faults.fault(folder, 1, "a file's name is not UTF-8");
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{folder}/{name}");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth > 0 => self.walk(&path, depth - 1, files, faults),
                Ok(kind) if kind.is_dir() => faults.fault(&path, 1, "folders are too deep"),
                Ok(kind) if kind.is_file() => files.push(path),
                _ => faults.fault(&path, 1, LINK),
            }
        }
    }
}
