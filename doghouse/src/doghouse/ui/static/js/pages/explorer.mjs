// The metrics explorer: the query's graph is drawn as it is typed, with completion. While it is being written a mistake is no mistake yet and the
// last graph stays; then it is underlined where it is.

import { QueryBox } from "../parts/completion.mjs";
import { csv } from "../parts/table.mjs";
import { $, $$, getJson, pageData, say } from "../dom.mjs";
import { Graph } from "../graphs/graph.mjs";
import { Live, timeKeys } from "../time/live.mjs";
import { keys } from "../page.mjs";
import { Time } from "../time/time.mjs";

const page = pageData();
const time = new Time(page.frame, page.now);
const card = $(".explore");
const graph = new Graph(card, { name: "Graph of the query", onZoom: (from, to) => (graph.range(from, to), time.zoom(from, to)), onUnzoom: () => time.back() });
const state = { query: page.query, display: page.display };
let written = true; // whether the query is whole: the next change of it is a step of its own
let wrongAnswer = null; // an answer that says that the query is wrong, while it is being written

const live = new Live({
  time,
  parts: () => (state.query.trim() ? [[state.query]] : []),
  ask: (_, since) => {
    const asked = time.query(new URLSearchParams(state));
    if (since != null) asked.set("since", since);
    return getJson(`/ui/data/query?${asked}`);
  },
  draw: (answer, fresh) => {
    const wrong = answer.problems.find(({ kind }) => kind === "wrong");
    wrongAnswer = wrong && box.writing ? answer : null;
    if (wrongAnswer) return true;
    mark(wrong);
    if (fresh) return graph.extend(answer);
    graph.show(answer);
    return true;
  },
  interval: () => graph.data?.interval ?? Infinity,
  busy: (is) => card.setAttribute("aria-busy", String(is)),
});

function mark(wrong) {
  if (wrong && wrong.text !== box.area.title) say(`${wrong.text}, at character ${wrong.position + 1}`);
  box.underline(wrong?.position ?? null, wrong?.text ?? "");
}

function settled() {
  written = true;
  if (!wrongAnswer) return;
  mark(wrongAnswer.problems.find(({ kind }) => kind === "wrong"));
  graph.show(wrongAnswer);
  wrongAnswer = null;
}

// What is drawn can be watched: a monitor of it begins with a threshold to be chosen.
function offers() {
  const query = state.query.trim();
  $("[data-monitor]").href = `/monitors/create?${new URLSearchParams({ query: `avg(last_5m):${query} > 0` })}`;
  for (const place of [$("[data-monitor]"), $("[data-csv]")]) place.hidden = !query;
}

function changed() {
  offers();
  const url = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(state)) value && value !== "line" ? url.set(name, value) : url.delete(name);
  if (`?${url}` !== location.search) history[written ? "pushState" : "replaceState"]({ zoomed: 0 }, "", `?${url}`); // Back skips what was half written
  written = false;
  card.hidden = !state.query.trim();
  $("[data-start]")?.remove();
  if (card.hidden) box.underline(null);
  else live.whole();
}

const box = new QueryBox(
  $("[data-query-box]"),
  (query) => {
    state.query = query;
    changed();
  },
  settled,
);

const pressed = () => $$("[data-display]").forEach((choice) => choice.setAttribute("aria-pressed", String(choice.dataset.display === state.display)));

for (const button of $$("[data-display]"))
  button.addEventListener("click", () => {
    state.display = button.dataset.display;
    pressed();
    changed();
    settled();
  });

$("[data-csv]").addEventListener("click", () => csv(state.query, graph.data));
offers();

addEventListener("popstate", () => {
  const given = new URLSearchParams(location.search);
  Object.assign(state, { query: given.get("query") ?? "", display: given.get("display") ?? "line" });
  box.area.value = state.query;
  box.fit();
  pressed();
  offers();
  card.hidden = !state.query.trim();
});

timeKeys(keys, time, () => live.whole());
if (state.query.trim()) live.whole();
else box.focus();
