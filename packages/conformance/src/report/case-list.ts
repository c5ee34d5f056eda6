import type { ConformanceCase } from '../case.ts'
import { wrap } from './wrap.ts'

/** What `--list` prints: every case with the sentence that it checks. */
export function listCases(cases: readonly ConformanceCase[]): string {
  const entries = cases.map(({ id, title, sentence, tags, safety, needs }) =>
    [
      `${id}  [${[safety, ...tags].join(', ')}]`,
      wrap(title, { indent: '  ' }),
      wrap(`contract: ${sentence}`, { indent: '  ' }),
      ...(needs.length > 0 ? [wrap(`needs: ${needs.join(', ')}`, { indent: '  ' })] : []),
    ].join('\n'),
  )
  return `${entries.join('\n')}\n\n${cases.length} cases\n`
}
