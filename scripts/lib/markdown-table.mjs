/**
 * A Markdown table, with an end of line after each of its lines.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {number} leading how many columns are text; the others stand at the right
 */
export function markdownTable(head, rows, leading) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(head) + line(head.map((_, i) => (i < leading ? "---" : "---:"))) + rows.map(line).join("");
}
