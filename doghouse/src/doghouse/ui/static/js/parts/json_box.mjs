// A box for a monitor's or a dashboard's JSON: completions within the texts that hold queries, a wavy line under each line that is wrong.

import { el, getJson } from "../dom.mjs";
import { QueryBox } from "./completion.mjs";

const BEGUN = /"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)$/; // the key and the text that the cursor is in, as far as it is written
const REST = /^(?:[^"\\]|\\.)*/;
const OF_RECORDS = /"search"\s*:\s*\{[^{}]*$/; // a search of logs, events or spans is no query of metrics

const ofQuery = (_, text, cursor) => getJson(`/ui/data/complete?${new URLSearchParams({ text, cursor })}`);

export class JsonBox extends QueryBox {
  // onText(text): the text changed and the typing paused. `keys` are those whose texts are completed; offered(key, text, cursor): by what.
  constructor(root, onText, { keys = ["q", "query"], offered = ofQuery } = {}) {
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
  const whole = begun + text.slice(cursor).match(REST)[0];
  if (whole.includes("\\")) return null; // its places are not those of the text that it stands for
  const offer = await offered(key, whole, begun.length);
  const written = ({ text: one, ...rest }) => ({ ...rest, text: JSON.stringify(one).slice(1, -1) });
  return { ...offer, start: cursor - begun.length + offer.start, suggestions: offer.suggestions.map(written) };
}
