/** Rows of the same keys as aligned columns under their names; what is null shows as a dash. */
export function formatTable(rows: readonly Readonly<Record<string, string | null>>[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const table = [
    columns.map((name) => name.toUpperCase()),
    ...rows.map((row) => columns.map((name) => row[name] ?? '-')),
  ]
  const widths = columns.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)))
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
