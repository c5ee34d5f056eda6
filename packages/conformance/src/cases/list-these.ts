import { contract } from '@slipway/core'
import { expectShape } from '../expectations.ts'
import type { CaseContext } from '../run/case-context.ts'

/** Lists only the given images, whatever else the account holds. */
export async function listThese({ api }: CaseContext, ids: readonly string[], more = '') {
  const answer = await api('GET', `/images?${ids.map((id) => `id=${id}`).join('&')}${more}`)
  const { data, has_more: hasMore, cursor } = expectShape(answer, 200, contract.listImages.response)
  return { ids: data.map(({ id }: { id: string }) => id) as string[], hasMore, cursor: cursor as string }
}

export async function createSeveral({ images }: CaseContext, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) ids.push((await images.create()).id)
  return ids
}

export const sorted = (ids: readonly string[]) => [...ids].sort()
