// The search of a stream: kept in the URL, asked for again as it is typed.

import { $, setQuery } from "../dom.mjs";

const PAUSE_MS = 300;

export class Search {
  // changed(): the URL says something else.
  constructor(changed) {
    this.form = $("[data-stream-form]");
    this.field = $("[name=query]", this.form);
    this.changed = changed;
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.apply()));
    this.form.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.apply(), PAUSE_MS);
    });
  }

  set(text) {
    this.field.value = text;
    this.apply();
  }

  apply() {
    clearTimeout(this.timer);
    setQuery((query) => (this.field.value ? query.set("query", this.field.value) : query.delete("query")));
    this.changed();
  }
}
