// The monitors that a search finds: how many are in each state, and which.

import { el } from "../dom.mjs";
import { ago } from "../format.mjs";
import { counts, draws } from "../parts/states.mjs";

export const make = (widget) => (data) => draws(widget, data, summary);

function summary({ counts: found, monitors }, definition) {
  const { display_format: format = "countsAndList", color_preference: colours = "text" } = definition;
  const tally = counts(found);
  if (colours === "background") tally.classList.add("filled");
  const list = el("ul", { class: "bare-list" }, ...monitors.map((monitor) => row(monitor, definition)));
  return el("div", { class: "drawn padded" }, format === "list" ? null : tally, format === "counts" ? null : list);
}

function row(monitor, { show_last_triggered: triggered, show_priority: priority }) {
  const since = triggered && monitor.triggered ? ` triggered ${ago(Date.now() / 1000 - monitor.triggered)}` : "";
  const rank = priority && monitor.priority ? `P${monitor.priority} ` : "";
  return el("li", {}, el("span", { class: `state ${monitor.state}` }, monitor.status), ` ${rank}`, el("a", { href: `/monitors/${monitor.id}` }, monitor.name), el("span", { class: "soft small" }, since));
}
