/** Lines of a table with a header, each column as wide as its widest cell; columns of numbers are set to the right. */
export function tableLines(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => String(row[column]).length)));
  const lineOf = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, column) => {
        const isNumber = typeof (rows[0]?.[column] ?? cell) === "number";
        return isNumber ? String(cell).padStart(widths[column]!) : String(cell).padEnd(widths[column]!);
      })
      .join("  ")
      .trimEnd();
  return [lineOf(header), lineOf(widths.map((width) => "-".repeat(width))), ...rows.map(lineOf)];
}
