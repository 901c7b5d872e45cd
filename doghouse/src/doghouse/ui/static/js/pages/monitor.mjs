// A monitor's page: graph with thresholds, a strip of states for each group, sliders for the thresholds, changes, messages.

import { $, $$, el, getJson, pageData, postJson, say } from "../dom.mjs";
import { full, number, utc, zone } from "../format.mjs";
import { refresh } from "../parts/fragments.mjs";
import { Graph } from "../graphs/graph.mjs";
import { Live, timeKeys } from "../time/live.mjs";
import { keys } from "../page.mjs";
import { drawStrips } from "../graphs/strips.mjs";
import { Time } from "../time/time.mjs";

const TONES = { critical: "alert", warning: "warn", critical_recovery: "ok", warning_recovery: "ok" };
const WORDS = { critical: "alert", warning: "warn", critical_recovery: "alert recovery", warning_recovery: "warn recovery" };
const SLIDE_MS = 60;

const page = pageData();
const time = new Time(page.frame, page.now);
const tried = { ...page.thresholds };
const card = $(".monitor-graph");
let asItIs = null; // the replay with the monitor's own thresholds
let covers = [];

const graph =
  card &&
  new Graph(card, {
    name: card.getAttribute("aria-label"),
    scene: () => ({ downtimes: covers }),
    markers: markers(),
    onZoom: (from, to) => (graph.range(from, to), time.zoom(from, to)),
    onUnzoom: () => time.back(),
  });

function markers() {
  return Object.entries(tried).map(([name, value]) => ({ value, tone: TONES[name], label: WORDS[name], dashed: name.endsWith("recovery") }));
}

const changedThresholds = () => Object.entries(tried).filter(([name, value]) => value !== page.thresholds[name]);

function ask(thresholds) {
  const asked = time.query(new URLSearchParams({ timezone: zone }));
  for (const [name, value] of thresholds) asked.set(name, value);
  return getJson(`/ui/data/monitor/${page.id}?${asked}`);
}

const live = new Live({
  time,
  parts: () => [[page.id]],
  ask: () => ask([]),
  draw: (answer) => {
    asItIs = answer.replay;
    show(answer, asItIs);
    if (changedThresholds().length) slide();
    return true;
  },
  interval: () => 30,
  busy: (is) => card?.setAttribute("aria-busy", String(is)),
});

function show(answer, replay) {
  covers = replay?.covers ?? [];
  if (answer.graph) graph.show(answer.graph);
  if (!replay) return void $("[data-figures]")?.replaceChildren(el("p", { class: "why" }, answer.problem));
  requestAnimationFrame(() => drawStrips($("[data-strips]"), replay, answer, graph.u)); // the graph's axis has its width by then
  figures(replay);
  changes(replay.changes);
}

// --- what other thresholds would have done

function sliders() {
  const place = $("[data-sliders]");
  if (!place) return;
  place.replaceChildren(...Object.keys(tried).map(slider));
}

function slider(name) {
  const own = page.thresholds[name];
  const reach = Math.max(Math.abs(own), 1);
  const step = 10 ** Math.floor(Math.log10(reach) - 2);
  const range = el("input", { type: "range", min: Math.min(0, own - reach), max: own + reach, step, value: own, id: `slide-${name}` });
  const field = el("input", { type: "number", step: "any", value: own, "aria-label": `${WORDS[name]} threshold` });
  const set = (value) => {
    if (!Number.isFinite(value)) return;
    tried[name] = value;
    range.value = field.value = value;
    graph.options.markers = markers();
    graph.u?.redraw(true, true);
    clearTimeout(slide.timer);
    slide.timer = setTimeout(slide, SLIDE_MS);
  };
  range.addEventListener("input", () => set(Number(range.value)));
  field.addEventListener("change", () => set(Number(field.value)));
  range.dataset.threshold = name;
  return el("div", { class: "slider" }, el("label", { for: `slide-${name}`, class: `state ${TONES[name]}` }, WORDS[name]), range, field);
}

