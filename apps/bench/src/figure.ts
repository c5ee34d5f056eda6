/** Whose figure it is: Slipway's, another program's, or what the machine can do at most. */
export type Role = 'ours' | 'peer' | 'limit'

export type Unit = 'GiB/s' | 'requests/s' | 'ms' | 'MiB'

export interface Sample {
  /** In the figure's unit. */
  readonly value: number
  readonly peakRssBytes?: number
}

/** One who takes part in a comparison. */
export interface Contender {
  readonly name: string
  readonly role: Role
  /** One run, prepared and cleaned up after outside of what it counts. */
  measure(): Promise<Sample>
}

export interface MeasuredContender {
  readonly name: string
  readonly role: Role
  /** One for each counted round, in the rounds' order. */
  readonly values: readonly number[]
  readonly peakRssBytes?: number
}

interface FigureText {
  /** Names the chart's file. */
  readonly id: string
  readonly title: string
  /** What was measured, for a reader who wants to judge it. */
  readonly how: string
  readonly unit: Unit
}

/** Contenders side by side. */
export interface Comparison extends FigureText {
  readonly kind: 'comparison'
  /** The contender of ours that the others are compared with. */
  readonly subject: string
  readonly contenders: readonly MeasuredContender[]
}

/** How something grows with something else. */
export interface Scaling extends FigureText {
  readonly kind: 'scaling'
  readonly xLabel: string
  readonly lines: readonly ScalingLine[]
}

export interface ScalingLine {
  readonly name: string
  readonly role: Role
  readonly points: readonly ScalingPoint[]
}

export interface ScalingPoint {
  readonly x: number
  readonly values: readonly number[]
}

export type Figure = Comparison | Scaling

/** A contender who could not take part, and why. */
export interface LeftOut {
  readonly name: string
  readonly reason: string
}

export function isMoreBetter(unit: Unit): boolean {
  return unit === 'GiB/s' || unit === 'requests/s'
}

/** @returns the contender of ours that the others are compared with; the machine's limits have none */
export function subjectOf({ contenders, subject }: Comparison): MeasuredContender | undefined {
  return contenders.find(({ name, role }) => name === subject && role === 'ours')
}

/** @returns how often each contender, or each point of a line, was measured */
export function runCountsOf(figure: Figure): number[] {
  const runs = figure.kind === 'comparison' ? figure.contenders : figure.lines.flatMap(({ points }) => points)
  return runs.map(({ values }) => values.length)
}
