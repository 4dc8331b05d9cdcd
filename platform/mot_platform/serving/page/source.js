// @ts-check
/**
 * Where pictures come from: a video file or the webcam, played by the browser in real time.
 *
 * @typedef {(timeS: number, missed: number) => void} FrameListener
 *   Called once per new frame with its time in the video, and how many were never shown before it.
 */

const JPEG_QUALITY = 0.9;
const LONGEST_SIDE_PX = 640;

export class Source {
  /** Called for every new frame. @type {FrameListener} */
  onframe = () => {};
  /** Called when a file is at its end, or the camera was unplugged. */
  onend = () => {};

  #released = false;
  #presented = 0;
  #lastTimeS = -1;
  #ended = () => this.onend();

  /**
   * @param {HTMLVideoElement} video  Loaded.
   * @param {"file" | "webcam"} kind
   * @param {string} name
   */
  constructor(video, kind, name) {
    this.video = video;
    this.kind = kind;
    this.name = name;
    video.addEventListener("ended", this.#ended);
    if (video.srcObject instanceof MediaStream) {
      video.srcObject.getVideoTracks()[0].addEventListener("ended", this.#ended);
    }
    this.#watch();
  }

  /**
   * Return the source for a file that the user chose.
   * @param {File} file
   */
  static async file(file) {
    const video = emptyVideo();
    video.src = URL.createObjectURL(file);
    const hint = `The browser cannot play ${file.name}. An H.264 mp4 or a WebM works everywhere.`;
    await loaded(video, hint);
    return new Source(video, "file", file.name);
  }

  /** Return the source for the webcam, after the user has agreed. */
  static async webcam() {
    if (!navigator.mediaDevices) throw new Error("Browsers give the webcam only to pages on https or localhost.");
    const wanted = { video: { width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false };
    const stream = await navigator.mediaDevices.getUserMedia(wanted).catch((/** @type {DOMException} */ error) => {
      if (error.name === "NotAllowedError") throw new Error("The webcam was not allowed. Allow it in the browser and try again.");
      if (error.name === "NotFoundError") throw new Error("No webcam was found.");
      throw new Error(`The webcam does not start: ${error.message || error.name}.`);
    });
    const video = emptyVideo();
    video.srcObject = stream;
    await loaded(video, "The webcam gives no picture.");
    return new Source(video, "webcam", stream.getVideoTracks()[0].label || "Webcam");
  }

  /** Displayed size in pixels. @returns {[number, number]} */
  get sizeWh() {
    return [this.video.videoWidth, this.video.videoHeight];
  }

  /** Length in seconds; Infinity for a webcam. */
  get durationS() {
    return this.kind === "file" ? this.video.duration : Infinity;
  }

  play() {
    // A play that a pause overtakes is rejected; that is no error.
    this.video.play().catch(() => {});
  }

  pause() {
    this.video.pause();
  }

  /** Go back to the first frame of a file. */
  rewind() {
    this.#lastTimeS = -1;
    if (this.kind === "file") this.video.currentTime = 0;
  }

  /** Let go of the file or the camera. */
  release() {
    this.#released = true;
    this.video.remove();
    if (this.video.srcObject instanceof MediaStream) this.video.srcObject.getTracks().forEach((track) => track.stop());
    if (this.video.src) URL.revokeObjectURL(this.video.src);
    this.video.removeAttribute("src");
    this.video.srcObject = null;
  }

  #watch() {
    if (this.#released) return;
    if (!this.video.requestVideoFrameCallback) {
      requestAnimationFrame(() => (this.#seen(this.video.currentTime, 0), this.#watch()));
      return;
    }
    this.video.requestVideoFrameCallback((_, { mediaTime, presentedFrames }) => {
      const missed = this.#presented ? Math.max(0, presentedFrames - this.#presented - 1) : 0;
      this.#presented = presentedFrames;
      this.#seen(mediaTime, missed);
      this.#watch();
    });
  }

  /** @param {number} timeS @param {number} missed */
  #seen(timeS, missed) {
    if (this.#released || timeS <= this.#lastTimeS) return;
    this.#lastTimeS = timeS;
    this.onframe(timeS, missed);
  }
}

/**
 * Return the JPEG to send for a picture: at most twice the network's input, never enlarged.
 * @param {ImageBitmap} picture
 * @param {[number, number]} inputWh  Input of the network in pixels.
 */
export async function encode(picture, inputWh) {
  const fit = Math.min(inputWh[0] / picture.width, inputWh[1] / picture.height);
  const scale = Math.min(1, 2 * fit, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
  const size = [picture.width, picture.height].map((n) => Math.max(1, Math.round(n * scale)));
  const canvas = new OffscreenCanvas(size[0], size[1]);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, size[0], size[1]);
  return (await canvas.convertToBlob({ type: "image/jpeg", quality: JPEG_QUALITY })).arrayBuffer();
}

function emptyVideo() {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  return video;
}

/** @param {HTMLVideoElement} video @param {string} message  What to say when it fails. */
function loaded(video, message) {
  return new Promise((resolve, reject) => {
    video.onloadeddata = () => (video.videoWidth > 0 ? resolve(undefined) : reject(new Error(message)));
    video.onerror = () => reject(new Error(message));
  });
}
