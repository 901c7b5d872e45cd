// The week's calendar of downtimes: days across, hours down, in the viewer's zone.

import { $, $$, el, getJson, pageData, postJson, say, setQuery } from "../dom.mjs";
import { zone } from "../format.mjs";
import { addDays, drawWeek, ends, monday } from "../parts/calendar.mjs";
import { refresh } from "../parts/fragments.mjs";

const page = pageData();
const offset = page.now * 1000 - Date.now();
const calendar = $("[data-calendar]");
const now = () => new Date(Date.now() + offset);
let week = monday(asked() ?? now());

function asked() {
  const asked = new URLSearchParams(location.search).get("week");
  const day = asked && new Date(`${asked}T12:00`);
  return day && !Number.isNaN(day.getTime()) ? day : null;
}

async function draw() {
  const [from, to] = ends(week);
  const downtimes = await getJson(`/ui/data/downtimes?from=${from}&to=${to}`).catch((error) => (say(error.message), []));
  $$("[data-zone]").forEach((place) => (place.textContent = zone));
  drawWeek(calendar, week, downtimes, now());
}

function turn(by) {
  week = by ? addDays(week, 7 * by) : monday(now());
  const day = `${week.getFullYear()}-${String(week.getMonth() + 1).padStart(2, "0")}-${String(week.getDate()).padStart(2, "0")}`;
  if (by || asked()) setQuery((query) => query.set("week", day));
  draw();
}

// Cancelling cannot be undone, so it is asked.
function agreed(button) {
  const dialog = el(
    "dialog",
    { "aria-labelledby": "cancel-title" },
    el("h2", { id: "cancel-title" }, `${button.getAttribute("aria-label")}?`),
    el("p", {}, "Its monitors notify again from now on. A canceled downtime cannot be resumed."),
    el("form", { method: "dialog", class: "controls" }, el("button", { value: "yes", class: "primary" }, "Cancel the downtime"), el("button", { value: "" }, "Keep it")),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    }),
  );
}

if (calendar) {
  $$("[data-week]").forEach((button) => button.addEventListener("click", () => turn(Number(button.dataset.week))));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-cancel]");
    if (!button || !(await agreed(button))) return;
    await postJson(`/ui/data/downtimes/${button.dataset.cancel}/cancel`, {});
    say("Canceled");
    button.blur();
    refresh();
    draw();
  });
  draw();
  setInterval(() => document.hidden || draw(), 60000);
}
