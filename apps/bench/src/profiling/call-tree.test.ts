import { expect, test } from 'vitest'
import { type CpuProfile, callTreeOf, functionTimes } from './call-tree.ts'
import { renderFlameGraph } from './flame-graph.ts'

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 })
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 4] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('send', 'file:///x/packages/sdk/dist/upload/send-part.js'), children: [5] },
    { id: 4, callFrame: frame('(garbage collector)') },
    { id: 5, callFrame: frame('', 'file:///x/node_modules/undici/lib/<a>.js') },
  ],
  samples: [2, 3, 5, 4, 2],
  timeDeltas: [0, 50_000, 3000, 5000, 2000],
}

test('a sample lasts until the next one, and idle time does not count', () => {
  const tree = callTreeOf(profile)
  expect(tree.totalMs).toBe(10)
  expect(tree.children).toMatchObject([
    {
      name: 'send sdk/upload/send-part.js',
      origin: 'ours',
      selfMs: 3,
      totalMs: 8,
      children: [{ name: '(anonymous) undici/lib/<a>.js', origin: 'library', selfMs: 5 }],
    },
    { name: '(garbage collector)', origin: 'engine', selfMs: 2 },
  ])
  expect(functionTimes(tree).map(({ selfMs }) => selfMs)).toEqual([5, 3, 2])
})

test('the graph has a frame for each, escaped, and every frame says its time', () => {
  const svg = renderFlameGraph('Upload', callTreeOf(profile))
  expect(svg.match(/<rect x=/g)).toHaveLength(4)
  expect(svg).toContain('<title>(anonymous) undici/lib/&lt;a&gt;.js: 5.0 ms, 50.0 %</title>')
})

test('a profile of nothing is an empty graph', () => {
  const tree = callTreeOf({ nodes: [], samples: [], timeDeltas: [] })
  expect(renderFlameGraph('Nothing', tree)).not.toMatch(/NaN|Infinity/)
})
