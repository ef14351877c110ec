//! The meaning of every item, kept in blocks: read at once, scanned at every keystroke.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::meaning::{Packed, product};
use crate::error::Error;
use crate::storage::{Reading, Writing};

/// Items in a block.
const BLOCK: u32 = 256;
const BLOCK_ITEMS: usize = BLOCK as usize;
/// Bytes of a scale.
const SCALE: usize = 4;

/// Less than any cosine.
pub(super) const NOTHING: f32 = -2.0;

/// The vectors of all items, one behind the other; a row without an item has none.
#[derive(Default)]
pub(super) struct Vectors {
    dims: usize,
    steps: Vec<u8>,
    scales: Vec<f32>,
}

impl Vectors {
    /// Reads all of them, for items up to the row `most`.
    pub(super) fn read(reading: &Reading<'_>, dims: usize, most: u32) -> Result<Self, Error> {
        let items = most as usize + 1;
        let mut all = Self { dims, steps: vec![0; items * dims], scales: vec![0.0; items] };
        let mut blocks = reading.prepare_cached("SELECT block, vectors FROM meanings ORDER BY block")?;
        let mut rows = blocks.query([])?;
        while let Some(row) = rows.next()? {
            let block: u32 = row.get(0)?;
            let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            let first = block as usize * BLOCK_ITEMS;
            for (item, bytes) in (first..items).zip(bytes.chunks_exact(SCALE + dims)) {
                let (scale, steps) = bytes.split_at(SCALE);
                all.scales[item] = scale.try_into().map_or(0.0, f32::from_le_bytes);
                all.steps[item * dims..(item + 1) * dims].copy_from_slice(steps);
            }
        }
        Ok(all)
    }

    /// How near each item is to what is meant: its cosine, by row; [`NOTHING`] for a row that means nothing. Empty where no meanings are
    /// known.
    pub(super) fn near(&self, meant: &Packed) -> Vec<f32> {
        if self.dims == 0 || meant.scale == 0.0 {
            return Vec::new();
        }
        #[allow(clippy::cast_precision_loss)]
        self.steps
            .chunks_exact(self.dims)
            .zip(&self.scales)
            .map(|(steps, scale)| match scale {
                0.0 => NOTHING,
                scale => product(steps, &meant.steps) as f32 * scale * meant.scale,
            })
            .collect()
    }
}

/// Writes what changed: a vector, or that there is none.
pub(super) fn write(
    writing: &Writing<'_>,
    changes: &BTreeMap<u32, Option<Packed>>,
    dims: usize,
) -> Result<(), Error> {
    let size = SCALE + dims;
    let mut there = writing.prepare_cached("SELECT vectors FROM meanings WHERE block = ?1")?;
    let mut put =
        writing.prepare_cached("INSERT OR REPLACE INTO meanings (block, vectors) VALUES (?1, ?2)")?;
    let mut left = changes.iter().peekable();
    while let Some((first, _)) = left.peek() {
        let block = **first / BLOCK;
        let mut bytes: Vec<u8> = there.query_row([block], |row| row.get(0)).optional()?.unwrap_or_default();
        while let Some((item, vector)) = left.next_if(|(item, _)| **item / BLOCK == block) {
            let place = (*item % BLOCK) as usize;
            let to = place * size..(place + 1) * size;
            if bytes.len() < to.end {
                bytes.resize(to.end, 0);
            }
            let to = &mut bytes[to];
            to.fill(0);
            if let Some(vector) = vector {
                to[..SCALE].copy_from_slice(&vector.scale.to_le_bytes());
                to[SCALE..].copy_from_slice(&vector.steps);
            }
        }
        if !bytes.is_empty() {
            put.execute(params![block, bytes])?;
        }
    }
    Ok(())
}
