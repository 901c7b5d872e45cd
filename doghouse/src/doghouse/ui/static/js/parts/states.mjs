// What widgets that show states share: a monitor's graph or value, service checks, a summary of monitors.

import { el, withCode } from "../dom.mjs";
import { explain } from "./values.mjs";

// Draws an answer of ui/widgets/states.py, unless there are problems.
export function draws(one, data, draw) {
  showProblems(one, data.problems);
  if (!data.problems.length) one.root.querySelector(".drawn").replaceWith(draw(data, one.definition));
  return true;
}

export function showProblems(one, problems) {
  explain(one.root, problems.map(withCode));
  one.root.classList.toggle("failed", problems.length > 0);
  return true;
}

// A widget without a title of its own has its monitor's name; the state stands beside it.
export function titled(one, data) {
  if (data.monitor == null) return;
  const place = one.root.querySelector("[data-own]");
  const state = el("span", { class: `state ${css(data.state)}` }, data.state);
  place.replaceChildren(el("a", { href: `/monitors/${data.monitor}`, title: data.name }, one.definition.title ? "monitor" : data.name), " ", state);
}

export const css = (state) => state.toLowerCase().replace(" ", "-");

export const counts = (given) => el("p", { class: "counts" }, ...given.map((one) => el("span", {}, el("span", { class: `state ${one.state}` }, one.status), " ", el("span", { class: "number" }, String(one.count)))));
