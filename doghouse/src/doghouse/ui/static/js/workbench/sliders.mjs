// Sliders below a form's numbers and its window: what is slid is written into the field, as if it were typed.

import { el } from "../dom.mjs";
import { TONES } from "../parts/replay.mjs";

const WINDOWS = ["last_1m", "last_5m", "last_10m", "last_15m", "last_30m", "last_1h", "last_2h", "last_4h", "last_1d"];

// How far a number that is not set can be slid, by its unit.
const REACH = { minutes: 120, hours: 48, seconds: 900, "": 10 };

export class Slider {
  static of = (field) => field.dataset.kind === "number" || field.dataset.part === "window";

  constructor(field) {
    this.field = field;
    this.steps = field.dataset.part === "window" ? WINDOWS : null;
    const name = document.querySelector(`label[for="${field.id}"]`).textContent;
    this.range = el("input", { type: "range", "aria-label": `Slide ${name}`, oninput: () => this.write() });
    field.after(this.range);
  }

  write() {
    this.field.value = this.steps ? this.steps[this.range.value] : this.range.value;
    this.field.dispatchEvent(new Event("input"));
    this.field.dispatchEvent(new Event("change"));
  }

  // `level` is the monitor's threshold, about which one that is not set yet begins.
  show(level) {
    if (this.range === document.activeElement) return; // its ends stay while it is slid
    const threshold = (this.field.dataset.path ?? "").replace("options.thresholds.", "") in TONES;
    const own = this.own(threshold ? level : 0);
    this.range.hidden = !Number.isFinite(own);
    if (this.range.hidden) return;
    const reach = Math.max(Math.abs(own), threshold ? 1 : REACH[this.field.dataset.unit]);
    const ends = this.steps ? { min: 0, max: this.steps.length - 1, step: 1 } : { min: threshold ? Math.min(0, own - reach) : 0, max: own + reach, step: threshold ? 10 ** Math.floor(Math.log10(reach) - 2) : 1 };
    Object.assign(this.range, ends);
    this.range.value = own;
  }

  own(unset) {
    const { value } = this.field;
    if (this.steps) return this.steps.includes(value) ? this.steps.indexOf(value) : NaN;
    return value === "" ? unset : Number(value);
  }
}
