// Keeps graphs up to date: all buckets when the range or the question changes, and while the page is live the newest ones alone.

import { lost } from "../dom.mjs";
import { clock } from "../format.mjs";

const WHOLE_EVERY_S = 300; // now and then all buckets are asked for again, should any have changed
const SHORTEST_S = 5;
const LONGEST_S = 10;
const QUIET_MS = 4_000; // how long an answer may take before the page no longer says that it is live

export class Live {
  // parts(): what is asked for, most urgent first. ask(part, since): the answer ({from, to, live, …}).
  // draw(answer, fresh): false where the newest buckets don't fit, and the whole is needed. interval(): the finest bucket shown (s).
  constructor({ time, parts, ask, draw, interval, busy = () => {} }) {
    Object.assign(this, { time, parts, ask, draw, interval, busy, turn: 0, newest: null, wholeAt: 0 });
    time.addEventListener("change", () => this.whole());
    document.addEventListener("visibilitychange", () => !document.hidden && time.live && this.tick());
  }

  // Of several answers under way, the one asked for last counts.
  async whole() {
    const mine = ++this.turn;
    clearTimeout(this.timer);
    this.busy(true);
    try {
      for (const part of this.parts()) {
        const answer = await this.ask(part, null);
        if (mine !== this.turn) return;
        this.apply(answer, false);
      }
      lost();
      this.wholeAt = this.time.now();
    } catch (error) {
      if (mine !== this.turn) return;
      this.fail(error);
    }
    this.busy(false);
    this.schedule();
  }

  async tick() {
    if (!this.time.live || document.hidden) return;
    if (this.time.now() - this.wholeAt > WHOLE_EVERY_S) return void this.whole();
    const mine = this.turn;
    const quiet = setTimeout(() => this.time.answers(false), QUIET_MS);
    try {
      const answer = await this.ask(this.parts().flat(), Math.floor(this.newest));
      if (mine === this.turn) this.apply(answer, true);
      lost();
    } catch (error) {
      this.fail(error);
    } finally {
      clearTimeout(quiet);
    }
    if (mine === this.turn) this.schedule();
  }

  // What is drawn stays; since when it is old is said.
  fail(error) {
    this.failedAt = this.failing ? this.failedAt : this.time.now();
    this.failing = true;
    this.time.answers(false);
    lost(`No data since ${clock(this.failedAt)}: ${error.message}. Trying again.`);
  }

  apply(answer, fresh) {
    this.failing = false;
    this.time.answers(true);
    if (answer.live) this.time.slide(answer.from, answer.to);
    this.newest = answer.to;
    if (!this.draw(answer, fresh)) this.whole();
  }

  schedule() {
    clearTimeout(this.timer);
    const interval = this.interval();
    const wait = Math.min(LONGEST_S, Math.max(SHORTEST_S, Number.isFinite(interval) ? interval / 2 : 2 * SHORTEST_S));
    if (this.time.live) this.timer = setTimeout(() => this.tick(), wait * 1000);
  }
}

// The keys that move a page in time.
export function timeKeys(keys, time, refresh) {
  keys.set("p", () => time.toggle());
  keys.set("r", refresh);
  keys.set("+", () => time.scale(0.5));
  keys.set("=", () => time.scale(0.5));
  keys.set("-", () => time.scale(2));
  keys.set("[", () => time.shift(-0.5));
  keys.set("]", () => time.shift(0.5));
}
