// A box for a query, or for a text of several lines: completions while it is typed (a listbox, by the keyboard or the mouse), a mark under what is wrong.

import { $, el, getJson } from "../dom.mjs";

const PAUSE_MS = 150; // after the last key, before anything is asked
const SETTLED_MS = 1200; // after the last key, before what is there is called wrong: until then it may be half a query

// What could be typed next in a query, or in a formula over queries of these `names`.
export const ofQuery = (text, cursor) => getJson(`/ui/data/complete?${new URLSearchParams({ text, cursor })}`);
export const ofFormula = (text, cursor, names) => getJson(`/ui/data/complete?${new URLSearchParams([["text", text], ["cursor", cursor], ["name", ""], ...names.map((name) => ["name", name])])}`);

export class QueryBox {
  // onQuery(text) is called when the text has changed and the typing paused, or at Enter; onSettled() when it is no longer being written.
  // offered(text, cursor): what could be typed next. `lines`: Enter begins a line.
  constructor(root, onQuery, onSettled = () => {}, { offered = ofQuery, lines = false } = {}) {
    Object.assign(this, { offered, lines });
    this.area = $("textarea", root);
    this.list = $("[role=listbox]", root);
    this.underlay = $(".underlay", root);
    this.onQuery = onQuery;
    this.onSettled = onSettled;
    this.writing = false;
    this.chosen = -1;
    this.offer = { suggestions: [] };
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => (this.settle(), setTimeout(() => this.close(), 150)));
    this.area.addEventListener("click", () => this.suggest());
    this.fit();
  }

  focus() {
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  typed() {
    this.underline(null);
    this.fit();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.onQuery(this.area.value), PAUSE_MS);
    clearTimeout(this.settling);
    this.writing = true;
    this.settling = setTimeout(() => this.settle(), SETTLED_MS);
    this.suggest();
  }

  settle() {
    clearTimeout(this.settling);
    if (!this.writing) return;
    this.writing = false;
    this.onSettled();
  }

  fit() {
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight + 2}px`;
  }

  async suggest() {
    const { value, selectionStart } = this.area;
    const mine = (this.asked = (this.asked ?? 0) + 1);
    const offer = await this.offered(value, selectionStart).catch(() => null);
    if (mine !== this.asked || !offer || document.activeElement !== this.area) return;
    this.offer = offer;
    this.chosen = -1;
    this.draw();
  }

  draw() {
    const { suggestions } = this.offer;
    this.list.hidden = !suggestions.length;
    this.area.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.replaceChildren(...suggestions.map((suggestion, index) => this.option(suggestion, index)));
    const id = this.chosen >= 0 ? `${this.list.id}-${this.chosen}` : "";
    id ? this.area.setAttribute("aria-activedescendant", id) : this.area.removeAttribute("aria-activedescendant");
    $(`#${id || "none"}`)?.scrollIntoView({ block: "nearest" });
  }

  option({ text, kind, detail }, index) {
    const take = (event) => (event.preventDefault(), this.take(index));
    const words = el("span", { class: "soft small" }, detail ? `${kind} · ${detail}` : kind);
    return el("li", { id: `${this.list.id}-${index}`, role: "option", "aria-selected": String(index === this.chosen), onmousedown: take }, el("span", { class: "mono" }, text), words);
  }

  take(index) {
    const { start, suggestions } = this.offer;
    const { text } = suggestions[index];
    const { value, selectionStart } = this.area;
    this.area.value = value.slice(0, start) + text + value.slice(Math.max(start, selectionStart)); // more may have been typed since they were asked for
    const cursor = start + place(text);
    this.area.setSelectionRange(cursor, cursor);
    this.close();
    this.typed();
  }

  key(event) {
    const count = this.list.hidden ? 0 : this.offer.suggestions.length;
    if (event.key === "Enter" && !event.shiftKey && !(this.lines && this.chosen < 0)) {
      event.preventDefault();
      if (count && this.chosen >= 0) return this.take(this.chosen);
      this.close();
      clearTimeout(this.waiting);
      this.onQuery(this.area.value);
      return this.settle();
    }
    if (!count) return;
    if (event.key === "Tab" && !event.shiftKey) {
      if (this.chosen < 0 && this.offer.start >= this.area.selectionStart) return; // nothing is begun, so Tab leaves the box as it does any other
      event.preventDefault();
      return this.take(Math.max(this.chosen, 0));
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      return this.close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.chosen = (this.chosen + step + count) % count;
    this.draw();
  }

  close() {
    this.list.hidden = true;
    this.area.setAttribute("aria-expanded", "false");
    this.area.removeAttribute("aria-activedescendant");
  }

  // A wavy line under the place that is wrong; null takes it away.
  underline(position, text = "") {
    const { value } = this.area;
    this.area.setAttribute("aria-invalid", String(position != null));
    this.area.title = text;
    if (position == null) return this.underlay.replaceChildren();
    const at = Math.min(position, value.length);
    const word = value.slice(at).match(/^[\w.$]+|^./s)?.[0] ?? " ";
    this.underlay.replaceChildren(value.slice(0, at), el("mark", {}, word), value.slice(at + word.length));
  }
}

// Where one goes on typing in a completion: between the parentheses of a call or the parts of a block (`#is_alert}}{{/is_alert}}`), else behind it.
function place(text) {
  if (text.endsWith("()") && !text.startsWith(".")) return text.length - 1;
  const block = text.startsWith("#") ? text.indexOf("{{/") : -1;
  return block >= 0 ? block : text.length;
}
