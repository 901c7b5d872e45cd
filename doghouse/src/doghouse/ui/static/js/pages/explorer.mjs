// The metrics explorer: queries, called a, b and so on, and formulas over them, drawn as they are typed, with completion. While one is being written a
// mistake is no mistake yet and the last graph stays; then it is underlined where it is.

import { ofFormula, QueryBox } from "../parts/completion.mjs";
import { bindMenu } from "../parts/menu.mjs";
import { $, $$, el, getJson, pageData, postJson, say } from "../dom.mjs";
import { Graph } from "../graphs/graph.mjs";
import { Live, timeKeys } from "../time/live.mjs";
import { keys } from "../page.mjs";
import { Time } from "../time/time.mjs";

const NAMES = "abcdefghijklmnopqrstuvwxyz";
const page = pageData();
const time = new Time(page.frame, page.now);
const card = $(".explore");
const state = { queries: page.queries, formulas: page.formulas, display: page.display };
const graph = new Graph(card, { name: "Graph of the query", onZoom: (from, to) => (graph.range(from, to), time.zoom(from, to)), onUnzoom: () => time.back(), past });
let rows = []; // {kind, box, root}
let written = true; // whether the text is whole: the next change of it is a step of its own
let wrongAnswer = null; // an answer that says that a text is wrong, while it is being written

const something = () => [...state.queries, ...state.formulas].some((text) => text.trim());

// What is asked for, as the address has it.
function query(given = new URLSearchParams()) {
  for (const [name, texts] of [["query", state.queries], ["formula", state.formulas]]) {
    given.delete(name);
    for (const text of texts) given.append(name, text);
  }
  given.delete("display");
  if (state.display !== "line") given.set("display", state.display);
  return given;
}

const ask = (asked) => getJson(`/ui/data/query?${query(asked)}`);

function past(from, to) {
  return ask(new URLSearchParams({ from_ts: from * 1000, to_ts: to * 1000, live: false }));
}

const live = new Live({
  time,
  parts: () => (something() ? [[state]] : []),
  ask: (_, since) => {
    const asked = time.query();
    if (since != null) asked.set("since", since);
    return ask(asked);
  },
  draw: (answer, fresh) => {
    const wrong = answer.problems.filter(({ kind }) => kind === "wrong");
    wrongAnswer = wrong.length && rows.some(({ box }) => box.writing) ? answer : null;
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
  for (const { box } of rows) {
    const mine = wrong.find((one) => one.query === box.area.value);
    if (mine && mine.text !== box.area.title) say(`${mine.text}, at character ${mine.position + 1}`);
    box.underline(mine?.position ?? null, mine?.text ?? "");
  }
}

function settled() {
  written = true;
  if (!wrongAnswer) return;
  mark(wrongAnswer.problems.filter(({ kind }) => kind === "wrong"));
  graph.show(wrongAnswer);
  wrongAnswer = null;
}

function changed() {
  const url = query(new URLSearchParams(location.search));
  if (`?${url}` !== location.search) history[written ? "pushState" : "replaceState"]({ zoomed: 0 }, "", `?${url}`); // Back skips what was half written
  written = false;
  shown();
  if (something()) live.whole();
  else mark([]);
}

function shown() {
  card.hidden = !something();
  $("[data-save-pop]").hidden = !something();
  $("[data-drawn-as]").textContent = state.formulas.some((text) => text.trim()) ? "the formulas are drawn" : "";
  if (something()) $("[data-start]")?.remove();
}

// --- the rows

function draw() {
  rows = ["queries", "formulas"].flatMap((kind) => state[kind].map((text, index) => row(kind, text, index)));
  $("[data-queries]").replaceChildren(...rows.map(({ root }) => root));
  rows.forEach(({ box }) => box.fit());
  $("[data-add=query]").disabled = state.queries.length >= NAMES.length;
}

function row(kind, text, index) {
  const root = $("[data-row]").content.firstElementChild.cloneNode(true);
  const alone = kind === "queries" && state.queries.length === 1;
  const name = kind === "queries" ? (alone && !state.formulas.length ? "Query" : `Query ${NAMES[index]}`) : `Formula ${index + 1}`;
  const area = $("textarea", root);
  $("[data-name]", root).textContent = kind === "queries" ? NAMES[index] : "=";
  $("[role=listbox]", root).id = `completions-${kind}-${index}`;
  area.setAttribute("aria-controls", `completions-${kind}-${index}`);
  area.setAttribute("aria-label", name);
  area.placeholder = kind === "queries" ? "avg:my_metric{*} by {host}" : "a / b * 100";
  area.classList.toggle("search", kind === "queries" && index === 0);
  area.value = text;
  const remove = $("[data-remove]", root);
  remove.setAttribute("aria-label", `Remove ${name.toLowerCase()}`);
  remove.hidden = alone;
  remove.addEventListener("click", () => (state[kind].splice(index, 1), draw(), step()));
  const offered = kind === "formulas" ? { offered: (typed, cursor) => ofFormula(typed, cursor, [...NAMES.slice(0, state.queries.length)]) } : {};
  const box = new QueryBox($(".query-box", root), (typed) => ((state[kind][index] = typed), changed()), settled, offered);
  return { kind, box, root };
}

// A change that is a step of its own.
function step() {
  written = true;
  changed();
  settled();
}

for (const button of $$("[data-add]"))
  button.addEventListener("click", () => {
    const kind = button.dataset.add === "query" ? "queries" : "formulas";
    state[kind].push("");
    draw();
    rows.filter((one) => one.kind === kind).at(-1).box.focus();
  });

const pressed = () => $$("[data-display]").forEach((choice) => choice.setAttribute("aria-pressed", String(choice.dataset.display === state.display)));

for (const button of $$("[data-display]"))
  button.addEventListener("click", () => {
    state.display = button.dataset.display;
    pressed();
    step();
  });

// --- a dashboard of it

function definition() {
  const formulas = state.formulas.filter((text) => text.trim());
  const given = formulas.length ? state.queries : (graph.data?.queries ?? state.queries); // a text may hold several, a query of a widget is one
  const queries = given.map((text, index) => ({ name: NAMES[index], data_source: "metrics", query: text })).filter((one) => one.query.trim());
  const texts = formulas.length ? formulas : queries.map(({ name }) => name);
  const request = { response_format: "timeseries", queries, formulas: texts.map((formula) => ({ formula })), display_type: state.display };
  return { type: "timeseries", title: $("#save-title").value, requests: [request] };
}

$("[data-save]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const place = $("[data-saved]");
  const answer = await postJson("/ui/data/board-editor/add", { id: $("#save-board").value, definition: definition() }).catch((error) => void place.replaceChildren(error.message));
  if (answer) place.replaceChildren("Saved. ", el("a", { href: `${answer.url}?${time.query()}` }, "Open the dashboard"));
});

addEventListener("popstate", () => {
  const given = new URLSearchParams(location.search);
  Object.assign(state, { queries: given.has("query") ? given.getAll("query") : [""], formulas: given.getAll("formula"), display: given.get("display") ?? "line" });
  draw();
  pressed();
  shown();
});

const widget = { id: "query", root: card, name: "Graph of the query", kind: "timeseries", graph, queries: () => graph.data?.queries ?? [], get data() { return graph.data; } };
bindMenu({ widgets: [widget], time, query: () => query(time.query()), focused: () => card });
draw();
shown();
timeKeys(keys, time, () => live.whole());
if (something()) live.whole();
else rows[0].box.focus();
