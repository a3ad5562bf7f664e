// A few helpers in place of a framework: elements are made once, and panels change what they hold.

type Child = Node | string | number | null | undefined | false;
type Attributes = Readonly<Record<string, unknown>>;

/**
 * An element. Attributes that start with `on` are listeners, booleans set or leave out the attribute, `class` and all others are
 * attributes as in HTML.
 *
 * @example h("button", { type: "button", onclick: start }, "Start")
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  apply(element, attributes);
  element.append(...shown(children));
  return element;
}

/** An element of SVG, as {@link h}. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  apply(element, attributes);
  element.append(...shown(children));
  return element;
}

function apply(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null)
      element.setAttribute(name, String(value));
  }
}

function shown(children: readonly Child[]): (Node | string)[] {
  return children
    .filter(
      (child): child is Node | string | number => child !== null && child !== undefined && child !== false,
    )
    .map((child) => (typeof child === "number" ? String(child) : child));
}

let made = 0;
/** An id that no other element of the page has. */
export function freshId(stem: string): string {
  return `${stem}-${++made}`;
}

/** A control with its label above, and a hint below where there is one. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  control.id ||= freshId("field");
  const note = hint === undefined ? null : h("p", { class: "hint", id: `${control.id}-hint` }, hint);
  if (note !== null) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, note);
}

/** A list to choose from. */
export function choice<T extends string>(
  options: readonly (readonly [value: T, label: string])[],
  value: T,
  onChange: (value: T) => void,
): HTMLSelectElement {
  const select = h(
    "select",
    { onchange: () => onChange(select.value as T) },
    ...options.map(([each, label]) => h("option", { value: each, selected: each === value }, label)),
  );
  return select;
}

/** A slider whose value stands beside its label. */
export function slider(
  label: string,
  range: { readonly min: number; readonly max: number; readonly step: number; readonly value: number },
  shownAs: (value: number) => string,
  onInput: (value: number) => void,
): { readonly element: HTMLElement; readonly input: HTMLInputElement; set(value: number): void } {
  const id = freshId("slider");
  const output = h("output", { for: id }, shownAs(range.value));
  const tell = () => {
    const value = input.valueAsNumber;
    output.textContent = shownAs(value);
    input.setAttribute("aria-valuetext", shownAs(value));
  };
  const input = h("input", {
    id,
    type: "range",
    min: range.min,
    max: range.max,
    step: range.step,
    value: range.value,
    "aria-valuetext": shownAs(range.value),
    oninput: () => {
      tell();
      onInput(input.valueAsNumber);
    },
  });
  const element = h(
    "div",
    { class: "field" },
    h("div", { class: "label-row" }, h("label", { for: id }, label), output),
    input,
  );
  return {
    element,
    input,
    set(value) {
      input.value = String(value);
      tell();
    },
  };
}

/** A titled part of a panel that opens and closes. */
export function section(title: string, open: boolean, ...children: readonly Child[]): HTMLDetailsElement {
  return h(
    "details",
    { class: "card", open },
    h("summary", {}, h("h2", {}, title)),
    h("div", { class: "card-body" }, ...children),
  );
}

export function button(label: string, onClick: () => void, more: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", onclick: onClick, ...more }, label);
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...shown(children));
}
