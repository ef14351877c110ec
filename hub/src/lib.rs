//! The hub's own end of the wire.
//!
//! [`publish`] makes a signed static site of a content folder, [`serve`] delivers it, [`intake`] keeps sealed enquiries,
//! [`inbox`] opens and answers them, [`keys`] makes and keeps the keys.

mod connections;
pub mod embedded;
pub mod inbox;
pub mod intake;
pub mod keys;
pub mod publish;
pub mod serve;
