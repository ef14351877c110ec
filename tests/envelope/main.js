// One request a line, one answer a line, both JSON. Bytes are hexadecimal digits.
//
//   {"do":"seal","id","bearer","service","recovery","letter","chance":{"letter","service","recovery"}}   {"envelope"}
//   {"do":"open","as":"service" or "recovery","secret","envelope"}                                       {"letter"}
//   {"do":"seal-reply","id","number","to","text","random"}                                               {"sealed"}
//   {"do":"open-reply","id","number","secret","sealed"}                                                  {"text"}
//
// What cannot be done is answered with {"refused": why}.

import { createInterface } from "node:readline";

import { open, openReply, seal, sealReply } from "./envelope.js";

const deeds = {
  seal: async ({ letter, chance, id, ...keys }) => ({
    envelope: hex(await seal({ letter, id, chance: bytes(chance), ...bytes(keys) })),
  }),
  open: async ({ as, ...rest }) => ({ letter: await open({ as, ...bytes(rest) }) }),
  "seal-reply": async ({ id, number, text, ...rest }) => ({
    sealed: hex(await sealReply({ id, number, text, ...bytes(rest) })),
  }),
  "open-reply": async ({ id, number, ...rest }) => ({ text: await openReply({ id, number, ...bytes(rest) }) }),
};

function hex(bytes) {
  return bytes.toString("hex");
}

function bytes(fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, it]) => [name, Buffer.from(it, "hex")]));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: deed, ...rest } = JSON.parse(line);
  let answer;
  try {
    answer = await deeds[deed](rest);
  } catch (error) {
    answer = { refused: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
