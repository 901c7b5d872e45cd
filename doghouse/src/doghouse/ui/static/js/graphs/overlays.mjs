// What is drawn on a graph beside its lines: simulated ranges, downtimes, events, anomaly bands, thresholds, last values.
// Each takes uPlot and draws in canvas pixels; `scene()` gives what the graph shows now.

import { color, faded, readable } from "./colors.mjs";
import { number, quantity } from "../format.mjs";

const ratio = () => devicePixelRatio || 1;
const px = (value) => value * ratio();

export function overlays(scene) {
  return {
    hooks: {
      drawClear: [(u) => clipped(u, () => (hatches(u, scene()), bands(u, scene()), eventBands(u, scene())))],
      drawSeries: [(u, index) => outside(u, scene(), index)],
      draw: [(u) => (clipped(u, () => (markers(u, scene()), eventLines(u, scene()))), markerLabels(u, scene()), rangeNames(u, scene()), lastValues(u, scene()))],
    },
  };
}

// Draws what stays within the plot, or within a part of its width.
function clipped(u, draw, left = u.bbox.left, width = u.bbox.width) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}

const x = (u, seconds) => u.valToPos(seconds, "x", true);
const y = (u, value, scale = "y") => u.valToPos(value, scale, true);

// Simulated history: thin diagonal lines, and the word once.
function hatches(u, { simulated }) {
  const { ctx, bbox } = u;
  for (const [from, to] of simulated ?? []) {
    const left = Math.max(x(u, from), bbox.left);
    const right = Math.min(x(u, to), bbox.left + bbox.width);
    if (right - left >= 1) clipped(u, () => hatch(ctx, bbox, left, right), left, right - left);
  }
}

function hatch(ctx, bbox, left, right) {
  ctx.strokeStyle = faded(color().band, 0.22);
  ctx.lineWidth = px(1);
  ctx.beginPath();
  const step = px(8);
  for (let at = left - bbox.height - (left % step); at < right; at += step) {
    ctx.moveTo(at, bbox.top + bbox.height);
    ctx.lineTo(at + bbox.height, bbox.top);
  }
  ctx.stroke();
}

