/** What Node's `--cpu-prof` writes, as far as it is needed. */
export interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

export interface CpuProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

export interface CallTree {
  /** Function and file, as people know them. */
  readonly name: string
  readonly origin: FrameOrigin
  /** Milliseconds in the function itself. */
  readonly selfMs: number
  /** Milliseconds in it and in what it called. */
  readonly totalMs: number
  /** Those that took any time. */
  readonly children: readonly CallTree[]
}

export type FrameOrigin = 'ours' | 'library' | 'node' | 'engine'

/** A thread that waits is not what a profile is read for. */
const idleName = '(idle)'

/** @returns the tree of calls, without idle time; calls of one function by another are one branch */
export function callTreeOf({ nodes, samples, timeDeltas }: CpuProfile): CallTree {
  const selfUs = new Map<number, number>()
  for (const [index, id] of samples.entries()) {
    // A sample's time lasts until the next one.
    selfUs.set(id, (selfUs.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0))
  }
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const root = nodes[0]
  if (!root) return { name: '(root)', origin: 'engine', selfMs: 0, totalMs: 0, children: [] }
  return build([root])

  function build(same: readonly CpuProfileNode[]): CallTree {
    const first = same[0] as CpuProfileNode
    const groups = new Map<string, CpuProfileNode[]>()
    for (const id of same.flatMap(({ children = [] }) => children)) {
      const child = byId.get(id)
      if (!child || child.callFrame.functionName === idleName) continue
      const name = nameOf(child)
      groups.set(name, [...(groups.get(name) ?? []), child])
    }
    const children = [...groups.values()]
      .map(build)
      .filter(({ totalMs }) => totalMs > 0)
      .sort((a, b) => b.totalMs - a.totalMs)
    const selfMs = same.reduce((sum, { id }) => sum + (selfUs.get(id) ?? 0), 0) / 1000
    const totalMs = children.reduce((sum, child) => sum + child.totalMs, selfMs)
    return { name: nameOf(first), origin: originOf(first), selfMs, totalMs, children }
  }
}

export interface FunctionTime {
  readonly name: string
  readonly origin: FrameOrigin
  readonly selfMs: number
}

/** @returns every function with its time in itself, wherever it was called from, the dearest first */
export function functionTimes(tree: CallTree): FunctionTime[] {
  const times = new Map<string, FunctionTime>()
  const visit = ({ name, origin, selfMs, children }: CallTree) => {
    times.set(name, { name, origin, selfMs: (times.get(name)?.selfMs ?? 0) + selfMs })
    children.forEach(visit)
  }
  visit(tree)
  return [...times.values()].filter(({ selfMs }) => selfMs > 0).sort((a, b) => b.selfMs - a.selfMs)
}

function nameOf({ callFrame: { functionName, url } }: CpuProfileNode): string {
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(packages|apps)\/([\w-]+)\/(dist\/)?/, '$2/')
  const name = functionName || '(anonymous)'
  return file ? `${name} ${file}` : name
}

function originOf({ callFrame: { url } }: CpuProfileNode): FrameOrigin {
  if (url === '') return 'engine'
  if (url.startsWith('node:')) return 'node'
  return url.includes('/node_modules/') ? 'library' : 'ours'
}
