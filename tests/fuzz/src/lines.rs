//! Changes by whole lines, as a snapshot is made: libFuzzer's own changes hardly ever leave a record whole.

/// Every fourth time, and for what has some lines: a line twice, in another place, or gone.
pub fn mutate(bytes: &[u8], seed: u32) -> Option<Vec<u8>> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|it| *it == b'\n').collect();
    if lines.len() < 3 || !seed.is_multiple_of(4) {
        return None;
    }
    let (seed, count) = (seed as usize / 4, lines.len());
    let (one, other) = (seed / 4 % count, seed / 4 / count % count);
    match seed % 4 {
        0 => lines.insert(one, lines[one]),
        1 => lines.insert(other, lines[one]),
        2 => lines.swap(one, other),
        _ => {
            lines.remove(one);
        }
    }
    Some(lines.concat())
}
