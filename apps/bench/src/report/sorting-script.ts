import { Html } from "./html.js";

/**
 * Sorts the rows of each dataset by a click on a column's head: largest first, then smallest first, then as they were. Without
 * scripts the table reads as before.
 */
export const sortingScript = new Html(`
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.querySelectorAll("thead th[scope=col]:not(.paper), thead th[scope=colgroup]")]
    .filter((head) => !head.closest(".subhead"));
  const groups = [...table.tBodies].map((body) => ({ body, rows: [...body.rows].slice(1) }));
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const order = { none: "descending", descending: "ascending", ascending: "none" }[head.ariaSort ?? "none"];
      for (const other of heads) other.ariaSort = "none";
      head.ariaSort = order;
      const valueOf = (row) => [...row.children].filter((cell) => "value" in cell.dataset)[column].dataset.value;
      const compare = (a, b) => {
        const [x, y] = [valueOf(a), valueOf(b)];
        if (x === "" || y === "") return (x === "") - (y === "");
        const numbers = Number(x) - Number(y);
        const upward = Number.isNaN(numbers) ? x.localeCompare(y) : numbers;
        return order === "ascending" ? upward : -upward;
      };
      for (const { body, rows } of groups) body.append(...(order === "none" ? rows : [...rows].sort(compare)));
    });
  });
}
`);
