import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  /** Columns are left out from the highest number down when the terminal is too narrow; 0 always stays. */
  readonly dropOrder?: number
  /** May be cut with an ellipsis. What is meant to be copied, such as an id, may not. */
  readonly canShrink?: boolean
}

export interface TableOptions<Row> {
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly width: number
}

const gap = '  '
/** Other columns are left out before one that can shrink gets narrower than this. */
const comfortableWidth = 20
/** A name cut shorter than this says nothing. */
const minShrunkWidth = 10

/** Lays rows out in columns that fit `width`: the header first, no line padded at its end. */
export function formatTable<Row>({ rows, columns, width }: TableOptions<Row>): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))]
  const natural = columns.map((_, index) => Math.max(...cells.map((line) => stringWidth(line[index] ?? ''))))
  const kept = columnsThatFit(columns, natural, width)
  const widths = shrink(columns, natural, kept, width)
  return cells.map((line) =>
    kept
      .map((index) => fitCell(line[index] ?? '', widths[index] ?? 0))
      .join(gap)
      .trimEnd(),
  )
}

function columnsThatFit<Row>(columns: readonly Column<Row>[], natural: readonly number[], width: number): number[] {
  let kept = columns.map((_, index) => index)
  const least = (index: number) =>
    columns[index]?.canShrink ? Math.min(natural[index] ?? 0, comfortableWidth) : (natural[index] ?? 0)
  const order = (index: number) => columns[index]?.dropOrder ?? 0
  while (totalWidth(kept.map(least)) > width) {
    const worst = kept.reduce((a, b) => (order(b) > order(a) ? b : a))
    if (order(worst) === 0) break
    kept = kept.filter((index) => index !== worst)
  }
  return kept
}

function shrink<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  kept: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...natural]
  let excess = totalWidth(kept.map((index) => widths[index] ?? 0)) - width
  for (const index of kept) {
    if (excess <= 0) break
    if (!columns[index]?.canShrink) continue
    const least = Math.min(widths[index] ?? 0, minShrunkWidth)
    const cut = Math.min(excess, (widths[index] ?? 0) - least)
    widths[index] = (widths[index] ?? 0) - cut
    excess -= cut
  }
  return widths
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + gap.length * Math.max(0, widths.length - 1)
}

function fitCell(text: string, width: number): string {
  const cut = stringWidth(text) > width ? cliTruncate(text, width) : text
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)))
}
