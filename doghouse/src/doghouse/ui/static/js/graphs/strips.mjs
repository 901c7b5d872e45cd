// The state of each group over the range, as a strip: by height and colour, so that it reads without colour too.

import { color } from "./colors.mjs";
import { el, svg } from "../dom.mjs";
import { short, zoned } from "../format.mjs";

const HEIGHTS = { Alert: 12, Warn: 8, OK: 3, "No Data": 12 };
const TONES = { Alert: "alert", Warn: "warn", OK: "ok", "No Data": "nodata" };
const WIDTH = 1000;

// `u` is the graph above, whose time axis the strips share.
export function drawStrips(place, replay, { from, to }, u) {
  if (u) {
    const ratio = devicePixelRatio || 1;
    place.style.paddingLeft = `${u.bbox.left / ratio}px`;
    place.style.paddingRight = `${u.width - (u.bbox.left + u.bbox.width) / ratio}px`;
  }
  const rows = replay.groups.map((group) => el("div", { class: "strip" }, el("span", { class: "small" }, group.name), picture(group, from, to)));
  const more = replay.more_groups ? [el("p", { class: "why" }, `${replay.more_groups} more groups`)] : [];
  place.replaceChildren(...rows, ...more);
}

function picture(group, from, to) {
  const words = group.stretches.map(([start, end, state]) => `${state} for ${short(Math.min(end, to) - Math.max(start, from))}`);
  const strip = svg("svg", { viewBox: `0 0 ${WIDTH} 12`, preserveAspectRatio: "none", role: "img", "aria-label": `${group.name}: ${words.slice(0, 12).join(", ") || "not evaluated"}` });
  for (const [start, end, state] of group.stretches) {
    const left = ((Math.max(start, from) - from) / (to - from)) * WIDTH;
    const width = ((Math.min(end, to) - Math.max(start, from)) / (to - from)) * WIDTH;
    if (width <= 0) continue;
    const height = HEIGHTS[state];
    const hollow = state === "No Data";
    const hue = color()[TONES[state]];
    const bar = svg("rect", { x: left, y: 12 - height, width: Math.max(width, 1), height, fill: hollow ? "none" : hue, stroke: hollow ? hue : "none", "vector-effect": "non-scaling-stroke" });
    bar.append(svg("title", {}, `${state} · ${zoned(start)} – ${zoned(end)}`));
    strip.append(bar);
  }
  return strip;
}
