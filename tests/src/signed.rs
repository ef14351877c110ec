//! Signed documents that are bent on their way.

use std::fs;
use std::path::Path;

use otsupport_wire::trust::{Head, SigningKey, sign};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

/// What the document says after `bend`, signed by `keys`.
///
/// # Errors
/// For what is no signed document.
pub fn signed_again(
    document: &[u8],
    bend: impl FnOnce(&mut Value),
    keys: &[&SigningKey],
) -> Result<Vec<u8>, Failure> {
    let mut says = says(document)?;
    bend(&mut says);
    Ok(sign(&says, keys)?)
}

/// The document with its signatures after `bend`; nobody signs it again.
///
/// # Errors
/// For what is no signed document.
pub fn tampered(document: &[u8], bend: impl FnOnce(&mut Value)) -> Result<Vec<u8>, Failure> {
    let mut envelope: Value = serde_json::from_slice(document)?;
    bend(&mut envelope);
    Ok(serde_json::to_vec(&envelope)?)
}

/// What the document says.
///
/// # Errors
/// For what is no signed document.
pub fn says(document: &[u8]) -> Result<Value, Failure> {
    let mut envelope: Value = serde_json::from_slice(document)?;
    Ok(envelope["signed"].take())
}

/// The head of a site.
///
/// # Errors
/// If it has none.
pub fn head(site: &Path) -> Result<Head, Failure> {
    Ok(Head::unpack(&fs::read(site.join("head"))?)?)
}
