// The page on which a monitor is written. Its text is the JSON; the form reads and writes that. The server lints it, writes its messages and tries it over
// history as it is typed. What is not saved yet is kept by the browser, so that neither a reload nor going back loses it.

import { $, $$, copy, el, pageData, post, postJson, say } from "../dom.mjs";
import { zone } from "../format.mjs";
import { Graph } from "../graphs/graph.mjs";
import { drawStrips } from "../graphs/strips.mjs";
import { keys } from "../page.mjs";
import { QueryBox } from "../parts/completion.mjs";
import { KEPT, bindCopying, leave, notice, parsed, restored } from "../parts/draft.mjs";
import { JsonBox } from "../parts/json_box.mjs";
import { bindMenu } from "../parts/menu.mjs";
import { changes, figures, markers, message } from "../parts/replay.mjs";
import { Live, timeKeys } from "../time/live.mjs";
import { Time } from "../time/time.mjs";
import { get, mend, set } from "../workbench/body.mjs";
import { conflict } from "../workbench/conflict.mjs";
import { Form } from "../workbench/form.mjs";
import { problems } from "../workbench/problems.mjs";

const PAUSE_MS = 250; // after the last key, before the server is asked
const page = pageData();
const asItWas = JSON.parse(page.opened);
const opened = JSON.stringify(asItWas, null, 2);
const offered = (place, text, cursor) => postJson("/ui/data/workbench/complete", { place, text, cursor, monitor: area.value });
const json = new JsonBox($("[data-box=json]"), () => typed(), { keys: ["query", "message"], offered });
const { area } = json;
const time = new Time(page.frame, page.now);
const files = {};
let { id } = page;
let base = asItWas; // as it was opened, or as somebody else saved it and that was seen
let body = JSON.parse(opened);
let checked = null;
let asOpened = null; // what the monitor as it was opened would have sent

// --- the text, the form and what is kept

const form = new Form($("[data-form]"), (edit) => {
  if (!body) return say("The JSON is not valid: mend it first");
  edit(body);
  put(JSON.stringify(body, null, 2));
  changed();
});

function put(text) {
  area.value = text;
  json.fit();
  json.underline();
}

function changed() {
  if (body) form.show(body);
  if (area.value === opened && id === page.id) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, JSON.stringify({ text: area.value, base, id }));
  clearTimeout(changed.waiting);
  changed.waiting = setTimeout(ask, PAUSE_MS);
}

function read(text) {
  put(text);
  body = parsed(text);
}

const edit = (change) => {
  if (!body) return;
  change(body);
  put(JSON.stringify(body, null, 2));
  changed();
};

// At once, for the form may be next; a completion that was taken is no input.
function typed() {
  body = parsed(area.value);
  changed();
}

area.addEventListener("input", typed);

// A new monitor that nobody has begun: what it lacks is no mistake yet.
const untouched = () => !page.id && !asItWas.query && area.value === opened;

// --- what the server says of it

const sent = (text = area.value) => ({ text, id, base, files, quiet: $("[data-quiet]").value === "yes", group: Number($("[data-preview-group]").value), timezone: zone });

async function ask() {
  live.whole();
  await check();
}

async function check() {
  const mine = (check.turn = (check.turn ?? 0) + 1);
  const answer = await postJson("/ui/data/workbench/check", sent()).catch((error) => void notice(error.message));
  if (mine !== check.turn || !answer) return;
  checked = answer;
  form.offer(answer.choices);
  if (untouched()) return $("[data-problems]").replaceChildren(el("p", { class: "why" }, "Nothing to check yet."));
  problems($("[data-problems]"), answer.problems, { go: (line) => json.go(line), use: (found) => edit((at) => mend(at, found)) });
  json.mark(answer.problems.map(({ line }) => line).filter(Boolean));
  conflict($("[data-conflict]"), answer.conflict, body, { take: (path, value) => edit((at) => set(at, path, value)), keep });
  previews(answer);
}

function keep() {
  if (checked.conflict.theirs) base = checked.conflict.theirs;
  else id = 0;
  changed();
}

function previews({ groups, previews }) {
  const choice = $("[data-preview-group]");
  if (groups.length) choice.replaceChildren(...groups.map((name, index) => el("option", { value: index, selected: index === Number(choice.value) }, name)));
  const shown = $$("[data-previews] details");
  const open = new Set(shown.length ? shown.filter((one) => one.open).map((one) => $("strong", one).textContent) : ["Triggered"]);
  const made = previews.map(message);
  for (const one of made) one.open = open.has($("strong", one).textContent);
  $("[data-previews]").replaceChildren(...(made.length ? made : [el("p", { class: "why" }, "No messages: the monitor cannot be read.")]));
}

// --- what it would have sent

