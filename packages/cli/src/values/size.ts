import { usageFailure } from './usage-failure.ts'

const factors: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** Reads a size such as `64MiB` (2^20 bytes each), `64MB` (10^6) or `67108864` (bytes). @returns bytes */
export function parseSize(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? []
  const factor = factors[unit.toLowerCase()]
  // `M` alone means one thing to dd and another to disk makers: it is refused, not guessed.
  if (digits === '' || factor === undefined) throw refusal(text, option)
  const sizeBytes = Number(digits) * factor
  if (Number.isSafeInteger(sizeBytes) && sizeBytes > 0) return sizeBytes
  throw refusal(text, option)
}

function refusal(text: string, option: string) {
  return usageFailure(
    `${option} must be a size in whole bytes, more than 0, not ${JSON.stringify(text)}`,
    'write it as 64MiB, 64MB or 67108864',
  )
}
