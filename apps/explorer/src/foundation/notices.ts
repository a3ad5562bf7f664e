import { button, h } from "./dom.js";

/** Messages at the bottom of the page; screen readers speak them. */
export class Notices {
  readonly element = h("div", { class: "notices", role: "status", "aria-live": "polite" });

  /** Shows a message until it is put away. The same message is not shown twice. */
  tell(message: string): void {
    for (const shown of this.element.children) {
      if (shown.firstElementChild?.textContent === message) return;
    }
    const notice = h("div", { class: "notice" }, h("p", {}, message));
    notice.append(button("Close", () => notice.remove(), { class: "notice-close" }));
    this.element.append(notice);
    if (this.element.children.length > 3) this.element.firstElementChild?.remove();
  }
}
