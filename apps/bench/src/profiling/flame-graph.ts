import { escapeXml, renderSvg } from '../report/svg.ts'
import type { CallTree, FrameOrigin } from './call-tree.ts'

const width = 1200
const margin = 20
const top = 66
const rowHeight = 18
/** Narrower frames say nothing, and there are thousands of them. */
const minWidth = 2.5
/** Modules that load modules go deeper, and say nothing more there. */
const maxDepth = 40
const characterWidth = 6.6
const colours: Readonly<Record<FrameOrigin, string>> = {
  ours: '#7fb3ff',
  library: '#c9b3f5',
  node: '#a6d8b0',
  engine: '#d7d7d7',
}

/** Callers above, what they called below, each as wide as its time. Every frame says its name and time when pointed at. */
export function renderFlameGraph(title: string, tree: CallTree): string {
  const body: string[] = []
  let deepest = 0
  const scale = (width - 2 * margin) / Math.max(tree.totalMs, Number.EPSILON)
  const draw = (node: CallTree, fromMs: number, depth: number) => {
    const frameWidth = node.totalMs * scale
    if (frameWidth < minWidth || depth > maxDepth) return
    deepest = Math.max(deepest, depth)
    body.push(frameOf({ node, frameWidth, x: margin + fromMs * scale, y: top + depth * rowHeight, all: tree.totalMs }))
    let childFromMs = fromMs
    for (const child of node.children) {
      draw(child, childFromMs, depth + 1)
      childFromMs += child.totalMs
    }
  }
  draw(tree, 0, 0)
  return renderSvg({
    title,
    subtitle: `${Math.round(tree.totalMs)} ms busy. Blue: Slipway, violet: libraries, green: Node, grey: engine and system`,
    width,
    height: top + (deepest + 1) * rowHeight + margin,
    body,
  })
}

interface Frame {
  readonly node: CallTree
  readonly frameWidth: number
  readonly x: number
  readonly y: number
  readonly all: number
}

function frameOf({ node, frameWidth, x, y, all }: Frame): string {
  const share = ((node.totalMs / all) * 100).toFixed(1)
  const fitting = Math.floor((frameWidth - 6) / characterWidth)
  const label = node.name.length > fitting ? `${node.name.slice(0, Math.max(0, fitting - 1))}…` : node.name
  const text =
    fitting < 4
      ? ''
      : `<text x="${(x + 3).toFixed(1)}" y="${y + 13}" style="font-size:11px;fill:#1f2328">${escapeXml(label)}</text>`
  return (
    `<g><title>${escapeXml(node.name)}: ${node.totalMs.toFixed(1)} ms, ${share} %</title>` +
    `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, frameWidth - 0.5).toFixed(1)}" height="${rowHeight - 1}" fill="${colours[node.origin]}"/>${text}</g>`
  )
}
