// Choices below a field that lists names, `env, host`: a box for each name that is known. What is ticked is written into the field, as if it were typed.

import { $, el } from "../dom.mjs";
import { typed } from "./body.mjs";

export class Chips {
  constructor(field) {
    this.field = field;
    this.root = el("span", { class: "chips", role: "group", "aria-label": `Choose ${$(`label[for="${field.id}"]`).textContent}` });
    field.after(this.root);
    this.offer(JSON.parse(field.dataset.choices || "[]"));
  }

  names() {
    return typed("list", this.field.value) ?? [];
  }

  offer(choices) {
    if (choices.join() === this.choices?.join()) return this.show();
    this.choices = choices;
    this.root.replaceChildren(...choices.map((name) => el("label", {}, el("input", { type: "checkbox", value: name, onchange: (event) => this.tick(name, event.target.checked) }), name)));
    this.show();
  }

  tick(name, on) {
    this.field.value = [...this.names().filter((other) => other !== name), ...(on ? [name] : [])].join(", ");
    this.field.dispatchEvent(new Event("input"));
    this.field.dispatchEvent(new Event("change"));
  }

  show() {
    const names = this.names();
    for (const { firstChild } of this.root.children) firstChild.checked = names.includes(firstChild.value);
  }
}
