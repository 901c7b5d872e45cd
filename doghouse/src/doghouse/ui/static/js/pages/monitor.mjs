// A monitor's page: graph with thresholds, a strip of states for each group, sliders for the thresholds, changes, messages.

import { $, $$, el, getJson, pageData, postJson, say } from "../dom.mjs";
import { zone } from "../format.mjs";
import { refresh } from "../parts/fragments.mjs";
import { Graph } from "../graphs/graph.mjs";
import { bindMenu } from "../parts/menu.mjs";
import { Live, timeKeys } from "../time/live.mjs";
import { keys } from "../page.mjs";
import { TONES, WORDS, changes, figures, markers, message } from "../parts/replay.mjs";
import { drawStrips } from "../graphs/strips.mjs";
import { Time } from "../time/time.mjs";

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
    markers: markers(tried),
    onZoom: (from, to) => (graph.range(from, to), time.zoom(from, to)),
    onUnzoom: () => time.back(),
  });

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
  const refused = $("[data-refused]");
  if (refused) refused.textContent = answer.refused ? `Datadog refuses these thresholds: ${answer.refused}` : "";
  if (!replay) return void $("[data-figures]")?.replaceChildren(el("p", { class: "why" }, answer.problem));
  requestAnimationFrame(() => drawStrips($("[data-strips]"), replay, answer, graph.u)); // the graph's axis has its width by then
  figures($("[data-figures]"), columns(replay));
  changes($("[data-changes]"), replay.changes, replay.unit);
}

const columns = (replay) => (changedThresholds().length ? [["current thresholds", asItIs.figures], ["new thresholds", replay.figures]] : [["in this range", replay.figures]]);

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
    graph.options.markers = markers(tried);
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

async function messages() {
  const place = $("[data-previews]");
  const group = $("[data-preview-group]").value;
  const previews = await getJson(`/ui/data/monitor/${page.id}/previews?group=${group}`).catch((error) => say(error.message));
  place.replaceChildren(...(previews ?? []).map(message));
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

if (graph) {
  const widget = { id: "monitor", root: card, name: card.getAttribute("aria-label"), kind: "timeseries", graph, queries: () => graph.data?.queries ?? [], get data() { return graph.data; } };
  bindMenu({ widgets: [widget], time, query: () => time.query(), focused: () => card });
}

timeKeys(keys, time, () => live.whole());
sliders();
messages();
if (graph) live.whole();