async function slide() {
  const mine = (slide.turn = (slide.turn ?? 0) + 1);
  const answer = await ask(changedThresholds()).catch((error) => ({ replay: null, problem: error.message }));
  if (mine === slide.turn) show(answer, answer.replay);
}

function figures(replay) {
  const place = $("[data-figures]");
  const columns = changedThresholds().length ? [["current thresholds", asItIs.figures], ["new thresholds", replay.figures]] : [["in this range", replay.figures]];
  const rows = [
    ["state changes", (figures) => figures.changes],
    ["notifications", (figures) => `${figures.notifications} (${number(figures.notifications_a_day)} per day, ${figures.at_night} at night)`],
    ["muted", (figures) => figures.silenced],
    ...["Alert", "Warn", "OK", "No Data"].map((state) => [`time in ${state}`, (figures) => `${(figures.shares[state] * 100).toFixed(1)} %`]),
  ];
  const head = el("tr", {}, el("td", {}), ...columns.map(([title]) => el("th", { scope: "col" }, title)));
  const body = rows.map(([title, value]) => el("tr", {}, el("th", { scope: "row" }, title), ...columns.map(([, figures]) => el("td", { class: "number" }, String(value(figures))))));
  place.replaceChildren(el("table", { class: "list small" }, el("thead", {}, head), el("tbody", {}, ...body)));
}

// --- changes and messages

function changes(rows) {
  const place = $("[data-changes]");
  if (!rows.length) return place.replaceChildren(el("p", { class: "why" }, "No state changes in this range."));
  const heads = ["Time", "Group", "Change", "Value", "Notified"].map((text) => el("th", { scope: "col" }, text));
  place.replaceChildren(el("table", { class: "list flow" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows.map(change))));
}

function change(row) {
  const notified = row.silenced_by ? el("span", { class: "soft" }, `muted by ${row.silenced_by}`) : row.recipients.join(", ") || "–";
  const after = row.released_by ? el("span", { class: "soft" }, ` (downtime ${row.released_by} ended)`) : null;
  return el(
    "tr",
    {},
    el("td", { class: "nowrap", title: utc(row.at) }, full(row.at)),
    el("td", {}, row.group),
    el("td", { class: "nowrap" }, el("span", { class: `state ${row.state.toLowerCase().replace(" ", "-")}` }, row.change)),
    el("td", { class: "number" }, number(row.value)),
    el("td", {}, notified, after),
  );
}

async function messages() {
  const place = $("[data-previews]");
  const group = $("[data-preview-group]").value;
  const previews = await getJson(`/ui/data/monitor/${page.id}/previews?group=${group}`).catch((error) => say(error.message));
  place.replaceChildren(...(previews ?? []).map(message));
}

function message(preview) {
  const body = el("div", { class: "prose" });
  body.innerHTML = preview.html; // markdown rendered on the server, all HTML in it escaped
  const to = preview.recipients.length ? `to ${preview.recipients.map((name) => (preview.bodiless.includes(name) ? `${name} (title only)` : name)).join(", ")}` : "no recipients";
  const problems = preview.problems.map((text) => el("p", { class: "why" }, text));
  return el("details", {}, el("summary", {}, el("strong", {}, preview.kind), el("span", { class: "soft" }, ` ${to}`)), el("p", { class: "mono" }, preview.subject), el("p", { class: "strong" }, preview.title), body, ...problems);
}

// --- muting

async function mute(length) {
  await postJson(`/ui/data/monitor/${page.id}/mute`, { for: length });
  say(length == null ? "Unmuted" : length ? `Muted for ${length}` : "Muted until unmuted");
  $$("details.pop[open]").forEach((pop) => (pop.open = false));
  refresh();
}
for (const button of $$("[data-mute]")) button.addEventListener("click", () => mute(button.dataset.mute));
$("[data-unmute]").addEventListener("click", () => mute(null));
$("[data-preview-group]").addEventListener("change", messages);

timeKeys(keys, time, () => live.whole());
sliders();
messages();
if (graph) live.whole();
