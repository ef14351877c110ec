//! Pictures, sound and papers: line pictures travel inside the snapshot, the rest as blobs.

use std::collections::BTreeMap;

use otsupport_wire::snapshot::{MEANING_TABLE, MediaFile, Picture};
use otsupport_wire::{MediaPath, Sha256};
use roxmltree::{Document, Node};

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

/// The largest table of meanings.
const TABLE_LIMIT: usize = 2_500_000;

fn is_table(bytes: &[u8]) -> bool {
    bytes.len() <= TABLE_LIMIT && bytes.starts_with(b"OTSMEAN1")
}

/// Reads the files that are used. Only when every item was read (`whole`) is it known what is not.
pub(super) fn read(folder: &Folder, mut uses: Uses, whole: bool, faults: &mut Faults) -> Media {
    let there = folder.files("media", faults);
    // No item names the table of meanings: search uses it.
    if let Some(table) = there.iter().find(|it| *it == MEANING_TABLE).and_then(|it| it.parse().ok()) {
        uses.note(MEANING_TABLE, 1, &table);
    }
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
            if path.as_str() == MEANING_TABLE && !is_table(&bytes) {
                faults.fault(
                    path.as_str(),
                    1,
                    "this is no table of meanings of at most 2.5 MB; see meaning/README.md",
                );
            }
            let sha256 = Sha256::of(&bytes);
            media.files.push(MediaFile { file: path.clone(), sha256, bytes: bytes.len() as u64 });
            media.blobs.insert(sha256, bytes);
        }
    }
    for path in there.iter().filter(|it| whole && !uses.0.keys().any(|used| used.as_str() == it.as_str())) {
        faults.warning(path, 1, "nothing uses this file; it is not published");
    }
    media
}

/// What a line picture may be drawn with.
const ELEMENTS: [&str; 11] =
    ["svg", "g", "path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "title", "desc"];
const ATTRIBUTES: [&str; 37] = [
    "viewBox",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "d",
    "points",
    "transform",
    "fill",
    "fill-rule",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-miterlimit",
    "stroke-opacity",
    "opacity",
    "color",
    "role",
    "aria-hidden",
    "aria-label",
    "preserveAspectRatio",
    "version",
    "pathLength",
    "vector-effect",
];

/// A line picture draws and does nothing else: it is made of known shapes with known attributes, so there is no place for a
/// script, a style, a link or anything from outside.
fn picture(file: &str, bytes: Vec<u8>, faults: &mut Faults) -> Option<String> {
    if bytes.len() > PICTURE_LIMIT {
        faults.fault(file, 1, "a line picture holds at most 8 KB");
        return None;
    }
    let Ok(svg) = String::from_utf8(bytes) else {
        faults.fault(file, 1, "the picture is not UTF-8");
        return None;
    };
    let drawing = match Document::parse(&svg) {
        Ok(drawing) => drawing,
        Err(error) => {
            faults.fault(file, error.pos().row as usize, format!("not an SVG picture: {error}"));
            return None;
        }
    };
    if drawing.root_element().tag_name().name() != "svg" {
        faults.fault(file, 1, "not an SVG picture");
    }
    for node in drawing.descendants() {
        let line = drawing.text_pos_at(node.range().start).row as usize;
        if node.is_pi() {
            faults.fault(file, line, "a line picture holds no processing instruction");
        }
        if node.is_element() {
            element(file, line, &node, faults);
        }
    }
    Some(svg.replace("\r\n", "\n"))
}

fn element(file: &str, line: usize, node: &Node<'_, '_>, faults: &mut Faults) {
    const SVG: &str = "http://www.w3.org/2000/svg";
    let name = node.tag_name();
    if name.namespace() != Some(SVG) || !ELEMENTS.contains(&name.name()) {
        faults.fault(file, line, format!("`{}` has no place in a line picture", name.name()));
    }
    for attribute in node.attributes() {
        let plain = attribute.namespace().is_none() && ATTRIBUTES.contains(&attribute.name());
        // A paint may point to another place.
        if !plain || attribute.value().contains("url(") {
            faults.fault(file, line, format!("`{}` has no place in a line picture", attribute.name()));
        }
    }
}
