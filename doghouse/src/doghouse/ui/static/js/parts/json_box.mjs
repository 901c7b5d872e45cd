// A box for a monitor's or a dashboard's JSON: completions within the texts that hold queries and formulas, a wavy line under each line that is wrong.

import { el } from "../dom.mjs";
import { ofFormula, ofQuery, QueryBox } from "./completion.mjs";

const BEGUN = /"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)$/; // the key and the text that the cursor is in, as far as it is written
const REST = /^(?:[^"\\]|\\.)*/;
const OF_RECORDS = /"search"\s*:\s*\{[^{}]*$/; // a search of logs, events or spans is no query of metrics

const SIGN = /\\u[\da-fA-F]{4}|\\?[^]/g; // what stands in a JSON text for one of its characters
const NAME = /"name"\s*:\s*"([^"\\]*)"/g;

const ofEither = (key, text, cursor, names) => (key === "formula" ? ofFormula(text, cursor, names) : ofQuery(text, cursor));

export class JsonBox extends QueryBox {
  // onText(text): the text changed and the typing paused. `keys` are those whose texts are completed; offered(key, text, cursor, names): by what, where
  // `names` are those of the queries beside a formula.
  constructor(root, onText, { keys = ["q", "query", "formula"], offered = ofEither } = {}) {
    super(root, onText, () => {}, { offered: (text, cursor) => inside(text, cursor, keys, offered), lines: true });
  }

  fit() {
    const { parentElement: scrolled } = this.area.parentElement;
    const top = scrolled.scrollTop;
    super.fit();
    scrolled.scrollTop = top; // what is scrolled must not jump while its height is measured
  }

  draw() {
    super.draw();
    const { value, selectionStart } = this.area;
    const above = value.slice(0, selectionStart).split("\n").length;
    this.list.style.top = `${above * lineHeight(this.area) + 12}px`;
  }

  underline() {
    this.underlay.replaceChildren(); // what was wrong is looked at again
  }

  // Marks lines, counted from 1.
  mark(lines) {
    const wrong = new Set(lines);
    this.area.setAttribute("aria-invalid", String(wrong.size > 0));
    if (!wrong.size) return this.underlay.replaceChildren();
    const parts = this.area.value.split("\n").flatMap((line, index) => {
      const [, space, text] = line.match(/^(\s*)(.*)$/);
      return wrong.has(index + 1) ? [space, el("mark", {}, text || " "), "\n"] : [`${line}\n`];
    });
    this.underlay.replaceChildren(...parts);
  }

  // Selects a line and brings it into sight.
  go(line) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    this.area.parentElement.parentElement.scrollTop = Math.max(line - 4, 0) * lineHeight(this.area);
  }
}

const lineHeight = (area) => parseFloat(getComputedStyle(area).lineHeight);

async function inside(text, cursor, keys, offered) {
  const before = text.slice(0, cursor);
  const [, key, begun] = before.slice(before.lastIndexOf("\n") + 1).match(BEGUN) ?? [];
  if (!keys.includes(key) || OF_RECORDS.test(before)) return null;
  const raw = begun + text.slice(cursor).match(REST)[0];
  const [whole, typed] = [raw, begun].map(unescaped);
  if (whole == null || typed == null) return null; // half an escape
  const offer = await offered(key, whole, typed.length, key === "formula" ? queriesAround(text, cursor) : []);
  const written = ({ text: one, ...rest }) => ({ ...rest, text: JSON.stringify(one).slice(1, -1) });
  return { ...offer, start: cursor - (begun.match(SIGN) ?? []).slice(offer.start).join("").length, suggestions: offer.suggestions.map(written) };
}

function unescaped(raw) {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return null;
  }
}

// The names of the queries of the request that a place is in, which is in a formula: two objects up.
function queriesAround(text, cursor) {
  const start = brace(text, brace(text, cursor, -1), -1);
  return [...text.slice(start, brace(text, start + 1, 1)).matchAll(NAME)].map(([, name]) => name);
}

// The place of the nearest brace before a place (`step` -1) or behind it (1) that is not closed. Those within texts come in pairs, as in `{*}`.
function brace(text, from, step) {
  const [opening, closing] = step < 0 ? "{}" : "}{";
  let depth = 0;
  for (let at = step < 0 ? from - 1 : from; at >= 0 && at < text.length; at += step) {
    if (text[at] === closing) depth += 1;
    else if (text[at] === opening && depth-- === 0) return at;
  }
  return step < 0 ? 0 : text.length;
}
