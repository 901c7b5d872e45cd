// The monitors that a search finds: how many are in each state, and which.

import { el } from "../dom.mjs";
import { counts, draws } from "../parts/states.mjs";

export const make = (widget) => (data) => draws(widget, data, summary);

function summary(data) {
  const rows = data.monitors.map((monitor) => el("li", {}, el("span", { class: `state ${monitor.state}` }, monitor.status), " ", el("a", { href: `/monitors/${monitor.id}` }, monitor.name)));
  return el("div", { class: "drawn padded" }, counts(data.counts), el("ul", { class: "bare-list" }, ...rows));
}
