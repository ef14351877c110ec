//! The sealed enquiry: what a family asks, readable by the service alone.
//!
//! ```text
//! envelope   header 68 · key for the service 80 · key for recovery 80 · sealed letter
//! header     "OTE" 1 · id 16 · service key's id 8 · recovery key's id 8 · SHA-256 of the bearer secret 32
//! key        a random key of 32 bytes, sealed by HPKE (RFC 9180, base mode): encapsulated key 32 · text and tag 48
//! letter     length 4 · JSON · zeros up to the size class, under the random key (ChaCha20-Poly1305, RFC 8439) · tag 16
//! ```
//!
//! HPKE is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. The header is bound to both keys, and all that stands before the
//! letter is bound to the letter: nothing of an envelope can be put into another. Its length is one of [`SIZES`], so that it tells
//! little. A reply is sealed to a key that was made for the one enquiry and travels inside the letter alone.

mod envelope;
mod id;
mod keys;
mod letter;
mod padding;
mod problem;
mod receipt;
mod reply;
mod suite;
#[cfg(test)]
mod tests;

pub use envelope::{Envelope, EnvelopeError, Header, SIZES, SealingChance, seal};
pub use id::{BadEnquiryId, EnquiryId};
pub use keys::{Bearer, BearerHash, EnquiryKeys, KeyTag, PublicHalf, ReceiptKey, SecretHalf, ServiceKey};
pub use letter::{Asker, Interpreter, Letter, Matter, ReplyBy};
pub use problem::{PROBLEM_TYPE, Problem, ProblemCode};
pub use receipt::{Receipt, SignedReceipt};
pub use reply::{Replies, ReplyError, ReplyNumber, SealedReply, open_reply, seal_reply};
