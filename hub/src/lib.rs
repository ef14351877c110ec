//! The hub's own end of the wire.
//!
//! [`publish`] makes a signed static site of a content folder, [`serve`] delivers it, [`intake`] keeps sealed enquiries,
//! [`keys`] makes and keeps the keys.

pub mod embedded;
pub mod intake;
pub mod keys;
pub mod publish;
pub mod serve;
