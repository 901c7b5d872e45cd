// A dashboard: asks for the numbers of its widgets, draws them, and while live asks again for the newest buckets alone.

import { reserve } from "../graphs/colors.mjs";
import { $, $$, getJson, pageData } from "../dom.mjs";
import { Live, timeKeys } from "../time/live.mjs";
import { bindMenu } from "../parts/menu.mjs";
import { keys } from "../page.mjs";
import { Time } from "../time/time.mjs";
import { Variables } from "../parts/variables.mjs";

const page = pageData();
const variables = new Variables(page.variables, page.presets); // before the time: at Back both read the URL, and the time asks for numbers
const time = new Time(page.frame, page.now);
const widgets = await Promise.all($$("[data-plotted]").map(widget));
const live = new Live({
  time,
  parts: inSightFirst,
  ask,
  draw: apply,
  interval: () => Math.min(...widgets.map((widget) => widget.graph?.data?.interval ?? Infinity)),
  busy: (is) => $("[data-board]")?.setAttribute("aria-busy", String(is)),
});

// Each way to draw is a module: widgets/timeseries.mjs says what it has.
async function widget(root) {
  const { widget: id, kind, type } = root.dataset;
  const widget = { id, root, kind, type, definition: page.widgets[id].definition, name: root.getAttribute("aria-label"), graph: null };
  widget.queries = () => widget.data?.queries ?? [];
  widget.past = (from, to) => getJson(`${page.numbers}?${variables.query(new URLSearchParams({ from_ts: from * 1000, to_ts: to * 1000, live: false, widgets: id }))}`).then((answer) => answer.widgets[0]);
  const { make } = await import(`../widgets/${kind}.mjs`);
  widget.draw = make(widget, { zoom, unzoom: () => page.fixed || time.back() });
  return widget;
}

const inSight = ({ root }) => root.getBoundingClientRect().top < innerHeight && root.getBoundingClientRect().bottom > 0;

// Every graph moves at once, those that are seen first; finer numbers follow.
function zoom(from, to) {
  if (page.fixed) return; // whoever shares a board may keep its range
  const move = (part) => part.forEach((widget) => widget.graph?.range(from, to));
  move(widgets.filter(inSight));
  setTimeout(() => move(widgets.filter((widget) => !inSight(widget))));
  time.zoom(from, to);
}

const query = () => variables.query(time.query());

// The widgets on screen are asked for before the others.
function inSightFirst() {
  const seen = widgets.filter(inSight);
  return [seen, widgets.filter((widget) => !seen.includes(widget))].filter((part) => part.length);
}

function ask(part, since) {
  const asked = query();
  asked.set("widgets", part.map(({ id }) => id).join(","));
  if (since != null) asked.set("since", Math.floor(since));
  return getJson(`${page.numbers}?${asked}`);
}

function apply(answer, fresh) {
  reserve(answer.widgets.flatMap((widget) => (widget.series ?? widget.rows ?? []).flatMap(({ host }) => (host ? [host] : []))));
  const drawn = answer.widgets.map((data) => draw(data, fresh));
  reachable(answer.widgets.map(({ id }) => widgets.find((widget) => widget.id === id).root));
  return drawn.every(Boolean);
}

function draw(data, fresh) {
  const widget = widgets.find(({ id }) => id === data.id);
  heading(widget, data);
  widget.data = data;
  if (!widget.draw(data, fresh)) return false;
  widget.root.dataset.drawn = String(Number(widget.root.dataset.drawn ?? 0) + 1);
  return true;
}

// What scrolls is reached by the keyboard. All sizes are read before anything is written, so that the page is laid out once.
function reachable(roots) {
  const places = roots.flatMap((root) => $$(".body, .scroll, .bars, .legend, .prose", root));
  const scrolls = places.map((place) => place.scrollHeight > place.clientHeight + 1 || place.scrollWidth > place.clientWidth + 1);
  places.forEach((place, index) => (scrolls[index] ? place.setAttribute("tabindex", "0") : place.removeAttribute("tabindex")));
}

// A title names the values of its variables; a range of the widget's own stands beside it.
function heading(widget, data) {
  const own = $("[data-own]", widget.root);
  if (own) own.textContent = data.own ?? "";
  const title = $("[data-title]", widget.root);
  if (!title || !data.title || title.textContent === data.title) return;
  title.textContent = title.title = data.title;
  widget.root.setAttribute("aria-label", data.title);
  if (widget.graph) widget.graph.options.name = data.title;
}

let current = -1;

// j and k walk over the widgets.
function step(by) {
  const all = $$("[data-widget]").filter((root) => root.dataset.kind !== "group");
  if (!all.length) return;
  all[current]?.classList.remove("current");
  current = Math.min(Math.max(current + by, 0), all.length - 1);
  all[current].classList.add("current");
  all[current].scrollIntoView({ block: "nearest" });
  ($(".plot", all[current]) ?? $("summary", all[current]))?.focus({ preventScroll: true });
}

const focused = () => document.activeElement?.closest("[data-widget]") ?? $(".widget.current");

keys.set("j", () => step(1));
keys.set("k", () => step(-1));
if (!page.fixed) timeKeys(keys, time, () => live.whole());
keys.set("m", () => focused()?.querySelector(".menu > summary")?.click());

variables.addEventListener("change", () => live.whole());
bindMenu({ widgets, time, query, focused, board: page.board });
reachable($$("[data-widget]"));
if (widgets.length) live.whole();
