import { button, h } from "./dom.js";

/** A place to drop files on, and a button for those who rather choose them. The whole `around` takes drops too. */
export function dropZone(
  words: { readonly title: string; readonly hint: string; readonly button: string },
  accept: string,
  multiple: boolean,
  onFiles: (files: File[]) => void,
): HTMLElement {
  const input = h("input", {
    type: "file",
    accept,
    multiple,
    hidden: true,
    "aria-hidden": "true",
    tabindex: -1,
    onchange: () => {
      const files = [...(input.files ?? [])];
      // The same file may be chosen again.
      input.value = "";
      if (files.length > 0) onFiles(files);
    },
  });
  const zone = h(
    "div",
    { class: "drop" },
    h("p", { class: "drop-title" }, words.title),
    button(words.button, () => input.click(), { class: "primary" }),
    h("p", { class: "hint" }, words.hint),
    input,
  );
  acceptDrops(zone, onFiles);
  return zone;
}

/** Takes files that are dropped on an element. */
export function acceptDrops(element: HTMLElement, onFiles: (files: File[]) => void): void {
  const mark = (isOver: boolean) => element.classList.toggle("is-over", isOver);
  element.addEventListener("dragover", (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    mark(true);
  });
  element.addEventListener("dragleave", (event) => {
    if (!element.contains(event.relatedTarget as Node | null)) mark(false);
  });
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) onFiles(files);
  });
}

/** Hands a text over as a file to save. */
export function saveText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
