// @ts-check
/** A frame and what was found in it: boxes, ids, actions and trails, drawn together on one canvas. */

import { actionColor, inkOnTrack, shortName, trackColor } from "./colors.js";

/** @typedef {import("./messages.js").Track} Track */

const TRAIL_POINTS = 48;
const MIN_ACTION_SCORE = 0.3;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';

/**
 * Return the action of a track that is sure enough to be said, or null.
 * @param {Track} track
 */
export function saidAction(track) {
  const best = track.actions[0];
  return best && best.score >= MIN_ACTION_SCORE ? best : null;
}

export class Overlay {
  /** @type {ImageBitmap | null} */
  #picture = null;
  /** @type {Track[]} */
  #tracks = [];
  /** Foot points by id, oldest first, and the frame that the track was last seen in. @type {Map<number, {points: number[][], seen: number}>} */
  #trails = new Map();
  #frames = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(name: string) => number} actionIndex  Place of an action among those of the model.
   */
  constructor(canvas, actionIndex) {
    this.canvas = canvas;
    this.actionIndex = actionIndex;
    new ResizeObserver(() => this.#draw()).observe(/** @type {Element} */ (canvas.parentElement));
  }

  /**
   * Show a frame with its tracks.
   * @param {ImageBitmap} picture  Taken over: closed when the next one comes. Boxes refer to its size.
   * @param {Track[]} tracks
   */
  show(picture, tracks) {
    this.#picture?.close();
    this.#picture = picture;
    this.#tracks = tracks;
    this.#frames += 1;
    for (const { track_id: id, box } of tracks) {
      const trail = this.#trails.get(id) ?? { points: [], seen: 0 };
      trail.points.push([(box[0] + box[2]) / 2, box[3]]);
      if (trail.points.length > TRAIL_POINTS) trail.points.shift();
      trail.seen = this.#frames;
      this.#trails.set(id, trail);
    }
    for (const [id, trail] of this.#trails) if (trail.seen < this.#frames - TRAIL_POINTS) this.#trails.delete(id);
    this.#draw();
  }

  /** Forget everything and show nothing. */
  clear() {
    this.#picture?.close();
    this.#picture = null;
    this.#tracks = [];
    this.#trails.clear();
    this.#draw();
  }

  #draw() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const picture = this.#picture;
    if (!picture) return context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const room = /** @type {Element} */ (this.canvas.parentElement).getBoundingClientRect();
    const cssScale = Math.min(room.width / picture.width, room.height / picture.height);
    const density = Math.min(devicePixelRatio || 1, 3);
    const size = [picture.width, picture.height].map((n) => Math.max(1, Math.round(n * cssScale * density)));
    if (this.canvas.width !== size[0]) this.canvas.width = size[0];
    if (this.canvas.height !== size[1]) this.canvas.height = size[1];
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, size[0], size[1]);
    // From here on one unit is one CSS pixel, so lines and letters have the same size on every screen.
    context.setTransform(density, 0, 0, density, 0, 0);
    const wh = [size[0] / density, size[1] / density];
    const unit = wh[0] < 520 ? 11 : 13;
    for (const track of this.#tracks) this.#drawTrail(context, track.track_id, cssScale);
    for (const track of this.#tracks) drawBox(context, track, cssScale);
    // Labels last, so that no box crosses a text; the nearest (lowest) person on top.
    const nearestLast = [...this.#tracks].sort((a, b) => a.box[3] - b.box[3]);
    for (const track of nearestLast) this.#drawLabel(context, track, cssScale, wh, unit);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} id @param {number} scale */
  #drawTrail(context, id, scale) {
    const points = this.#trails.get(id)?.points ?? [];
    context.strokeStyle = trackColor(id);
    context.lineCap = "round";
    for (let i = 1; i < points.length; i += 1) {
      const age = i / points.length;
      context.globalAlpha = 0.1 + 0.8 * age;
      context.lineWidth = 0.75 + 2 * age;
      context.beginPath();
      context.moveTo(points[i - 1][0] * scale, points[i - 1][1] * scale);
      context.lineTo(points[i][0] * scale, points[i][1] * scale);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Track} track
   * @param {number} scale
   * @param {number[]} wh  Size of the canvas in units of the context.
   * @param {number} unit  Height of letters.
   */
  #drawLabel(context, track, scale, [width, height], unit) {
    const action = saidAction(track);
    const id = String(track.track_id);
    const text = action ? shortName(action.name) : "";
    context.font = `700 ${unit}px ${FONT}`;
    const idWidth = context.measureText(id).width;
    context.font = `500 ${unit}px ${FONT}`;
    const [pad, dot, high] = [5, action ? 8 : 0, unit + 7];
    const wide = 2 * pad + idWidth + (action ? pad + dot + 4 + context.measureText(text).width : 0);
    const left = Math.max(0, Math.min(track.box[0] * scale - 1, width - wide));
    const top = Math.max(0, Math.min(track.box[1] * scale - high, height - high));
    context.fillStyle = trackColor(track.track_id);
    context.beginPath();
    context.roundRect(left, top, wide, high, 3);
    context.fill();
    context.textBaseline = "middle";
    context.fillStyle = inkOnTrack(track.track_id);
    context.font = `700 ${unit}px ${FONT}`;
    context.fillText(id, left + pad, top + high / 2 + 0.5);
    if (!action) return;
    context.font = `500 ${unit}px ${FONT}`;
    context.fillText(text, left + 2 * pad + idWidth + dot + 4, top + high / 2 + 0.5);
    context.fillStyle = actionColor(this.actionIndex(action.name));
    context.strokeStyle = "rgb(0 0 0 / 0.55)";
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(left + 2 * pad + idWidth, top + (high - dot) / 2, dot, dot, 2);
    context.fill();
    context.stroke();
  }
}

/**
 * Draw a box with a dark rim, so that it stands out on any ground.
 * @param {CanvasRenderingContext2D} context
 * @param {Track} track
 * @param {number} scale
 */
function drawBox(context, track, scale) {
  const [x1, y1, x2, y2] = track.box.map((n) => n * scale);
  for (const [style, width] of /** @type {[string, number][]} */ ([["rgb(0 0 0 / 0.45)", 4], [trackColor(track.track_id), 2]])) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    context.roundRect(x1, y1, Math.max(0, x2 - x1), Math.max(0, y2 - y1), 2);
    context.stroke();
  }
}
