//! Signed metadata in the shape of The Update Framework: who may sign, and which bank is the newest.
//!
//! Today one signed statement, `targets`, names the newest bank, and the root says which keys may sign it. The other
//! roles of the specification take their places here without a change for those who call [`Head::verify`].

mod head;
mod key;
mod metadata;

pub use head::{HEAD_LIMIT, Head, TrustError, Verified};
pub use key::{KeyId, PublicKey, SigningKey};
pub use metadata::{
    MetadataError, Newest, Role, RoleKeys, Root, SPEC_VERSION, Signature, Signed, Targets, Trusted, sign,
};
