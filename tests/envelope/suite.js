// What is sealed by HPKE (RFC 9180) and what by ChaCha20-Poly1305 alone (RFC 8439), and a key's public half.

import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey } from "node:crypto";
import { createRequire } from "node:module";

// The packages lie in a folder outside the checkout (`tests/envelope.sh` names it), where an import would not find them.
const packages = createRequire(process.env.ENVELOPE_PACKAGES ? `${process.env.ENVELOPE_PACKAGES}/` : import.meta.url);
const { CipherSuite, HkdfSha256 } = packages("@hpke/core");
const { Chacha20Poly1305 } = packages("@hpke/chacha20poly1305");
const { DhkemX25519HkdfSha256 } = packages("@hpke/dhkem-x25519");

const hpke = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

export const ENCAPSULATED = 32;
export const TAG = 16;

export async function sealTo(publicHalf, info, bound, text, random) {
  const params = {
    recipientPublicKey: await hpke.kem.deserializePublicKey(whole(publicHalf)),
    info: whole(info),
    ekm: whole(random),
  };
  const sealed = await hpke.seal(params, whole(text), whole(bound));
  return Buffer.concat([Buffer.from(sealed.enc), Buffer.from(sealed.ct)]);
}

export async function openWith(secretHalf, info, bound, sealed) {
  const params = {
    recipientKey: await hpke.kem.deserializePrivateKey(whole(secretHalf)),
    enc: whole(sealed.subarray(0, ENCAPSULATED)),
    info: whole(info),
  };
  return Buffer.from(await hpke.open(params, whole(sealed.subarray(ENCAPSULATED)), whole(bound)));
}

// A Buffer may be a window on a larger one, which a library that asks for its `buffer` would see.
function whole(bytes) {
  return new Uint8Array(bytes).buffer;
}

const CIPHER = "chacha20-poly1305";
const NONCE = Buffer.alloc(12);

export function sealLetter(key, bound, text) {
  const cipher = createCipheriv(CIPHER, key, NONCE, { authTagLength: TAG });
  cipher.setAAD(bound, { plaintextLength: text.length });
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

export function openLetter(key, bound, sealed) {
  const text = sealed.subarray(0, -TAG);
  const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG });
  decipher.setAAD(bound, { plaintextLength: text.length });
  decipher.setAuthTag(sealed.subarray(-TAG));
  return Buffer.concat([decipher.update(text), decipher.final()]);
}

// What stands before the 32 bytes of an X25519 key in PKCS #8 (RFC 8410, section 7).
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");

export function publicHalfOf(secretHalf) {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secretHalf]), format: "der", type: "pkcs8" });
  return Buffer.from(createPublicKey(key).export({ format: "jwk" }).x, "base64url");
}
