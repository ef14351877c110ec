//! The signature schemes besides Ed25519 that public TUF repositories use. Only the conformance tool turns them on.

use data_encoding::HEXLOWER_PERMISSIVE;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use spki::der::Document;
use spki::{SubjectPublicKeyInfoRef, der::Decode};

use super::key::PublicKey;

/// Whether `signature` (hexadecimal) is this key's over `message`.
pub(super) fn verifies(key: &PublicKey, message: &[u8], signature: &str) -> bool {
    let algorithm: &dyn VerificationAlgorithm = match (key.keytype.as_str(), key.scheme.as_str()) {
        ("rsa", "rsassa-pss-sha256") => &RSA_PSS_2048_8192_SHA256,
        ("ecdsa" | "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => &ECDSA_P256_SHA256_ASN1,
        _ => return false,
    };
    let Ok(signature) = HEXLOWER_PERMISSIVE.decode(signature.as_bytes()) else { return false };
    bits(key.public())
        .is_some_and(|bits| UnparsedPublicKey::new(algorithm, bits).verify(message, &signature).is_ok())
}

/// The key itself inside its SubjectPublicKeyInfo (RFC 5280, section 4.1).
fn bits(pem: &str) -> Option<Vec<u8>> {
    let (_, document) = Document::from_pem(pem.trim()).ok()?;
    let info = SubjectPublicKeyInfoRef::from_der(document.as_bytes()).ok()?;
    Some(info.subject_public_key.raw_bytes().to_owned())
}
