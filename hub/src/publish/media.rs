//! Pictures, sound and papers: line pictures travel inside the snapshot, the rest as blobs.

use std::collections::BTreeMap;

use otsupport_wire::snapshot::{MediaFile, Picture};
use otsupport_wire::{MediaPath, Sha256};

use super::fault::Faults;
use super::folder::Folder;

/// The largest line picture.
const PICTURE_LIMIT: usize = 8 << 10;

/// Where each media file is used first.
#[derive(Default)]
pub(super) struct Uses(BTreeMap<MediaPath, (String, usize)>);

impl Uses {
    pub(super) fn note(&mut self, file: &str, line: usize, media: &MediaPath) {
        self.0.entry(media.clone()).or_insert_with(|| (file.to_owned(), line));
    }

    /// Notes a use that only a line picture can serve.
    pub(super) fn picture(&mut self, file: &str, line: usize, media: &MediaPath, faults: &mut Faults) {
        if media.as_str().ends_with(".svg") {
            self.note(file, line, media);
        } else {
            faults.fault(file, line, "a topic's picture is an SVG file");
        }
    }
}

/// What the bank's items use of `media/`.
#[derive(Default)]
pub(super) struct Media {
    pub(super) pictures: Vec<Picture>,
    pub(super) files: Vec<MediaFile>,
    /// The content of `files`.
    pub(super) blobs: BTreeMap<Sha256, Vec<u8>>,
}

pub(super) fn read(folder: &Folder, uses: &Uses, faults: &mut Faults) -> Media {
    let there = folder.files("media", faults);
    let mut media = Media::default();
    for (path, (file, line)) in &uses.0 {
        if !there.iter().any(|it| it == path.as_str()) {
            faults.fault(file, *line, format!("the file {path} is missing"));
            continue;
        }
        let Some(bytes) = folder.media(path.as_str(), faults) else {
            continue;
        };
        if path.as_str().ends_with(".svg") {
            if let Some(svg) = picture(path.as_str(), bytes, faults) {
                media.pictures.push(Picture { file: path.clone(), svg });
            }
        } else {
            let sha256 = Sha256::of(&bytes);
            media.files.push(MediaFile { file: path.clone(), sha256, bytes: bytes.len() as u64 });
            media.blobs.insert(sha256, bytes);
        }
    }
    for path in there.iter().filter(|it| !uses.0.keys().any(|used| used.as_str() == it.as_str())) {
        faults.warning(path, 1, "nothing uses this file; it is not published");
    }
    media
}

/// A line picture draws and does nothing else: no script, no event, nothing from outside.
fn picture(file: &str, bytes: Vec<u8>, faults: &mut Faults) -> Option<String> {
    if bytes.len() > PICTURE_LIMIT {
        faults.fault(file, 1, "a line picture holds at most 8 KB");
        return None;
    }
    let Ok(svg) = String::from_utf8(bytes) else {
        faults.fault(file, 1, "the picture is not UTF-8");
        return None;
    };
    let lower = svg.to_ascii_lowercase();
    if !lower.contains("<svg") {
        faults.fault(file, 1, "not an SVG picture");
        return None;
    }
    const FORBIDDEN: [&str; 9] = [
        "<script",
        "<foreignobject",
        "<image",
        "<style",
        "<!doctype",
        "<!entity",
        "href",
        "url(",
        "javascript:",
    ];
    for (index, line) in lower.lines().enumerate() {
        let handler = line.split([' ', '\t', '"', '\'']).any(|it| it.starts_with("on") && it.contains('='));
        if handler || FORBIDDEN.iter().any(|it| line.contains(it)) {
            faults.fault(file, index + 1, "a line picture holds no script, style, link or outside picture");
        }
    }
    Some(svg.replace("\r\n", "\n"))
}
