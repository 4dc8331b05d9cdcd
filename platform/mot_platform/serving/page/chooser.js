// @ts-check
/** How the user names a source: two file buttons, two webcam buttons, and a file dropped on the stage. */

import { element } from "./panel.js";

/** @param {{file: (file: File) => void, webcam: () => void}} chosen  Called with every choice. */
export function offerSources(chosen) {
  for (const button of document.querySelectorAll("[data-webcam]")) button.addEventListener("click", chosen.webcam);
  element("file").addEventListener("change", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (file) chosen.file(file);
    input.value = ""; // so that choosing the same file again is a change
  });
  const stage = element("stage");
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    stage.addEventListener(type, (event) => {
      event.preventDefault();
      stage.classList.toggle("dropping", type === "dragenter" || type === "dragover");
      const file = type === "drop" ? /** @type {DragEvent} */ (event).dataTransfer?.files[0] : undefined;
      if (file) chosen.file(file);
    });
  }
}
