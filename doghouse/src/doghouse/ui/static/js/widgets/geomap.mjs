// Values of countries on a map of the world, the darker the larger; below it the same values in a list.

import { el, svg } from "../dom.mjs";
import { quantity } from "../format.mjs";
import { drawsRows, painted } from "../parts/values.mjs";
import { bars } from "./toplist.mjs";

const WHOLE = [0, 0, 2000, 857]; // of the map's 2000 × 1001: below is the Antarctic, which it does not have
const MARGIN = 0.06; // around what is in focus, as a share of its size
// What a view's `focus` shows, where it is no country: the countries at its edges.
const EDGES = {
  EMEA: ["IS", "NO", "AE", "ZA", "SN"],
  APAC: ["IN", "MN", "JP", "NZ", "FJ"],
  LATAM: ["MX", "BR", "AR", "CL"],
  NORTH_AMERICA: ["US", "CA", "PA"],
  SOUTH_AMERICA: ["CO", "EC", "BR", "AR"],
  EUROPE: ["IS", "NO", "PT", "GR", "UA"],
  AFRICA: ["TN", "SN", "SO", "ZA", "MU"],
  ASIA: ["TR", "MN", "JP", "ID", "SA"],
  OCEANIA: ["AU", "PG", "NZ", "FJ"],
};
const STEPS = [0, 0.25, 0.5, 0.75, 1]; // of the legend
const names = new Intl.DisplayNames(["en"], { type: "region" });

// The outlines by ISO 3166-1 alpha-2 code. Loaded with this module: by boards that have a geomap alone.
const outlines = fetch(new URL("../../svgmap/world.svg", import.meta.url))
  .then((answer) => answer.text())
  .then((text) => new Map([...text.matchAll(/<path id="([A-Z]{2})" d="([^"]*)"/g)].map(([, code, d]) => [code, d])));

export function make(widget) {
  const picture = svg("svg", { viewBox: WHOLE.join(" "), role: "img" });
  const ramp = el("p", { class: "ramp" });
  const list = el("div");
  const missing = el("p", { class: "why", hidden: true });
  const drawn = el("div", { class: "drawn scroll world" }, picture, ramp, missing, el("details", {}, el("summary", {}, "List"), list));
  const countries = outlines.then((all) => draw(picture, all));
  return drawsRows(widget, ({ rows }) => {
    countries.then((paths) => {
      look(picture, paths, widget.definition.view?.focus);
      colour(paths, rows, widget, { picture, ramp, list, missing });
    });
    return drawn;
  });
}

function draw(picture, all) {
  const paths = new Map([...all].map(([code, d]) => [code, svg("path", { d, "data-country": code }, svg("title"))]));
  picture.append(...paths.values());
  return paths;
}

// Shows what is in focus, once it stands on the page: before it has no sizes.
function look(picture, paths, focus) {
  const seen = (EDGES[focus] ?? [focus]).flatMap((code) => paths.get(code) ?? []).map((path) => path.getBBox());
  if (seen.length) picture.setAttribute("viewBox", around(seen).join(" "));
}

function around(boxes) {
  const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
  const [width, height] = [Math.max(...boxes.map((box) => box.x + box.width)) - left, Math.max(...boxes.map((box) => box.y + box.height)) - top];
  return [left - MARGIN * width, top - MARGIN * height, width * (1 + 2 * MARGIN), height * (1 + 2 * MARGIN)];
}

// The country that a row is of: the first of its tags whose value is a code on the map.
const codeOf = (row, paths) => row.group.map(([, value]) => String(value).toUpperCase()).find((value) => paths.has(value));

function colour(paths, rows, { name, definition }, { picture, ramp, list, missing }) {
  const placed = rows.map((row) => ({ row, code: codeOf(row, paths) }));
  const known = new Map(placed.filter(({ code }) => code).map(({ row, code }) => [code, row]).reverse()); // of two rows of a country the first
  const sizes = [...known.values()].map((row) => row.value);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const flip = definition.style?.palette_flip === true;
  const share = (value) => (flip ? 1 - place(value) : place(value));
  const place = (value) => (most > least ? (value - least) / (most - least) : 1);
  for (const [code, path] of paths) paint(path, names.of(code), known.get(code), share);
  picture.setAttribute("aria-label", sizes.length ? `${name}: ${sizes.length} ${sizes.length === 1 ? "country" : "countries"}, ${quantity(least, rows[0].units[0], true)} to ${quantity(most, rows[0].units[0], true)}` : `${name}: no country has a value`);
  ramp.hidden = !sizes.length;
  ramp.replaceChildren(quantity(least, rows[0].units[0]), ...STEPS.map((step) => el("i", { style: { "--share": hue(flip ? 1 - step : step) } })), quantity(most, rows[0].units[0]));
  const without = placed.filter(({ code }) => !code).length;
  missing.hidden = !without;
  missing.textContent = `${without} of ${rows.length} values not on the map: see the list`;
  list.replaceChildren(bars(placed.map(({ row, code }) => (code ? { ...row, label: `${names.of(code)} (${code})` } : row))));
}

const hue = (share) => `${20 + 80 * share}%`; // the least can still be told from no value

function paint(path, country, row, share) {
  path.firstChild.textContent = row ? `${country}: ${quantity(row.value, row.units[0], true)}` : country;
  const { tone, style } = painted(row?.paints[0]);
  path.setAttribute("class", row ? `valued ${tone}` : "");
  path.style.fill = style.background ?? "";
  path.style.setProperty("--share", row ? hue(share(row.value)) : "");
}
