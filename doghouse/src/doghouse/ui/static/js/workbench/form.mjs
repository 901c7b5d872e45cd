// The form of a monitor: fields that are read from its body and write into it.

import { $$ } from "../dom.mjs";
import { Chips } from "./chips.mjs";
import { Slider } from "./sliders.mjs";
import { get, parts, set, shown, typed } from "./body.mjs";

export class Form {
  // change(edit): called with a function that changes the body.
  constructor(root, change) {
    this.change = change;
    this.fields = $$("[data-path]", root);
    this.parts = $$("[data-part]", root);
    this.sliders = [...this.fields, ...this.parts].filter(Slider.of).map((field) => new Slider(field));
    this.chips = new Map([...this.fields, ...this.parts].filter((field) => field.dataset.choices).map((field) => [field.id, new Chips(field)]));
    root.addEventListener("submit", (event) => event.preventDefault());
    for (const field of this.fields) field.addEventListener("input", () => this.written(field));
    for (const field of this.parts) field.addEventListener("change", () => change((body) => set(body, "query", parts[field.dataset.part].set(String(body.query ?? ""), field.value))));
  }

  written(field) {
    this.change((body) => this.write(body, field));
  }

  write(body, field) {
    const { path, kind } = field.dataset;
    const value = typed(kind, field.value);
    if (kind === "number" && field.validity.badInput) return; // half a number
    set(body, path, path === "query" || path === "message" || path === "name" ? (value ?? "") : value);
    if (path === "options.thresholds.critical" && value !== undefined) set(body, "query", parts.critical.set(String(body.query ?? ""), value));
    const level = parts.critical.get(String(body.query ?? ""));
    if (path === "query" && get(body, "options.thresholds.critical") !== undefined && Number.isFinite(level)) set(body, "options.thresholds.critical", level);
  }

  // What is being typed in stays as it is.
  show(body) {
    for (const field of this.fields) put(field, shown(get(body, field.dataset.path)));
    for (const field of this.parts) {
      const text = parts[field.dataset.part].get(String(body.query ?? ""));
      put(field, text);
    }
    for (const chips of this.chips.values()) chips.show();
    for (const slider of this.sliders) slider.show(get(body, "options.thresholds.critical") ?? parts.critical.get(String(body.query ?? "")));
  }

  // The names that can be chosen, by the field's id.
  offer(choices) {
    for (const [id, names] of Object.entries(choices)) this.chips.get(id).offer(names);
  }
}

function put(field, text) {
  if (field === document.activeElement || field.value === text) return;
  field.value = text;
  if (field.tagName === "TEXTAREA") field.dispatchEvent(new Event("fit"));
}
