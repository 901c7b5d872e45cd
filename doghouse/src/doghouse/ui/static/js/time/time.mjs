// The page's range of time: the picker, live or paused, and the URL (from_ts, to_ts in ms, live), which always says what is seen.

import { $, $$, say } from "../dom.mjs";
import { duration, range, zone } from "../format.mjs";
import { LONGEST_S, parseRange } from "./ranges.mjs";

const HINT = "a duration (90m, 2d), a day, or two times";

export class Time extends EventTarget {
  // `now` is the server's, in s: the viewer's clock may differ.
  constructor({ from, to, live }, now) {
    super();
    Object.assign(this, { from, to, live, first: { from, to, live }, offset: now - Date.now() / 1000 });
    this.bind();
    this.draw();
    addEventListener("popstate", () => this.readUrl());
  }

  now() {
    return Date.now() / 1000 + this.offset;
  }

  get span() {
    return this.to - this.from;
  }

  // What the server answered for: a live range slides.
  slide(from, to) {
    Object.assign(this, { from, to });
    this.draw();
  }

  // Whether the server answers: a page that waits for it does not say that it is live.
  answers(does) {
    this.silent = !does;
    this.draw();
  }

  live_(span = this.span) {
    const to = Math.floor(this.now()) + 1;
    this.set({ from: to - span, to, live: true });
  }

  set({ from, to, live }) {
    Object.assign(this, { from, to, live });
    const query = this.query(new URLSearchParams(location.search));
    history.pushState({ zoomed: (history.state?.zoomed ?? 0) + 1 }, "", `?${query}`);
    this.changed();
  }

  query(given = new URLSearchParams()) {
    given.set("from_ts", this.from * 1000);
    given.set("to_ts", this.to * 1000);
    given.set("live", this.live);
    return given;
  }

  zoom(from, to) {
    const middle = (from + to) / 2;
    const span = Math.max(to - from, 10);
    this.set({ from: Math.round(middle - span / 2), to: Math.round(middle + span / 2), live: false });
  }

  scale(factor) {
    const span = Math.min(Math.max(Math.round(this.span * factor), 10), LONGEST_S);
    if (this.live) return this.live_(span);
    const middle = (this.from + this.to) / 2;
    const to = Math.min(Math.round(middle + span / 2), Math.floor(this.now()) + 1);
    return this.set({ from: to - span, to, live: false });
  }

  shift(share) {
    const step = Math.round(this.span * share);
    const to = Math.min(this.to + step, Math.floor(this.now()) + 1);
    this.set({ from: to - this.span, to, live: false });
  }

  toggle() {
    if (this.live) this.set({ from: this.from, to: this.to, live: false });
    else this.live_();
  }

  // The range before the last zoom; where there is none, twice the range.
  back() {
    if (history.state?.zoomed) history.back();
    else this.scale(2);
  }

  readUrl() {
    const given = new URLSearchParams(location.search);
    const [from, to] = [given.get("from_ts"), given.get("to_ts")].map((text) => Math.floor(Number(text) / 1000));
    Object.assign(this, to > from ? { from, to, live: given.get("live") !== "false" } : this.first);
    if (this.live) this.slide(Math.floor(this.now()) + 1 - this.span, Math.floor(this.now()) + 1);
    this.changed();
  }

  changed() {
    this.draw();
    this.dispatchEvent(new Event("change"));
  }

  draw() {
    const root = $("[data-time]");
    if (!root) return;
    root.classList.toggle("paused", !this.live || this.silent === true);
    const words = this.live ? `Past ${duration(this.span)}` : range(this.from, this.to);
    if ($("[data-time-label]", root).textContent !== words) {
      $("[data-time-label]", root).textContent = words;
      say(words);
    }
    $("[data-live-word]", root).textContent = !this.live ? "Paused" : this.silent ? "Waiting" : "Live";
    $("[data-live-toggle]", root).setAttribute("aria-pressed", String(this.live));
    for (const link of $$("[data-span]", root)) {
      const here = this.live && Number(link.dataset.span) === this.span;
      here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }
    $$("[data-zone]").forEach((place) => (place.textContent = zone));
  }

  bind() {
    const root = $("[data-time]");
    if (!root) return;
    const pop = $("[data-time-pop]", root);
    const text = $("[data-time-text]", root);
    for (const link of $$("[data-span]", root))
      link.addEventListener("click", (event) => {
        event.preventDefault();
        pop.open = false;
        this.live_(Number(link.dataset.span));
      });
    pop.addEventListener("toggle", () => pop.open && text.focus());
    text.addEventListener("keydown", (event) => event.key === "Enter" && this.typed(text, pop));
    $("[data-live-toggle]", root).addEventListener("click", () => this.toggle());
    $("[data-refresh]", root).addEventListener("click", () => (this.live ? this.slideNow() : null, this.changed()));
  }

  slideNow() {
    const to = Math.floor(this.now()) + 1;
    this.slide(to - this.span, to);
  }

  typed(text, pop) {
    const asked = parseRange(text.value, this.now());
    const wrong = !asked && text.value.trim() !== "";
    $("[data-time-hint]").textContent = wrong ? `'${text.value}' is not a duration (90m, 2d), a day (yesterday, Mar 2) or two times (14:00 – 14:30)` : HINT;
    text.setAttribute("aria-invalid", String(wrong));
    if (!asked) return;
    text.blur();
    pop.open = false;
    text.value = "";
    if (asked.span) this.live_(asked.span);
    else this.set({ ...asked, live: false });
  }
}
