import { button, h } from "./dom.js";

/** Names of files within the folder that was dropped; a `File` itself does not know it. */
const paths = new WeakMap<File, string>();

/** A file's name, with the folders below the one that was chosen or dropped. */
export function pathOf(file: File): string {
  return paths.get(file) ?? (file.webkitRelativePath || file.name);
}

/** A place to drop files and folders on, and buttons for those who rather choose them. */
export function dropZone(
  words: {
    readonly title: string;
    readonly hint: string;
    readonly button: string;
    /** The words of a button that chooses a whole folder; none without. */
    readonly folder?: string;
  },
  accept: string,
  multiple: boolean,
  onFiles: (files: File[]) => void,
): HTMLElement {
  const chooser = (more: Readonly<Record<string, unknown>>) => {
    const input = h("input", {
      type: "file",
      hidden: true,
      "aria-hidden": "true",
      tabindex: -1,
      ...more,
      onchange: () => {
        const files = [...(input.files ?? [])];
        // The same file may be chosen again.
        input.value = "";
        if (files.length > 0) onFiles(files);
      },
    });
    return input;
  };
  const files = chooser({ accept, multiple });
  const folder = words.folder === undefined ? null : chooser({ webkitdirectory: true });
  const zone = h(
    "div",
    { class: "drop" },
    h("p", { class: "drop-title" }, words.title),
    h(
      "div",
      { class: "row" },
      button(words.button, () => files.click(), { class: "primary" }),
      folder === null ? null : button(words.folder!, () => folder.click()),
    ),
    h("p", { class: "hint" }, words.hint),
    files,
    folder,
  );
  acceptDrops(zone, onFiles);
  return zone;
}

/** Takes files that are dropped on an element, those in folders too. */
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
    const { dataTransfer } = event;
    if (dataTransfer === null) return;
    // Both must be asked for before the event ends.
    const plain = [...dataTransfer.files];
    const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry());
    void (async () => {
      const files = entries.some((entry) => entry?.isDirectory) ? await filesOfEntries(entries) : plain;
      if (files.length > 0) onFiles(files);
    })();
  });
}

/** All files of dropped files and folders, by name; what cannot be read is left to whoever opens it. */
export async function filesOfEntries(entries: readonly (FileSystemEntry | null)[]): Promise<File[]> {
  const found: File[] = [];
  for (const entry of entries) {
    if (entry?.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      paths.set(file, entry.fullPath.replace(/^\//, ""));
      found.push(file);
    } else if (entry?.isDirectory) {
      found.push(...(await filesOfEntries(await childrenOf(entry as FileSystemDirectoryEntry))));
    }
  }
  return found;
}

/** A reader hands over some hundred entries at a time, and at last none. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all.sort((a, b) => (a.name < b.name ? -1 : 1));
    all.push(...some);
  }
}

/** Hands a text over as a file to save. */
export function saveText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
