// A week's calendar of downtimes: days across, hours down, in the viewer's zone.

import { $, el } from "../dom.mjs";
import { clock, zoned } from "../format.mjs";

export function monday(day) {
  const start = new Date(day);
  start.setHours(0, 0, 0, 0);
  start.setDate(start.getDate() - ((start.getDay() + 6) % 7));
  return start;
}

export const addDays = (day, count) => {
  const made = new Date(day);
  made.setDate(made.getDate() + count);
  return made;
};

// `blocks`: what holds in the week that begins on `week`, by name. `now`: the server's time.
export function drawWeek(place, week, blocks, now) {
  const days = Array.from({ length: 8 }, (_, i) => addDays(week, i));
  $("[data-week-name]").textContent = `${label(days[0])} – ${label(days[6])}`;
  const names = [...new Set(blocks.map(({ id }) => id))];
  place.replaceChildren(hours(), ...days.slice(0, 7).map((day, i) => column(day, days[i + 1], blocks, names, now)));
  place.dataset.blocks = blocks.length;
  if (!place.dataset.shown) $(".today", place)?.scrollIntoView({ inline: "center", block: "nearest" }); // on a phone a week is wider than the screen
  place.dataset.shown = "yes";
}

// The ends of the week that begins on a day (s UTC).
export const ends = (week) => [week, addDays(week, 7)].map((day) => day.getTime() / 1000);

const label = (day) => day.toLocaleDateString(undefined, { month: "short", day: "numeric" });

function hours() {
  return el("div", { class: "hours", "aria-hidden": "true" }, ...[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => el("span", { style: { top: `${(hour / 24) * 100}%` } }, `${String(hour).padStart(2, "0")}:00`)));
}

// A day may have 23 or 25 hours: places are shares of its real length.
function column(start, end, downtimes, names, now) {
  const [from, to] = [start.getTime() / 1000, end.getTime() / 1000];
  const blocks = lanes(downtimes.filter((downtime) => downtime.from < to && downtime.to > from)).map((placed) => block(placed, from, to, names));
  const today = now >= start && now < end;
  if (today) blocks.push(el("div", { class: "now-line", style: { top: `${((now.getTime() / 1000 - from) / (to - from)) * 100}%` } }));
  const title = start.toLocaleDateString(undefined, { weekday: "short", day: "numeric" });
  return el("section", { class: `day${today ? " today" : ""}`, "aria-label": start.toDateString() }, el("h2", {}, title), el("div", { class: "slots" }, ...blocks));
}

// Downtimes of a day that overlap stand side by side, each in a lane of its own; one that overlaps none has the whole width.
function lanes(downtimes) {
  const placed = [];
  let ends = []; // of the lanes of those that overlap
  for (const downtime of [...downtimes].sort((a, b) => a.from - b.from)) {
    if (ends.every((end) => end <= downtime.from)) ends = [];
    const free = ends.findIndex((end) => end <= downtime.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = downtime.to;
    placed.push({ ...downtime, lane, beside: ends });
  }
  return placed;
}

function block(downtime, from, to, names) {
  const [start, end] = [Math.max(downtime.from, from), Math.min(downtime.to, to)];
  const colour = names.indexOf(downtime.id) % 3;
  const width = 100 / downtime.beside.length;
  const title = `${downtime.name}, ${zoned(downtime.from)} to ${zoned(downtime.to)}${downtime.canceled ? ", canceled" : ""}`;
  const hours = start === from && end === to ? "all day" : `${clock(start).slice(0, 5)} – ${end === to ? "24:00" : clock(end).slice(0, 5)}`;
  const style = { top: `${((start - from) / (to - from)) * 100}%`, height: `${((end - start) / (to - from)) * 100}%`, left: `${downtime.lane * width}%`, width: `calc(${width}% - 4px)` };
  return el("div", { class: `block lane-${colour}${downtime.canceled ? " canceled" : ""}`, style, title: title, role: "img", "aria-label": title }, el("span", { class: "strong" }, downtime.name), el("span", { class: "small" }, hours));
}
