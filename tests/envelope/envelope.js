// The sealed enquiry and its replies, as the head of wire/src/enquiry/mod.rs describes them.

import { createHash } from "node:crypto";

import { ENCAPSULATED, TAG, openLetter, openWith, publicHalfOf, sealLetter, sealTo } from "./suite.js";

const ENVELOPES = [12288, 32768];
const REPLIES = [1024, 4096, 16384];
const NAME = Buffer.from("OTE");
const FORM = 1;
const HEADER = 68;
const KEY = 80;
const BEFORE_LETTER = HEADER + 2 * KEY;
const PARTS = {
  service: { info: Buffer.from("otsupport enquiry 1, service"), tag: 20, key: HEADER },
  recovery: { info: Buffer.from("otsupport enquiry 1, recovery"), tag: 28, key: HEADER + KEY },
};
const REPLY = Buffer.from("otsupport reply 1");

export async function seal({ id, bearer, service, recovery, letter, chance }) {
  const header = Buffer.concat([NAME, Buffer.of(FORM), idBytes(id), tagOf(service), tagOf(recovery), bearer]);
  const forService = await sealTo(service, PARTS.service.info, header, chance.letter, chance.service);
  const forRecovery = await sealTo(recovery, PARTS.recovery.info, header, chance.letter, chance.recovery);
  const before = Buffer.concat([header, forService, forRecovery]);
  const text = padded(JSON.stringify(letter), ENVELOPES.map((it) => it - BEFORE_LETTER - TAG));
  return Buffer.concat([before, sealLetter(chance.letter, before, text)]);
}

export async function open({ as, secret, envelope }) {
  need(ENVELOPES.includes(envelope.length), "its length is none that an envelope has");
  need(envelope.subarray(0, 3).equals(NAME), "it begins otherwise");
  need(envelope[3] === FORM, envelope[3] > FORM ? "it is of a newer form" : "it is of no form");
  need(envelope[10] >> 4 === 7 && envelope[12] >> 6 === 2, "its id is no UUID of version 7");
  const part = PARTS[as];
  const tag = envelope.subarray(part.tag, part.tag + 8);
  need(tag.equals(tagOf(publicHalfOf(secret))), "it is sealed to another key");
  const header = envelope.subarray(0, HEADER);
  const key = await openWith(secret, part.info, header, envelope.subarray(part.key, part.key + KEY));
  const before = envelope.subarray(0, BEFORE_LETTER);
  return JSON.parse(unpadded(openLetter(key, before, envelope.subarray(BEFORE_LETTER))));
}

export async function sealReply({ id, number, to, text, random }) {
  const classes = REPLIES.map((it) => it - ENCAPSULATED - TAG);
  return sealTo(to, REPLY, place(id, number), padded(text, classes), random);
}

export async function openReply({ id, number, secret, sealed }) {
  return unpadded(await openWith(secret, REPLY, place(id, number), sealed));
}

function place(id, number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return Buffer.concat([idBytes(id), bytes]);
}

function idBytes(id) {
  need(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), "no UUID of version 7");
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

function tagOf(publicHalf) {
  return createHash("sha256").update(publicHalf).digest().subarray(0, 8);
}

function padded(text, classes) {
  const bytes = Buffer.from(text);
  const size = classes.find((it) => 4 + bytes.length <= it);
  need(size, "it is too long");
  const padded = Buffer.alloc(size);
  padded.writeUInt32BE(bytes.length);
  bytes.copy(padded, 4);
  return padded;
}

function unpadded(padded) {
  need(padded.length >= 4, "no length stands in it");
  const end = 4 + padded.readUInt32BE();
  need(end <= padded.length, "it is shorter than it says");
  need(padded.subarray(end).every((it) => it === 0), "its padding is not zeros");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(padded.subarray(4, end));
}

function need(holds, why) {
  if (!holds) throw new Error(why);
}
