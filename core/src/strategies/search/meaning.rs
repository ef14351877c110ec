//! What words mean, as far as a table of word pieces tells: near words have near vectors.
//!
//! The table is a file of its own with a version of its own. Everything works without it, less well.

use super::words;

/// A file of this size or less is read.
const LARGEST: usize = 2_500_000;
const MAGIC: &[u8; 8] = b"OTSMEAN1";
/// A longer text is read so far.
const MOST_WORDS: usize = 256;

/// The vectors of word pieces.
pub(crate) struct Table {
    name: String,
    bytes: Vec<u8>,
    dims: usize,
    /// Where each piece begins, and where the last one ends.
    pieces: Vec<u32>,
    scales: usize,
    rows: usize,
}

impl Table {
    /// Reads a table; see `meaning/README.md` for its form. `name` tells it from every other one. `None` for anything else.
    pub(crate) fn read(name: String, bytes: Vec<u8>) -> Option<Self> {
        if bytes.len() > LARGEST || !bytes.starts_with(MAGIC) {
            return None;
        }
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 4)?;
            usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
        };
        let (version, dims, count, length) = (number(8)?, number(12)?, number(16)?, number(20)?);
        let scales = 24_usize.checked_add(length)?;
        let rows = scales.checked_add(count.checked_mul(4)?)?;
        let end = rows.checked_add(count.checked_mul(dims)?)?;
        if version != 1 || dims == 0 || dims > 1024 || end != bytes.len() {
            return None;
        }
        let vocabulary = bytes.get(24..scales)?;
        std::str::from_utf8(vocabulary).ok()?;
        let mut pieces = vec![24_u32];
        for (at, byte) in vocabulary.iter().enumerate() {
            if *byte == b'\n' {
                pieces.push(u32::try_from(at + 25).ok()?);
            }
        }
        // The last piece ends as if a line followed it.
        pieces.push(u32::try_from(scales + 1).ok()?);
        if pieces.len() != count + 1 {
            return None;
        }
        let table = Self { name, bytes, dims, pieces, scales, rows };
        (1..count).all(|it| table.piece(it - 1) < table.piece(it)).then_some(table)
    }

    /// What tells it from every other table.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn dims(&self) -> usize {
        self.dims
    }

    fn piece(&self, index: usize) -> &[u8] {
        let place = |index: usize| self.pieces.get(index).map_or(0, |it| *it as usize);
        self.bytes.get(place(index)..place(index + 1).saturating_sub(1)).unwrap_or_default()
    }

    fn find(&self, piece: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.pieces.len() - 1);
        while low < high {
            let middle = low.midpoint(high);
            match self.piece(middle).cmp(piece) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The pieces of a word, the longest first; none if some part of it is unknown.
    fn pieces_of(&self, word: &str) -> Vec<usize> {
        let mut found = Vec::new();
        if !words::is_word(word) {
            return found;
        }
        let mut from = 0;
        let mut piece = Vec::with_capacity(word.len() + 2);
        while from < word.len() {
            let mut to = word.len();
            let next = loop {
                if to == from {
                    return Vec::new();
                }
                if word.is_char_boundary(to) {
                    piece.clear();
                    if from > 0 {
                        piece.extend_from_slice(b"##");
                    }
                    piece.extend_from_slice(&word.as_bytes()[from..to]);
                    if let Some(index) = self.find(&piece) {
                        break index;
                    }
                }
                to -= 1;
            };
            found.push(next);
            from = to;
        }
        found
    }

    /// What a word means: the sum of its pieces; nothing for an unknown one.
    pub(super) fn word(&self, word: &str) -> Vec<f32> {
        let mut sum = vec![0.0; self.dims];
        self.add(word, &mut sum);
        sum
    }

    fn add(&self, word: &str, sum: &mut [f32]) {
        for index in self.pieces_of(word) {
            let at = self.scales + index * 4;
            let scale =
                self.bytes.get(at..at + 4).and_then(|it| it.try_into().ok()).map_or(0.0, f32::from_le_bytes);
            let from = self.rows + index * self.dims;
            let row = self.bytes.get(from..from + self.dims).unwrap_or_default();
            for (sum, value) in sum.iter_mut().zip(row) {
                *sum += scale * f32::from(value.cast_signed());
            }
        }
    }

    /// What a text means, of length 1; of length 0 if nothing in it is known.
    pub(super) fn text(&self, text: &str) -> Vec<f32> {
        let mut sum = vec![0.0; self.dims];
        let mut left = MOST_WORDS;
        words::runs(text, |word, _| {
            if left > 0 {
                left -= 1;
                self.add(word, &mut sum);
            }
        });
        to_unit(&mut sum);
        sum
    }
}

/// Scales a vector to the length 1, unless it has none.
pub(super) fn to_unit(vector: &mut [f32]) {
    let length = vector.iter().map(|it| it * it).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|it| *it /= length);
    }
}

/// A vector in a byte for each dimension, and what a step of it is worth.
pub(super) struct Packed {
    pub(super) steps: Vec<u8>,
    pub(super) scale: f32,
}

impl Packed {
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn of(vector: &[f32]) -> Self {
        let most = vector.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
        let scale = most / 127.0;
        let steps = vector
            .iter()
            .map(|it| if most > 0.0 { ((it / scale).round() as i8).cast_unsigned() } else { 0 })
            .collect();
        Self { steps, scale }
    }
}

/// The product of two packed vectors, in steps.
pub(super) fn product(a: &[u8], b: &[u8]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(i16::from(a.cast_signed()) * i16::from(b.cast_signed()))).sum()
}

/// The product of two vectors.
pub(super) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn table() -> Table {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/media/meaning.table");
        Table::read("the bank's".to_owned(), fs::read(file).unwrap()).unwrap()
    }

    #[test]
    fn texts_have_the_pieces_and_the_vectors_of_the_reference() {
        let table = table();
        let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../meaning/vectors.json");
        let reference: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(reference).unwrap()).unwrap();
        let texts = reference.as_array().or_else(|| reference["texts"].as_array()).unwrap();
        assert!(texts.len() >= 40);
        for it in texts {
            let text = it["text"].as_str().unwrap();
            let mut pieces = Vec::new();
            let mut left = MOST_WORDS;
            words::runs(text, |word, _| {
                if left == 0 {
                    return;
                }
                left -= 1;
                pieces.extend(
                    table
                        .pieces_of(word)
                        .into_iter()
                        .map(|it| String::from_utf8(table.piece(it).to_vec()).unwrap()),
                );
            });
            assert_eq!(serde_json::json!(pieces), it["pieces"], "{text}");
            let vector = table.text(text);
            for (ours, theirs) in vector.iter().zip(it["first"].as_array().unwrap()) {
                assert!((f64::from(*ours) - theirs.as_f64().unwrap()).abs() < 0.001, "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_table_is_not_read() {
        assert!(Table::read(String::new(), Vec::new()).is_none());
        let whole = table().bytes;
        for end in (0..200).chain([whole.len() - 1]) {
            assert!(Table::read(String::new(), whole[..end].to_vec()).is_none(), "{end}");
        }
        let mut longer = whole;
        longer.push(0);
        assert!(Table::read(String::new(), longer).is_none());
    }
}
