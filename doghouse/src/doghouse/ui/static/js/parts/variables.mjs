// Template variables: a list of values to tick, kept in the URL as tpl_var_<name>=a,b.

import { $, $$ } from "../dom.mjs";

export class Variables extends EventTarget {
  // given: [{name, values, defaults}], presets: [{name, values: {variable: [value]}}]
  constructor(given, presets) {
    super();
    this.values = new Map(given.map((variable) => [variable.name, variable.values]));
    this.defaults = new Map(given.map((variable) => [variable.name, variable.defaults]));
    $$("[data-variable]").forEach((root) => this.bind(root));
    const select = $("[data-presets]");
    select?.addEventListener("change", () => this.preset(presets[Number(select.value)], select.value));
    addEventListener("popstate", () => this.readUrl());
  }

  query(given) {
    for (const [name, values] of this.values) {
      parameters(given, name).forEach((key) => given.delete(key));
      if (!same(values, this.defaults.get(name))) given.set(`tpl_var_${name}`, values.join(","));
    }
    return given;
  }

  choose(name, values) {
    this.values.set(name, values.length ? values : ["*"]);
    this.changed();
  }

  preset(preset) {
    if (!preset) return;
    for (const [name, values] of Object.entries(preset.values)) if (this.values.has(name)) this.values.set(name, values);
    this.changed();
  }

  changed() {
    const query = this.query(new URLSearchParams(location.search));
    history.pushState({ zoomed: 0 }, "", `?${query}`); // Back brings the values before
    this.draw();
    this.dispatchEvent(new Event("change"));
  }

  readUrl() {
    const given = new URLSearchParams(location.search);
    for (const name of this.values.keys()) {
      const asked = parameters(given, name).flatMap((key) => given.getAll(key)).flatMap((text) => text.split(",")).filter(Boolean);
      this.values.set(name, asked.length ? asked : this.defaults.get(name));
    }
    this.draw();
  }

  draw() {
    for (const root of $$("[data-variable]")) {
      const values = this.values.get(root.dataset.variable);
      $("[data-chosen]", root).textContent = values.includes("*") ? "*" : values.join(", ");
      $$("input[type=checkbox]", root).forEach((box) => (box.checked = values.includes(box.value)));
    }
  }

  // Ticking a value adds it; `*` clears the others; a click on a value's name with Alt takes it alone.
  bind(root) {
    const { variable: name } = root.dataset;
    root.addEventListener("change", (event) => {
      const box = event.target;
      if (box.type !== "checkbox") return;
      if (box.value === "*") return this.choose(name, ["*"]);
      const others = this.values.get(name).filter((value) => value !== "*" && value !== box.value);
      this.choose(name, box.checked ? [...others, box.value] : others);
    });
    const search = $("[data-filter-values]", root);
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase();
      $$("label", root).forEach((label) => (label.hidden = wanted && !label.textContent.toLowerCase().includes(wanted)));
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") $("label:not([hidden]) input:not([value='*'])", root)?.click();
    });
    root.addEventListener("toggle", () => root.open && search.focus());
  }
}

// The parameters of a variable, numbered or not: tpl_var_host, tpl_var_host[0].
function parameters(query, name) {
  const numbered = `tpl_var_${name}[`;
  return [...new Set(query.keys())].filter((key) => key === `tpl_var_${name}` || (key.startsWith(numbered) && /^\d*\]$/.test(key.slice(numbered.length))));
}

const same = (a, b) => a.length === b?.length && a.every((value) => b.includes(value));
