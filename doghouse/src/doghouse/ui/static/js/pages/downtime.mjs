// The page on which a downtime is written: as it is typed, its next periods are listed and a week of them is drawn.

import { $, $$, el, pageData, postJson } from "../dom.mjs";
import { short, zone, zoned } from "../format.mjs";
import { addDays, drawWeek, ends, monday } from "../parts/calendar.mjs";

const PAUSE_MS = 250; // after the last key, before the server is asked
const STATES = ["alert", "no data", "warn"]; // the API's defaults
const TYPES = ["expired"];
const page = pageData();
const given = page.attributes;
const now = new Date(page.now * 1000);
const field = (id) => $(`#${id}`);
let week = null; // null: that of the next period
let shown = monday(now);

// --- the form

// A time as a field shows it, to the minute; what is not touched is sent back as it was, for a running downtime keeps its start.
function put(input, text, shown) {
  input.value = shown;
  input.dataset.given = JSON.stringify([input.value, text]);
}

function taken(input, made) {
  const [shown, text] = JSON.parse(input.dataset.given ?? "[]");
  return input.value && input.value === shown ? text : made(input.value);
}

const local = (moment) => new Date(moment.getTime() - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

function fill() {
  const { monitor_id: monitor, monitor_tags: tags = ["*"] } = given.monitor_identifier;
  field("message").value = given.message ?? "";
  field("of").value = monitor == null ? "tags" : "monitor";
  if (monitor != null) field("monitor").value = String(monitor);
  field("tags").value = tags.join(", ");
  field("scope").value = given.scope;
  const { start, end, timezone, recurrences } = given.schedule ?? {};
  field("kind").value = recurrences ? "recurring" : "once";
  field("timezone").value = timezone ?? zone;
  if (start) put(field("start"), start, local(new Date(start)));
  if (end) put(field("end"), end, local(new Date(end)));
  for (const one of recurrences ?? [{ start: local(now), duration: "1h", rrule: "FREQ=DAILY" }]) add(one);
  for (const box of $$("[name=notify_end_states]")) box.checked = (given.notify_end_states ?? STATES).includes(box.value);
  for (const box of $$("[name=notify_end_types]")) box.checked = (given.notify_end_types ?? TYPES).includes(box.value);
  field("first-recovery").checked = given.mute_first_recovery_notification ?? false;
}

function add({ start, duration, rrule }) {
  const row = $("[data-recurrence]").content.firstElementChild.cloneNode(true);
  const part = (name) => $(`[data-name=${name}]`, row);
  put(part("start"), start, start.slice(0, 16));
  part("duration").value = duration;
  part("rrule").value = rrule;
  const preset = () => (part("repeat").value = [...part("repeat").options].some(({ value }) => value === part("rrule").value) ? part("rrule").value : "");
  preset();
  part("repeat").addEventListener("input", () => part("repeat").value && (part("rrule").value = part("repeat").value));
  part("rrule").addEventListener("input", preset);
  $("[data-remove]", row).addEventListener("click", () => (row.remove(), changed()));
  $("[data-recurrences]").append(row);
}

function schedule() {
  if (field("kind").value === "once") {
    const utc = (id) => taken(field(id), (text) => (text ? new Date(text).toISOString() : null));
    return { start: utc("start"), end: utc("end") };
  }
  const recurrences = $$(".recurrence").map((row) => {
    const part = (name) => $(`[data-name=${name}]`, row);
    return { start: taken(part("start"), (text) => text || null), duration: part("duration").value.trim(), rrule: part("rrule").value.trim() };
  });
  return { timezone: field("timezone").value.trim(), recurrences };
}

const ticked = (name) => $$(`[name=${name}]:checked`).map(({ value }) => value);

function attributes() {
  const made = schedule();
  const words = field("tags").value.split(",").map((tag) => tag.trim()).filter(Boolean);
  return {
    message: field("message").value,
    scope: field("scope").value.trim(),
    monitor_identifier: field("of").value === "monitor" ? { monitor_id: Number(field("monitor").value) } : { monitor_tags: words },
    schedule: made,
    display_timezone: made.timezone ?? given.display_timezone ?? zone,
    mute_first_recovery_notification: field("first-recovery").checked,
    notify_end_states: ticked("notify_end_states"),
    notify_end_types: ticked("notify_end_types"),
  };
}

// --- what it comes to

function changed() {
  for (const place of $$("[data-kind]")) place.hidden = place.dataset.kind !== field("kind").value;
  for (const place of $$("[data-of]")) place.hidden = place.dataset.of !== field("of").value;
  clearTimeout(changed.waiting);
  changed.waiting = setTimeout(check, PAUSE_MS);
}

async function check() {
  const mine = (check.turn = (check.turn ?? 0) + 1);
  const [from, to] = ends(week ?? shown);
  const answer = await postJson("/ui/data/downtimes/check", { attributes: attributes(), from, to }).catch((error) => ({ problems: [{ severity: "error", text: error.message }], next: [], week: [] }));
  if (mine !== check.turn) return;
  const first = answer.next.length ? monday(new Date(Math.max(answer.next[0].from, page.now) * 1000)) : shown;
  if (!week && first.getTime() !== shown.getTime()) {
    shown = first;
    return check();
  }
  const tone = { error: "alert", warning: "warn" };
  $("[data-problems]").replaceChildren(...answer.problems.map(({ severity, text }) => el("p", {}, el("span", { class: `state ${tone[severity]}` }, severity), ` ${text}`)));
  $("[data-next]").replaceChildren(...(answer.next.length ? answer.next.map(period) : [el("li", { class: "why" }, answer.problems.length ? "–" : "none within a year")]));
  const name = field("message").value.split("\n")[0] || "this downtime";
  drawWeek($("[data-calendar]"), week ?? shown, answer.week.map((block) => ({ ...block, id: "", name })), now);
}

function period({ from, to }) {
  return el("li", {}, zoned(from), el("span", { class: "soft" }, to == null ? ", no end" : ` for ${short(Math.round(to - from))}`));
}

async function save() {
  const answer = await postJson("/ui/data/downtimes/save", { attributes: attributes(), id: page.id, revision: page.revision }).catch((error) => {
    const place = $("[data-notice]");
    place.hidden = false;
    place.textContent = error.message;
  });
  if (answer) location.assign("/monitors/downtimes");
}

$("[data-form]").addEventListener("input", changed);
$("[data-form]").addEventListener("submit", (event) => event.preventDefault());
$("[data-add]").addEventListener("click", () => (add({ start: local(now), duration: "1h", rrule: "FREQ=DAILY" }), changed()));
$("[data-save]").addEventListener("click", save);
for (const button of $$("[data-week]"))
  button.addEventListener("click", () => {
    const by = Number(button.dataset.week);
    week = by ? addDays(week ?? shown, 7 * by) : null;
    check();
  });
$$("[data-zone]").forEach((place) => (place.textContent = zone));
fill();
changed();
