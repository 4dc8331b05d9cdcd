// @ts-check
/** A row per track, coloured by its action over time, newest at the right edge. */

import { ACTION_INK, actionColor, inkOnTrack, shortName, trackColor } from "./colors.js";

/** @typedef {import("./history.js").History} History */

/** Room above the rows for what concerns them all; the list in page.css has the same. */
const MARKS_PX = 18;
const ROW_PX = 30;
const BAR_PX = 18;
const GRID_S = 5;

export class Timeline {
  /** Rows in the page, by id. @type {Map<number, {item: HTMLLIElement, action: HTMLElement}>} */
  #items = new Map();
  #legend = "";
  /** @type {History | null} */
  #history = null;

  /**
   * @param {{list: HTMLElement, canvas: HTMLCanvasElement, legend: HTMLElement, empty: HTMLElement, filled: HTMLElement}} parts
   * @param {(name: string) => number} actionIndex  Place of an action among those of the model.
   */
  constructor(parts, actionIndex) {
    this.parts = parts;
    this.actionIndex = actionIndex;
    const redraw = () => this.#history && this.show(this.#history);
    new ResizeObserver(redraw).observe(/** @type {Element} */ (parts.canvas.parentElement));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  }

  /** @param {History} history */
  show(history) {
    this.#history = history;
    const rows = history.rows;
    this.parts.empty.hidden = rows.length > 0;
    this.parts.filled.hidden = rows.length === 0;
    this.#showIds(history, rows);
    this.#showLegend(history);
    this.#draw(history, rows);
  }

  /** @param {History} history @param {import("./history.js").Row[]} rows */
  #showIds(history, rows) {
    const ids = new Set(rows.map((row) => row.id));
    for (const [id, { item }] of this.#items) {
      if (!ids.has(id)) item.remove(), this.#items.delete(id);
    }
    rows.forEach((row, place) => {
      const parts = this.#items.get(row.id) ?? newItem(row.id);
      if (this.parts.list.children[place] !== parts.item) {
        this.parts.list.insertBefore(parts.item, this.parts.list.children[place] ?? null);
      }
      this.#items.set(row.id, parts);
      const present = history.present.has(row.id);
      const action = row.runs[row.runs.length - 1].action;
      const text = !present ? "gone" : action === null ? "not sure" : shortName(action);
      parts.item.classList.toggle("gone", !present);
      if (parts.action.textContent !== text) parts.action.textContent = text;
    });
  }

  /** @param {History} history */
  #showLegend(history) {
    const names = [...history.actions].sort((a, b) => this.#order(a) - this.#order(b));
    if (names.join("\n") === this.#legend) return;
    this.#legend = names.join("\n");
    this.parts.legend.replaceChildren(
      ...names.map((name) => {
        const entry = document.createElement("li");
        const swatch = document.createElement("i");
        if (name !== null) swatch.style.backgroundColor = actionColor(this.actionIndex(name));
        entry.append(swatch, name === null ? "not sure" : shortName(name));
        return entry;
      }),
    );
  }

  /** @param {string | null} name */
  #order(name) {
    return name === null ? Infinity : this.actionIndex(name);
  }

  /** @param {History} history @param {import("./history.js").Row[]} rows */
  #draw(history, rows) {
    const canvas = this.parts.canvas;
    const density = devicePixelRatio || 1;
    const width = /** @type {Element} */ (canvas.parentElement).clientWidth;
    const height = MARKS_PX + rows.length * ROW_PX;
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    canvas.style.height = `${height}px`;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.scale(density, density);
    const style = getComputedStyle(canvas);
    /** @param {number} timeS */
    const x = (timeS) => width * (1 - (history.nowS - timeS) / history.spanS);
    context.fillStyle = style.getPropertyValue("--line");
    for (let ago = GRID_S; ago < history.spanS; ago += GRID_S) {
      context.fillRect(Math.round(x(history.nowS - ago)), MARKS_PX, 1, height);
    }
    context.font = `500 11px ${style.fontFamily}`;
    context.textBaseline = "middle";
    rows.forEach((row, place) => {
      context.globalAlpha = history.present.has(row.id) ? 1 : 0.55;
      const top = MARKS_PX + place * ROW_PX;
      for (const run of row.runs) this.#drawRun(context, run, x(run.fromS), x(run.toS), top, style);
    });
    context.globalAlpha = 1;
    for (const timeS of history.resumptions) drawResumption(context, x(timeS), height, style);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./history.js").Run} run
   * @param {number} left
   * @param {number} right
   * @param {number} top  Of the row.
   * @param {CSSStyleDeclaration} style
   */
  #drawRun(context, run, left, right, top, style) {
    const from = Math.max(0, left);
    const wide = Math.max(1.5, right - from - 1);
    context.fillStyle = run.action === null ? style.getPropertyValue("--unsure") : actionColor(this.actionIndex(run.action));
    context.beginPath();
    context.roundRect(from, top + (ROW_PX - BAR_PX) / 2, wide, BAR_PX, Math.min(3, wide / 2));
    context.fill();
    const text = run.action === null ? "" : shortName(run.action);
    if (!text || context.measureText(text).width + 12 > wide) return;
    context.fillStyle = ACTION_INK;
    context.fillText(text, from + 6, top + ROW_PX / 2 + 0.5);
  }
}

/** @param {number} id */
function newItem(id) {
  const item = document.createElement("li");
  const badge = document.createElement("b");
  const action = document.createElement("span");
  item.dataset.trackId = String(id);
  badge.textContent = String(id);
  badge.style.backgroundColor = trackColor(id);
  badge.style.color = inkOnTrack(id);
  item.append(badge, action);
  return { item, action };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} height
 * @param {CSSStyleDeclaration} style
 */
function drawResumption(context, x, height, style) {
  context.fillStyle = style.getPropertyValue("--accent");
  for (let y = MARKS_PX; y < height; y += 6) context.fillRect(Math.round(x) - 1, y, 2, 4);
  const wide = context.measureText("resumed").width + 12;
  const left = Math.max(0, Math.min(x - wide / 2, context.canvas.clientWidth - wide));
  context.beginPath();
  context.roundRect(left, 0, wide, MARKS_PX - 1, 4);
  context.fill();
  context.fillStyle = style.getPropertyValue("--accent-ink");
  context.fillText("resumed", left + 6, MARKS_PX / 2);
}
