//! Texts of few lengths, so that a length tells little.

/// Bytes of the length that stands before a text.
const LENGTH: usize = 4;

/// The text with its length before it and zeros behind, as long as the smallest of `classes` that holds it; `None` if none does.
pub(super) fn pad(text: &[u8], classes: impl IntoIterator<Item = usize>) -> Option<Vec<u8>> {
    let class = classes.into_iter().find(|it| LENGTH + text.len() <= *it)?;
    let mut padded = Vec::with_capacity(class);
    padded.extend_from_slice(&u32::try_from(text.len()).ok()?.to_be_bytes());
    padded.extend_from_slice(text);
    padded.resize(class, 0);
    Some(padded)
}

/// The text of what [`pad`] made.
pub(super) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<LENGTH>()?;
    let (text, zeros) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    zeros.iter().all(|it| *it == 0).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_class_that_holds_it_is_taken() {
        for (length, size) in [(0, Some(6)), (2, Some(6)), (3, Some(9)), (5, Some(9)), (6, None)] {
            let text = vec![b'x'; length];
            let padded = pad(&text, [6, 9]);
            assert_eq!(padded.as_ref().map(Vec::len), size, "{length}");
            assert!(padded.is_none_or(|it| unpad(&it) == Some(&text[..])), "{length}");
        }
    }

    #[test]
    fn what_was_never_padded_so_is_refused() {
        for wrong in
            [&b""[..], &[0, 0, 0], &[0, 0, 0, 1], &[255, 255, 255, 255, 0], &[0, 0, 0, 1, b'x', 0, 1]]
        {
            assert_eq!(unpad(wrong), None, "{wrong:?}");
        }
    }
}