const card = $(".monitor-graph");
let covers = [];
const graph = new Graph(card, {
  name: card.getAttribute("aria-label"),
  scene: () => ({ downtimes: covers }),
  markers: [],
  onZoom: (from, to) => (graph.range(from, to), time.zoom(from, to)),
  onUnzoom: () => time.back(),
});

const attempt = (text) => postJson(`/ui/data/workbench/try?${time.query()}`, sent(text)).catch((error) => (error.status ? { replay: null, problem: error.message } : Promise.reject(error)));

const live = new Live({
  time,
  parts: () => [[id]],
  ask: async () => {
    const asked = JSON.stringify([time.from, time.to, files, $("[data-quiet]").value]);
    if (asOpened?.asked !== asked) asOpened = { asked, answer: get(asItWas, "query") ? await attempt(opened) : null };
    return area.value === opened && asOpened.answer ? asOpened.answer : attempt();
  },
  draw: (answer) => {
    draw(answer);
    return true;
  },
  interval: () => 60,
  busy: (is) => card.setAttribute("aria-busy", String(is)),
});

function draw(answer) {
  const { replay } = answer;
  covers = replay?.covers ?? [];
  card.hidden = !answer.graph;
  graph.options.markers = markers(get(body ?? {}, "options.thresholds") ?? {});
  if (answer.graph) graph.show(answer.graph);
  $("[data-remarks]").replaceChildren(...(answer.remarks ?? []).map((text) => el("p", { class: "soft small" }, text)));
  if (!replay) {
    $("[data-changes]").replaceChildren();
    $("[data-sum]").textContent = "";
    return $("[data-figures]").replaceChildren(el("p", { class: "why" }, untouched() ? "Write a query to see what it would have sent." : answer.problem));
  }
  requestAnimationFrame(() => drawStrips($("[data-strips]"), replay, answer, graph.u)); // the graph's axis has its width by then
  const before = asOpened?.answer?.replay;
  const [was, is] = [before, replay].map((one) => one?.figures.notifications);
  $("[data-sum]").textContent = before && was !== is ? `${was} notifications in this range become ${is}` : `${is} notifications in this range`;
  figures($("[data-figures]"), before && area.value !== opened ? [["before", before.figures], ["now", replay.figures]] : [["in this range", replay.figures]]);
  changes($("[data-changes]"), replay.changes, replay.unit);
}

async function upload(input) {
  const [file] = input.files;
  const kind = input.dataset.file;
  delete files[kind];
  input.setCustomValidity("");
  if (file) {
    const answer = await post(`/ui/data/workbench/files/${kind}?${new URLSearchParams({ name: file.name })}`, file, "text/x-file").catch((error) => ({ problem: error.message }));
    if (answer.problem) {
      input.value = "";
      notice(answer.problem);
    } else {
      files[kind] = answer.file;
      notice("");
    }
  }
  const over = ["series", "logs"].filter((one) => files[one]).map((one) => `the ${one} of your file`);
  $("[data-over]").textContent = over.length ? `Over ${over.join(" and ")}: choose a range that is in it.` : "Over this doghouse's history, unless you choose a file.";
  ask();
}

// --- what is made of it

async function save() {
  const answer = await postJson("/ui/data/workbench/save", sent()).catch((error) => (notice(error.message), check(), null));
  if (!answer) return;
  leave(`/monitors/${answer.id}?${time.query()}`);
}

bindCopying("monitor", {
  json: async () => area.value,
  hcl: async () => checked?.hcl ?? "",
  test: async () => {
    const { name, text } = await postJson(`/ui/data/workbench/test?${time.query()}`, sent());
    const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "application/yaml" })), download: name });
    link.click();
    URL.revokeObjectURL(link.href);
    notice(`${name} is saved. doghouse test ${name} runs it.`);
    await copy(text);
  },
});

for (const input of $$("[data-file]")) input.addEventListener("change", () => upload(input));
$("[data-save]").addEventListener("click", save);
$("[data-quiet]").addEventListener("change", ask);
$("[data-preview-group]").addEventListener("change", check);
addEventListener("focus", check); // somebody else may have saved it meanwhile
addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  save();
});

const boxes = ["query", "message"].map((name) => new QueryBox($(`[data-box=${name}]`), () => form.written($(`#${name}`)), () => {}, { offered: (text, cursor) => offered(name, text, cursor), lines: name === "message" }));
for (const box of boxes) box.area.addEventListener("fit", () => box.fit());

const widget = { id: "monitor", root: card, name: card.getAttribute("aria-label"), kind: "timeseries", graph, queries: () => graph.data?.queries ?? [], get data() { return graph.data; } };
bindMenu({ widgets: [widget], time, query: () => time.query(new URLSearchParams(location.search)), focused: () => card });
timeKeys(keys, time, () => live.whole());
put(opened);
const kept = restored(opened);
if (kept) {
  read(kept.text);
  ({ base, id } = kept);
}
if (body) form.show(body);
ask();
