// What widgets that show states share: a monitor's graph or value, service checks, a summary of monitors.

import { el, withCode } from "../dom.mjs";
import { explain } from "./values.mjs";

// Draws an answer of ui/widgets/states.py, unless there are problems.
export function draws(widget, data, draw) {
  showProblems(widget, data.problems);
  if (!data.problems.length) widget.root.querySelector(".drawn").replaceWith(draw(data, widget.definition));
  return true;
}

export function showProblems(widget, problems) {
  explain(widget.root, problems.map(withCode));
  widget.root.classList.toggle("failed", problems.length > 0);
  return true;
}

// A widget without a title of its own has its monitor's name; the state stands beside it.
export function titled(widget, data) {
  if (data.monitor == null) return;
  const place = widget.root.querySelector("[data-own]");
  const state = el("span", { class: `state ${css(data.state)}` }, data.state);
  place.replaceChildren(el("a", { href: `/monitors/${data.monitor}`, title: data.name }, widget.definition.title ? "monitor" : data.name), " ", state);
}

export const css = (state) => state.toLowerCase().replace(" ", "-");

export const counts = (given) => el("p", { class: "counts" }, ...given.map((count) => el("span", {}, el("span", { class: `state ${count.state}` }, count.status), " ", el("span", { class: "number" }, String(count.count)))));
