//! The sealed enquiry: what a family asks, readable by the service alone.
//!
//! ```text
//! envelope   header 68 · key for the service 80 · key for recovery 80 · sealed letter
//! header     "OTE" 3 · form 1, the byte 1 · id 16 · service key's tag 8 · recovery key's tag 8 · SHA-256 of the bearer secret 32
//! key        a random key of 32 bytes, sealed by HPKE: encapsulated key 32 · text 32 · tag 16
//! letter     sealed under the random key: length 4 · JSON · zeros up to the size class, then tag 16
//! reply      sealed by HPKE: encapsulated key 32 · length 4 · text · zeros up to the size class, then tag 16
//! ```
//!
//! Lengths here are bytes; numbers are big-endian. A length before a text counts the text alone, in UTF-8. An id is a UUID of version 7,
//! a tag of a key the first 8 bytes of the SHA-256 of its public half, by which a reader knows which of its keys to take.
//!
//! | size class | 1 | 2 | 3 |
//! |---|---|---|---|
//! | an envelope's whole length | 12,288 | 32,768 | |
//! | a sealed reply's whole length | 1,024 | 4,096 | 16,384 |
//!
//! A writer takes the smallest that holds the text. A reader refuses every other length of an envelope, another name, another form (a
//! larger one as newer), an id of another kind, and padding that is not zeros; it does not ask whether a smaller class would have done.
//!
//! | sealed | by | `info` or nonce | bound to (`aad`) |
//! |---|---|---|---|
//! | key for the service | HPKE | `otsupport enquiry 1, service` | the header |
//! | key for recovery | HPKE | `otsupport enquiry 1, recovery` | the header |
//! | letter | ChaCha20-Poly1305 (RFC 8439) | twelve zeros: the key seals nothing else | all that stands before it, 228 bytes |
//! | reply | HPKE | `otsupport reply 1` | the enquiry's id 16 · the reply's number 8 |
//!
//! HPKE is RFC 9180 in base mode, one message for each setup: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. The 32 random
//! bytes of a sealing are its `ikmE`. A key with which both sides agree on zeros is refused.
//!
//! The JSON is [`Letter`]'s: an object with the names of its fields in any order, `null` for what is absent, times as in RFC 3339. A
//! reader passes over names that it does not know.
//!
//! The header is bound to both keys, and all that stands before the letter is bound to the letter: nothing of an envelope can be put into
//! another. Its length is one of [`SIZES`], so that it tells little. A reply is sealed to a key that was made for the one enquiry and
//! travels inside the letter alone. `tests/envelope` is a second implementation.

pub mod base64;
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
#[cfg(test)]
mod vectors;

pub use envelope::{Envelope, EnvelopeError, Header, SIZES, SealingChance, seal};
pub use id::{BadEnquiryId, EnquiryId};
pub use keys::{Bearer, BearerHash, EnquiryKeys, KeyTag, PublicHalf, ReceiptKey, SecretHalf, ServiceKey};
pub use letter::{Asker, Interpreter, Letter, Matter, ReplyBy};
pub use problem::{PROBLEM_TYPE, Problem, ProblemCode};
pub use receipt::{Receipt, SignedReceipt};
pub use reply::{Replies, ReplyError, ReplyNumber, SealedReply, open_reply, seal_reply};
