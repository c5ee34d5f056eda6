import { describe, expect, it } from 'vitest'
import { createPartOrder } from './part-order.ts'

const mib = 1024 * 1024

function startOrder() {
  let nowMs = 0
  const advance = (ms: number) => {
    nowMs += ms
  }
  return { order: createPartOrder({ now: () => nowMs }), advance }
}

describe('parts that arrive together', () => {
  it('wait for a lower part of the same image that keeps the server busy', () => {
    const { order, advance } = startOrder()
    const [low, high, other] = [order.enter('a', 1), order.enter('a', 2), order.enter('b', 2)]
    advance(1)
    expect(low.delivered(mib)).toBe(0)
    expect(high.delivered(mib)).toBeGreaterThan(0)
    expect(other.delivered(mib)).toBe(0)
  })

  it('flow side by side when the lower part is slow', () => {
    const { order, advance } = startOrder()
    const [low, high] = [order.enter('a', 1), order.enter('a', 2)]
    advance(30)
    expect(low.delivered(mib)).toBe(0)
    expect(high.delivered(mib)).toBe(0)
  })

  it('go on when the lower part is over, or stalls', () => {
    const { order, advance } = startOrder()
    const [low, high] = [order.enter('a', 1), order.enter('a', 2)]
    advance(1)
    low.delivered(mib)
    advance(20)
    expect(high.delivered(mib)).toBe(0)
    low.delivered(mib)
    advance(1)
    low.delivered(mib)
    low.leave()
    expect(high.delivered(mib)).toBe(0)
  })

  it('are counted by the MiB', () => {
    const { order, advance } = startOrder()
    const [low, high] = [order.enter('a', 1), order.enter('a', 2)]
    advance(1)
    low.delivered(mib)
    expect(high.delivered(mib / 2)).toBe(0)
    expect(high.delivered(mib / 2)).toBeGreaterThan(0)
  })
})
