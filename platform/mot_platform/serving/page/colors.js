// @ts-check
/** Colours that stay: one per track id, the same as in annotated videos, and one per action. */

const GOLDEN_RATIO = 0.618033988749895;

/**
 * Return the colour of a track: hues step round the circle, saturation and brightness alternate.
 * @param {number} trackId
 */
export function trackColor(trackId) {
  return `rgb(${trackRgb(trackId).join(" ")})`;
}

/**
 * Return black or white, whichever is easier to read on the colour of a track.
 * @param {number} trackId
 */
export function inkOnTrack(trackId) {
  const [red, green, blue] = trackRgb(trackId);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 120 ? "#0b0c0f" : "#ffffff";
}

/**
 * Return the colour of an action: one lightness that stands out on a light ground and a dark one.
 * @param {number} index  Place among the actions of the model.
 */
export function actionColor(index) {
  const hue = (255 + index * 137.508) % 360;
  return `oklch(${[0.68, 0.62, 0.72][index % 3]} 0.14 ${hue.toFixed(1)})`;
}

/** Ink that is readable on every action colour. */
export const ACTION_INK = "#0b0c0f";

/**
 * Return the name of an action without the explanation in brackets: "bend/bow (at the waist)".
 * @param {string} name
 */
export function shortName(name) {
  return name.split(" (")[0];
}

/** @param {number} trackId @returns {[number, number, number]} */
function trackRgb(trackId) {
  const hue = Math.floor(((trackId * GOLDEN_RATIO) % 1) * 180) / 30; // in whole steps, as for annotated videos
  const [saturation, value] = [[200, 255], [130, 255], [240, 205], [170, 225]][trackId % 4];
  /** @param {number} offset */
  const channel = (offset) => {
    const k = (offset + hue) % 6;
    return Math.round(value * (1 - (saturation / 255) * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