// A downtime is a light band with its name.
function bands(u, { downtimes }) {
  const { ctx, bbox } = u;
  for (const downtime of downtimes ?? []) {
    const left = Math.max(x(u, downtime.from), bbox.left);
    const right = Math.min(downtime.to == null ? Infinity : x(u, downtime.to), bbox.left + bbox.width);
    if (right <= left) continue;
    ctx.fillStyle = faded(color().accent, 0.09);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
}

function eventBands(u, { events }) {
  for (const event of events ?? []) {
    u.ctx.fillStyle = faded(tone(event.tone), 0.06);
    u.ctx.fillRect(x(u, event.ts) - px(2), u.bbox.top, px(4), u.bbox.height);
  }
}

// The names of ranges stand on the axis, over the lines.
function rangeNames(u, { simulated, downtimes }) {
  const named = [
    ...(simulated ?? []).map(([from, to]) => ({ from, to, name: "simulated" })),
    ...(downtimes ?? []),
  ];
  const { ctx, bbox } = u;
  const rows = []; // where the last name of each row ends; names that meet stand in rows above one another
  for (const downtime of named) {
    const left = Math.max(x(u, downtime.from), bbox.left);
    const right = Math.min(downtime.to == null ? Infinity : x(u, downtime.to), bbox.left + bbox.width);
    if (right - left <= px(64)) continue;
    const free = rows.findIndex((end) => end <= left);
    const row = free < 0 ? rows.length : free;
    rows[row] = right;
    label(ctx, downtime.name, left + px(4), bbox.top + bbox.height - px(16 * (row + 1)), color().soft, right - left - px(8));
  }
}

const tone = (name) => ({ ok: color().ok, warn: color().warn, alert: color().alert })[name] ?? color().nodata;

// An event is a thin line with a mark above the axis.
function eventLines(u, { events }) {
  const { ctx, bbox } = u;
  for (const event of events ?? []) {
    const at = Math.round(x(u, event.ts)) + 0.5;
    ctx.strokeStyle = ctx.fillStyle = tone(event.tone);
    ctx.lineWidth = px(1);
    line(ctx, at, bbox.top, at, bbox.top + bbox.height, [px(1), px(3)]);
    ctx.beginPath();
    ctx.moveTo(at - px(4), bbox.top + bbox.height);
    ctx.lineTo(at + px(4), bbox.top + bbox.height);
    ctx.lineTo(at, bbox.top + bbox.height - px(6));
    ctx.fill();
  }
}

// What leaves its anomaly band is drawn over in red: the same path, clipped to what is outside the band.
function outside(u, { bounds }, index) {
  const band = bounds?.get(index);
  const path = u.series[index]._paths?.stroke;
  if (!band || !path) return;
  const { ctx, bbox } = u;
  const region = new Path2D(); // where there is no band, nothing leaves it
  for (const run of runs(band)) region.rect(x(u, band.ts[run[0]]), bbox.top, x(u, band.ts[run.at(-1)]) - x(u, band.ts[run[0]]), bbox.height);
  region.addPath(polygon(u, band));
  clipped(u, () => {
    ctx.clip(region, "evenodd");
    ctx.strokeStyle = color().alert;
    ctx.lineWidth = px(1.75);
    ctx.stroke(path);
  });
}

// The stretches in which a band has both its bounds: their indices, two or more.
function runs({ ts, lower, upper }) {
  const runs = [[]];
  for (let i = 0; i < ts.length; i++) {
    if (lower[i] == null || upper[i] == null) runs.push([]);
    else runs.at(-1).push(i);
  }
  return runs.filter((run) => run.length > 1);
}

// The band between two lists of values.
function polygon(u, band) {
  const { ts, lower, upper } = band;
  const path = new Path2D();
  for (const run of runs(band)) {
    const scale = band.right ? "right" : "y";
    run.forEach((i, place) => path[place ? "lineTo" : "moveTo"](x(u, ts[i]), y(u, upper[i], scale)));
    run.toReversed().forEach((i) => path.lineTo(x(u, ts[i]), y(u, lower[i], scale)));
    path.closePath();
  }
  return path;
}

export function drawBounds(u, { bounds }) {
  for (const band of bounds?.values() ?? []) {
    u.ctx.fillStyle = faded(color().band, 0.22);
    u.ctx.fill(polygon(u, band));
  }
}

const MARKERS = { error: "alert", alert: "alert", warning: "warn", warn: "warn", info: "accent", ok: "ok" };

// Thresholds are thin lines that carry their number.
function markers(u, { markers: given }) {
  const { ctx, bbox } = u;
  for (const marker of given ?? []) {
    const hue = color()[MARKERS[marker.tone] ?? "soft"];
    ctx.strokeStyle = hue;
    ctx.lineWidth = px(1);
    if (marker.to != null) {
      ctx.fillStyle = faded(hue, 0.08);
      const [top, bottom] = [y(u, Math.max(marker.value, marker.to)), y(u, Math.min(marker.value, marker.to))];
      ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    }
    const at = Math.round(y(u, marker.value)) + 0.5;
    line(ctx, bbox.left, at, bbox.left + bbox.width, at, marker.dashed ? [px(4), px(4)] : []);
  }
}

function markerLabels(u, { markers: given }) {
  const { ctx, bbox } = u;
  for (const marker of given ?? []) {
    const at = y(u, marker.value);
    if (at < bbox.top || at > bbox.top + bbox.height) continue;
    const text = marker.label ? `${marker.label} ${number(marker.value)}` : number(marker.value);
    const above = at - bbox.top > px(16);
    label(ctx, text, bbox.left + px(4), at + (above ? -px(15) : px(3)), readable(color()[MARKERS[marker.tone] ?? "soft"]));
  }
}

const LINE_PX = 14;

// The last value of each line at its right end, in its colour; those that would lie on one another move apart, as many as there is room for.
function lastValues(u, { lasts }) {
  const { ctx, bbox } = u;
  const room = Math.floor(bbox.height / px(LINE_PX));
  const ends = (lasts ?? [])
    .map((end) => ({ ...end, at: y(u, end.drawn, end.scale) }))
    .filter((end) => end.at >= bbox.top - 1 && end.at <= bbox.top + bbox.height + 1)
    .sort((a, b) => a.at - b.at)
    .slice(0, room);
  spread(ends, bbox.top + px(LINE_PX / 2), bbox.top + bbox.height - px(LINE_PX / 2), px(LINE_PX));
  ctx.save();
  ctx.font = `${px(12)}px ${color().mono}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const end of ends) {
    ctx.fillStyle = readable(end.stroke);
    ctx.fillText(quantity(end.value, end.unit), bbox.left + bbox.width + px(6), end.at);
  }
  ctx.restore();
}

function spread(ends, top, bottom, step) {
  for (let i = 0; i < ends.length; i++) ends[i].at = Math.max(ends[i].at, i ? ends[i - 1].at + step : top);
  for (let i = ends.length - 1; i >= 0; i--) ends[i].at = Math.min(ends[i].at, i < ends.length - 1 ? ends[i + 1].at - step : bottom);
}

function line(ctx, fromX, fromY, toX, toY, dash) {
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
  ctx.setLineDash([]);
}

function label(ctx, text, left, top, hue, most) {
  ctx.save();
  ctx.font = `${px(12)}px ${color().sans}`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  const shown = shortened(ctx, text, most);
  ctx.lineJoin = "round";
  ctx.lineWidth = px(3);
  ctx.strokeStyle = color().raised;
  ctx.strokeText(shown, left, top);
  ctx.fillStyle = hue;
  ctx.fillText(shown, left, top);
  ctx.restore();
}

// Text that fits into a width, with … where it was cut.
export function shortened(ctx, text, most) {
  if (!most || ctx.measureText(text).width <= most) return text;
  let end = text.length;
  while (end > 1 && ctx.measureText(text.slice(0, end) + "…").width > most) end--;
  return text.slice(0, end) + "…";
}
