// What somebody else saved of the monitor or dashboard that is being written: each field as it was opened, as they saved it and as it stands here.

import { el } from "../dom.mjs";
import { get } from "./body.mjs";

// A field's path and their value; of one that no path of names leads to (`options.variables[0].name`) the whole option.
function whole(document, field, value) {
  if (value == null || get(document, field) !== undefined) return [field, value ?? undefined];
  const path = field.split(/[.[]/).slice(0, field.startsWith("options.") ? 2 : 1).join(".");
  return [path, get(document, path)];
}

const words = (value) => (value == null ? "–" : typeof value === "string" ? value : JSON.stringify(value));

// take(path, value): theirs is used. keep(): what stands here is saved over theirs.
export function conflict(place, found, body, { take, keep, what = "monitor" }) {
  place.hidden = !found;
  const mark = JSON.stringify([found, found?.changes.map(({ field }) => get(body ?? {}, field))]);
  if (!found || place.dataset.mark === mark) return;
  place.dataset.mark = mark;
  if (!found.theirs) {
    place.replaceChildren(el("p", {}, `Somebody else deleted this ${what}. You can save yours as a new one. `), el("button", { type: "button", onclick: keep }, `Save as a new ${what}`));
    return;
  }
  const versions = ["As you opened it", "Saved meanwhile", "Here"];
  const heads = ["Field", ...versions, ""].map((text) => el("th", { scope: "col" }, text));
  const rows = found.changes.map(({ field, opened, theirs }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", class: "mono" }, field),
      ...[opened, theirs, get(body ?? {}, field)].map((value, i) => el("td", { "data-head": versions[i] }, el("code", {}, words(value)))),
      el("td", {}, el("button", { type: "button", "aria-label": `Use theirs of ${field}`, onclick: () => take(...whole(found.theirs, field, theirs)) }, "Use theirs")),
    ),
  );
  place.replaceChildren(
    el("p", { class: "strong" }, `Somebody else saved this ${what} since you opened it. Nothing of yours is lost.`),
    el("div", { class: "scroll" }, el("table", { class: "list small stack" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows))),
    el("p", {}, el("button", { type: "button", onclick: keep }, "Keep mine"), el("span", { class: "soft small" }, " Then Save writes it over theirs.")),
  );
}
