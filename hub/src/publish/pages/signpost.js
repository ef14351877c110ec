"use strict";
// Reads the list that stands behind # in the link, by the rules of wire/src/signpost.rs. Nothing is sent and nothing is fetched:
// what is shown stands in this page. Every text is set as text, never as markup.
(() => {
  const MOST_ITEMS = 20;
  const NOTE_LIMIT = 140;
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const bank = JSON.parse(document.getElementById("bank").textContent);
  const list = document.getElementById("list");

  // Why a link cannot be read: what happened, and what to do.
  const FAULTS = {
    none: ["This page opens a list of ideas that somebody made for you.", "There is no list in this address. Use the whole link that you were given, or ask for it again."],
    not: ["This link does not hold a list that we can read.", "Try the whole link that you were given, or ask for it again."],
    cut: ["A part of this link is missing.", "This happens when a message breaks a long link in two. Try to copy all of it, or ask for it again."],
    newer: ["This link was made by a newer version than this page.", "Load this page again. If that does not help, open the link in the app, or ask for the list on paper."],
  };

  // --- Reading the link ---

  function read(hash) {
    let text = hash.slice(hash.lastIndexOf("#") + 1);
    try {
      text = decodeURIComponent(text);
    } catch {
      // A lone % is no letter of a link; the check below says so.
    }
    text = text.replace(/\p{White_Space}+/gu, "").replace(/[a-z]/g, (it) => it.toUpperCase());
    if (text === "") return { fault: "none" };
    const dot = text.lastIndexOf(".");
    if (dot < 0) return { fault: "not" };
    const body = text.slice(0, dot);
    const parts = body.split(".");
    if (parts[0] !== "1") {
      const newer = /^\+?\d+$/.test(parts[0]) && Number(parts[0]) > 1 && Number(parts[0]) < 2 ** 32;
      return { fault: newer ? "newer" : "not" };
    }
    if (text.slice(dot + 1) !== base32(sha256(new TextEncoder().encode(body))).slice(0, 4)) return { fault: "cut" };
    if (parts.length !== 5) return { fault: "not" };
    const [, number, day, names, sealed] = parts;
    const ids = [...new Set(names.split("+").map((it) => it.toLowerCase()))];
    const until = date(day);
    const note = plain(sealed);
    const known = /^\+?\d{1,20}$/.test(number) && until !== null && note !== null;
    const slugs = ids.every((it) => it.length <= 64 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(it));
    if (!known || !slugs || ids.length > MOST_ITEMS) return { fault: "not" };
    return { ids, until, note, bank: Number(number) };
  }

  // A day as YYYYMMDD that is in the calendar.
  function date(text) {
    const found = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
    if (!found) return null;
    const [year, month, day] = found.slice(1).map(Number);
    const last = month >= 1 && month <= 12 ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 0;
    return day >= 1 && day <= last ? { key: text, words: `${day} ${MONTHS[month - 1]} ${year}` } : null;
  }

  // The note; null if it is none. Signs that cannot be seen could make it read as another text.
  function plain(sealed) {
    const bytes = bytesOf(sealed);
    if (bytes === null) return null;
    let note;
    try {
      note = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
    note = note.split(/\p{White_Space}+/u).filter((it) => it !== "").join(" ");
    const unseen = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u.test(note);
    return unseen || [...note].length > NOTE_LIMIT ? null : note;
  }

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  function base32(bytes) {
    let out = "", bits = 0, held = 0;
    for (const byte of bytes) {
      held = (held << 8 | byte) & 0xfff;
      for (bits += 8; bits >= 5; bits -= 5) out += ALPHABET[held >> (bits - 5) & 31];
    }
    return bits > 0 ? out + ALPHABET[held << (5 - bits) & 31] : out;
  }

  function bytesOf(text) {
    const bytes = [];
    let bits = 0, held = 0;
    for (const letter of text) {
      const value = ALPHABET.indexOf(letter);
      if (value < 0) return null;
      held = (held << 5 | value) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.push(held >> bits & 255);
      }
    }
    // Bits that are left over are fewer than a letter's, and nought.
    return bits < 5 && (held & (1 << bits) - 1) === 0 ? new Uint8Array(bytes) : null;
  }

  // SHA-256 (FIPS 180-4). Browsers offer theirs on https only, and this page may be opened without.
  function sha256(bytes) {
    const primes = [];
    for (let it = 2; primes.length < 64; it++) if (primes.every((prime) => it % prime !== 0)) primes.push(it);
    const fraction = (it) => (it - Math.floor(it)) * 2 ** 32 | 0;
    const constants = primes.map((it) => fraction(Math.cbrt(it)));
    const hash = primes.slice(0, 8).map((it) => fraction(Math.sqrt(it)));
    const padded = new Uint8Array((bytes.length + 9 + 63 >> 6) << 6);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 4, bytes.length * 8);
    const turn = (it, by) => it >>> by | it << (32 - by);
    const words = new Int32Array(64);
    for (let at = 0; at < padded.length; at += 64) {
      for (let i = 0; i < 64; i++) {
        if (i < 16) {
          words[i] = view.getInt32(at + i * 4);
          continue;
        }
        const [x, y] = [words[i - 15], words[i - 2]];
        words[i] = words[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + words[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10);
      }
      let [a, b, c, d, e, f, g, h] = hash;
      for (let i = 0; i < 64; i++) {
        const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + constants[i] + words[i] | 0;
        const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
        [a, b, c, d, e, f, g, h] = [one + two | 0, a, b, c, d + one | 0, e, f, g];
      }
      [a, b, c, d, e, f, g, h].forEach((it, i) => { hash[i] = hash[i] + it | 0; });
    }
    const out = new DataView(new ArrayBuffer(32));
    hash.forEach((it, i) => out.setInt32(i * 4, it));
    return new Uint8Array(out.buffer);
  }

  // --- Showing it ---

  function make(name, ...inner) {
    const made = document.createElement(name);
    made.append(...inner);
    return made;
  }

  function styled(name, style, ...inner) {
    const made = make(name, ...inner);
    made.className = style;
    return made;
  }

  // Some servers answer at /s itself, without a redirect to /s/.
  const pages = /\/s$/.test(location.pathname) ? "read/" : "../read/";

  function link(id) {
    const made = make("a", bank.items[id].title);
    made.href = `${pages}${id}.html`;
    return made;
  }

  const lines = (numbers) => numbers.map((it) => bank.lines[it]);
  const points = (numbers) => make("ul", ...lines(numbers).map((it) => make("li", it)));

  function gone(id) {
    const { title, withdrawn } = bank.items[id];
    const box = styled("div", "warning", make("p", make("strong", `${title} was withdrawn on ${withdrawn.on}. Do not use it.`)), make("p", withdrawn.reason));
    if (withdrawn.instead) box.append(make("p", "Use instead: ", link(withdrawn.instead)));
    return box;
  }

  function missing(ids, newer) {
    const box = styled("div", "apart", make("p", make("strong", ids.length === 1 ? "One idea of this list is not here." : `${ids.length} ideas of this list are not here.`)));
    box.append(make("p", newer
      ? "The list was made from a newer bank than this page. Load this page again in a few minutes."
      : "They may have moved. Ask whoever gave you the list."));
    box.append(make("p", `Their short names: ${ids.join(", ")}`));
    return box;
  }

  function warnings(id) {
    const { title, stop = [], help = [] } = bank.items[id];
    const parts = [["Stop if", stop], ["Get help when", help]].filter(([, it]) => it.length > 0);
    if (parts.length === 0) return [];
    return [make("h3", title), ...parts.map(([heading, it]) => styled("section", "warning", make("h4", heading), points(it)))];
  }

  function shown({ ids, until, note, bank: from }) {
    const known = ids.filter((it) => Object.hasOwn(bank.items, it));
    const here = known.filter((it) => !bank.items[it].withdrawn);
    const unknown = ids.filter((it) => !Object.hasOwn(bank.items, it));
    const parts = [];
    if (until.key < new Date().toISOString().slice(0, 10).replaceAll("-", "")) {
      parts.push(styled("div", "apart", make("p", make("strong", `This list was meant to be used until ${until.words}.`)), make("p", "Ask whoever gave it to you if it is still right for you.")));
    } else {
      parts.push(styled("p", "until", `Use this list until ${until.words}.`));
    }
    if (note !== "") {
      const words = make("p", note);
      words.dir = "auto";
      parts.push(styled("div", "note", make("p", make("strong", "A note from whoever made the list:")), words));
    }
    parts.push(...known.filter((it) => bank.items[it].withdrawn).map(gone));
    if (unknown.length > 0) parts.push(missing(unknown, from > bank.bank));
    if (here.length > 0) {
      parts.push(make("h2", here.length === 1 ? "One idea" : `${here.length} ideas`));
      parts.push(styled("p", "private", "This list is only in your link. Our server cannot see it. If you tap a title, the server is asked for that one page."));
      parts.push(styled("ol", "ideas", ...here.map((it) => make("li", link(it), styled("p", "quiet", lines(bank.items[it].about).join(" · "))))));
      const care = here.flatMap(warnings);
      if (care.length > 0) parts.push(make("h2", "When to stop, and when to get help"), ...care);
    }
    parts.push(styled("p", "paper", `This list comes from ${location.origin}${location.pathname}. To be used until ${until.words}.`));
    return parts;
  }

  function show() {
    const signpost = read(location.hash);
    if (!signpost.fault) return list.replaceChildren(...shown(signpost));
    const [what, todo] = FAULTS[signpost.fault];
    const all = make("a", "Look at all ideas by topic");
    all.href = `${pages}index.html`;
    list.replaceChildren(styled("div", "apart", make("p", make("strong", what)), make("p", todo)), make("p", all));
  }

  addEventListener("hashchange", show);
  show();
})();
