// A trace as a flame graph: a bar a span, wide as it lasted, below its parent; a span's tags and logs beside it.

import { color, onTheme } from "../graphs/colors.mjs";
import { $, $$, el, pageData, say, setQuery } from "../dom.mjs";

const ROW = 24;
const { spans, logs } = pageData();
const total = Math.max(...spans.map((span) => span.start + span.duration), 0.001);
const services = [...new Set(spans.map((span) => span.service))];
const flame = $("[data-flame]");

export const ms = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : value >= 0.1 ? `${value.toFixed(1)} ms` : `${(value * 1000).toFixed(0)} µs`);

const hue = (service) => color().series[services.indexOf(service) % color().series.length];

// A stack or another text of several lines is read as lines, also where it came with `\\n` for each.
function lined(value) {
  const text = String(value).replaceAll("\\n", "\n");
  return text.includes("\n") ? el("pre", {}, text) : text;
}

function draw() {
  flame.style.height = `${(Math.max(...spans.map(({ row }) => row)) + 1) * ROW}px`;
  flame.replaceChildren(...spans.map(bar));
  $("[data-services]").replaceChildren(...services.map((name) => el("li", {}, el("span", { class: "swatch", style: { background: hue(name) } }), name)));
  const marks = [0, 0.25, 0.5, 0.75, 1];
  $("[data-axis]").replaceChildren(...marks.map((share) => el("span", { style: { left: `${share * 100}%` } }, ms(share * total))));
}

function bar(span) {
  const words = `${span.service} ${span.resource || span.name}, ${ms(span.duration)}${span.error ? ", error" : ""}`;
  const made = el("button", { type: "button", class: `span-bar${span.error ? " failed" : ""}`, "data-id": span.id, title: words, "aria-label": words, onclick: () => select(span.id) }, span.resource || span.name);
  Object.assign(made.style, { left: `${(span.start / total) * 100}%`, width: `${(span.duration / total) * 100}%`, top: `${span.row * ROW}px`, borderColor: hue(span.service) });
  made.style.background = `color-mix(in srgb, ${hue(span.service)} 24%, ${color().raised})`;
  return made;
}

// `told`: a person chose it, and the URL says so.
function select(id, announced = true) {
  const span = spans.find((each) => each.id === id);
  if (!span) return;
  $$(".span-bar").forEach((made) => made.setAttribute("aria-pressed", String(made.dataset.id === id)));
  $$("[data-log-span]").forEach((line) => line.classList.toggle("mine", line.dataset.logSpan === id));
  const facts = { service: span.service, operation: span.name, resource: span.resource, type: span.type, duration: ms(span.duration), starts: `+${ms(span.start)}`, ...span.tags };
  const rows = Object.entries(facts).filter(([, value]) => value !== "");
  const mine = logs.filter((log) => log.span === id);
  $("[data-span]").replaceChildren(
    el("h2", {}, span.name, " ", span.error ? el("span", { class: "state alert" }, "error") : ""),
    el("dl", { class: "facts small" }, ...rows.flatMap(([key, value]) => [el("dt", {}, key), el("dd", { class: "mono" }, lined(value))])),
    ...(mine.length ? [el("h3", {}, `Logs · ${mine.length}`), ...mine.map((log) => el("p", { class: "mono small" }, log.message))] : []),
  );
  if (announced) setQuery((query) => query.set("spanID", id));
}

// Arrow keys go from bar to bar: left and right in time, up to the parent, down to the first child.
flame.addEventListener("keydown", (event) => {
  const at = spans.findIndex((span) => span.id === document.activeElement.dataset.id);
  if (at < 0) return;
  const here = spans[at];
  const next = {
    ArrowRight: () => spans[at + 1],
    ArrowLeft: () => spans[at - 1],
    ArrowUp: () => spans.find((span) => span.id === here.parent),
    ArrowDown: () => spans.find((span) => span.parent === here.id),
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  $(`[data-id="${next.id}"]`).focus();
  select(next.id);
  say(`${next.name} ${ms(next.duration)}`);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-span]");
  if (button) select(button.dataset.showSpan);
});

draw();
onTheme(draw);
select(new URLSearchParams(location.search).get("spanID") ?? spans[0]?.id, false);
if (!$("[data-span]").childElementCount) select(spans[0]?.id, false);
