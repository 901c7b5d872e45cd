// The page on which a dashboard is written: its JSON, whole or a widget's, beside the board as it would be. The server says what is wrong and draws the
// board as it is typed. What is not saved yet is kept by the browser, so that neither a reload nor going back loses it.

import { $, el, pageData, postJson } from "../dom.mjs";
import { keys } from "../page.mjs";
import { KEPT, bindCopying, leave, notice, parsed, restored } from "../parts/draft.mjs";
import { JsonBox } from "../parts/json_box.mjs";
import { timeKeys } from "../time/live.mjs";
import { Time } from "../time/time.mjs";
import { get, set } from "../workbench/body.mjs";
import { conflict } from "../workbench/conflict.mjs";
import { problems } from "../workbench/problems.mjs";

const WIDTH = 1000; // px: a board that is at least so wide has its widgets in their places
const NARROW = 720; // px: a page at most so wide shows the board as it is on a phone
const page = pageData();
const opened = JSON.parse(page.opened);
const time = new Time(page.frame, page.now);
const frame = $("[data-frame]");
const choice = $("[data-part-of]");
const written = (value) => JSON.stringify(value, null, 2);
let { id } = page;
let base = opened; // as it was opened, or as somebody else saved it and that was seen
let body = opened; // the whole, as far as it can be read
let path = ""; // of the part that is edited; empty: the whole
let checked = { widgets: [] };
let shown = ""; // the name of the board that is drawn
const past = []; // what can be undone, the newest last
const undone = [];

const box = new JsonBox($("[data-box=json]"), typed);

const whole = () => (path ? get(body, path) : body);

function state() {
  return { text: box.area.value, body, path };
}

let settled = state(); // what the next step goes back to

function write() {
  box.area.value = written(whole());
  box.fit();
  box.underline();
}

// A step that can be undone has been made.
function stepped() {
  past.push(settled);
  undone.length = 0;
  settled = state();
  keep();
  ask();
}

function typed(text) {
  if (text === settled.text) return;
  const part = parsed(text);
  if (part !== undefined) {
    if (!path) body = part;
    else set((body = structuredClone(body)), path, part);
  }
  stepped();
}

function edit(change) {
  change((body = structuredClone(body)));
  write();
  stepped();
}

function go(from, to) {
  if (!from.length) return;
  to.push(state());
  settled = from.pop();
  ({ body, path } = settled);
  box.area.value = settled.text;
  box.fit();
  choose();
  keep();
  ask();
}

function keep() {
  $("[data-undo]").disabled = !past.length;
  $("[data-redo]").disabled = !undone.length;
  const same = written(body) === written(opened) && box.area.value === written(whole()) && id === page.id;
  if (same) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, JSON.stringify({ ...state(), base, id }));
}

// --- which part is edited

function choose() {
  const options = [["", "the whole dashboard"], ...checked.widgets.map((one) => [one.path, one.name])];
  choice.replaceChildren(...options.map(([value, name]) => el("option", { value, selected: value === path }, name)));
}

function turn(to) {
  path = to;
  write();
  settled = state();
  choose();
  ask();
}

// --- what the server says of it

const sent = () => ({ text: box.area.value, path, board: path ? body : {}, id, base });

async function ask() {
  const mine = (ask.turn = (ask.turn ?? 0) + 1);
  const answer = await postJson("/ui/data/board-editor/check", sent()).catch((error) => void notice(error.message));
  if (mine !== ask.turn || !answer) return;
  const { widgets } = answer.shown ? answer : checked;
  checked = { ...answer, widgets };
  problems($("[data-problems]"), answer.problems, { go: (line) => box.go(line), use: () => {} });
  box.mark(answer.problems.map(({ line }) => line).filter(Boolean));
  conflict($("[data-conflict]"), answer.conflict, body, { take: (at, value) => edit((whole) => set(whole, at, value)), keep: overwrite, what: "dashboard" });
  choose();
  if (answer.shown && answer.shown !== shown) draw((shown = answer.shown));
}

function overwrite() {
  if (checked.conflict.theirs) base = checked.conflict.theirs;
  else id = "";
  keep();
  ask();
}

// --- the board as it would be

function draw(name) {
  const at = frame.contentWindow?.scrollY ?? 0;
  frame.onload = () => {
    frame.contentWindow.scrollTo(0, at);
    frame.contentDocument.addEventListener("dblclick", pick);
    frame.setAttribute("aria-busy", "false");
  };
  frame.setAttribute("aria-busy", "true");
  frame.src = `/ui/board-editor/${name}?${time.query()}`;
}

// A double click on a widget edits it.
function pick(event) {
  const widget = event.target.closest("[data-widget]")?.dataset.widget;
  const found = checked.widgets.find((one) => one.id === widget);
  if (found) turn(found.path);
}

function size() {
  const { clientWidth: width, clientHeight: height } = $("[data-preview]");
  const scale = innerWidth <= NARROW ? 1 : Math.min(1, width / WIDTH);
  Object.assign(frame.style, { width: `${width / scale}px`, height: `${height / scale}px`, transform: `scale(${scale})` });
}

// --- what is made of it

async function save() {
  const answer = await postJson("/ui/data/board-editor/save", sent()).catch((error) => (notice(error.message), ask(), null));
  if (!answer) return;
  leave(`${answer.url}?${time.query()}`);
}

bindCopying("dashboard", { json: async () => written(body), hcl: async () => checked.hcl ?? "" });
$("[data-save]").addEventListener("click", save);
$("[data-undo]").addEventListener("click", () => go(past, undone));
$("[data-redo]").addEventListener("click", () => go(undone, past));
choice.addEventListener("change", () => turn(choice.value));
time.addEventListener("change", () => shown && draw(shown));
addEventListener("focus", ask); // somebody else may have saved it meanwhile
addEventListener("resize", size);
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  const act = { s: save, z: () => (event.shiftKey ? go(undone, past) : go(past, undone)), Z: () => go(undone, past), y: () => go(undone, past) }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

timeKeys(keys, time, () => shown && draw(shown));
size();
write();
const kept = restored();
if (kept) {
  ({ body, path, base, id } = kept);
  box.area.value = kept.text;
  box.fit();
}
settled = state();
await ask();
const first = checked.widgets.find((one) => one.id === page.widget);
if (first && !path) turn(first.path);
