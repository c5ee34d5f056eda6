import type { Act, ImageRecord, PartAct } from '../ledger/ledger.ts'

/** What the server shows of an image, asked directly. */
export interface SeenImage {
  /** When it was asked, and when the last answer was there. */
  readonly askedAtMs: number
  readonly answeredAtMs: number
  /** Undefined: there is no such image. */
  readonly image: { readonly uploadStatus: string; readonly sha256: string | null } | undefined
  /** Undefined: not asked for. A digest is null until the server has computed it. */
  readonly parts: readonly { readonly partNumber: number; readonly sha256: string | null }[] | undefined
}

export interface JudgeOptions {
  /** Wrong bytes are found when the completion has been acknowledged already. */
  readonly verifiesAfterCompletion: boolean
}

/**
 * Compares what a server shows with what it has acknowledged. Acknowledged before it was asked must be there; what was
 * only attempted may be there, whenever it was.
 * @returns what is wrong, in words
 */
export function judgeImage(record: ImageRecord, seen: SeenImage, options: JudgeOptions): string[] {
  const { askedAtMs, answeredAtMs, image } = seen
  const isPromised = (act: Act) => act.isAcknowledged && act.endedAtMs <= askedAtMs
  const isPossible = (act: Act) => act.startedAtMs <= answeredAtMs
  const isDeletionPossible = record.deletions.some(isPossible)

  if (!image) {
    const isKnown = (record.createdAtMs ?? Number.POSITIVE_INFINITY) <= askedAtMs || isClaimed(record, askedAtMs)
    return isKnown && !isDeletionPossible ? [`${record.id} is gone though nobody deleted it`] : []
  }
  const complaints: string[] = []
  if (record.deletions.some(isPromised)) complaints.push(`${record.id} is there though its deletion was acknowledged`)
  const mayFail = options.verifiesAfterCompletion && (record.isCorrupted || hasRivals(record))
  complaints.push(...judgeCompletion(record, seen, { isPossible, mayFail }))
  complaints.push(...judgeRevocation(record, image.uploadStatus, { isPromised, isPossible }))
  complaints.push(...judgeParts(record, seen))
  return complaints
}

function isClaimed({ claim }: ImageRecord, atMs: number): boolean {
  return claim !== undefined && claim.atMs <= atMs
}

/** Clients of different bytes met in it: one may replace a part just before the other one completes. */
function hasRivals({ parts }: ImageRecord): boolean {
  const digestCount = (acts: readonly PartAct[]) =>
    new Set(acts.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256]))).size
  return [...parts.values()].some((acts) => digestCount(acts) > 1)
}

interface CompletionTests {
  readonly isPossible: (act: Act) => boolean
  /** Although it was completed. */
  readonly mayFail: boolean
}

function judgeCompletion(record: ImageRecord, seen: SeenImage, { isPossible, mayFail }: CompletionTests): string[] {
  const { askedAtMs, image } = seen
  if (!image) return []
  const digests = record.completions.filter(({ endedAtMs }) => endedAtMs <= askedAtMs).map(({ sha256 }) => sha256)
  if (record.claim && isClaimed(record, askedAtMs)) digests.push(record.claim.sha256)
  const complaints: string[] = []
  for (const sha256 of new Set(digests)) {
    const isRight =
      image.uploadStatus === 'completed' ||
      (image.uploadStatus === 'revoked' && record.revocations.some(isPossible)) ||
      (image.uploadStatus === 'failed' && mayFail)
    if (!isRight) complaints.push(`${record.id} is ${image.uploadStatus} though its completion was acknowledged`)
    if (image.sha256 !== sha256)
      complaints.push(`${record.id} has the digest ${image.sha256}, acknowledged was ${sha256}`)
  }
  return complaints
}

interface ActTests {
  readonly isPromised: (act: Act) => boolean
  readonly isPossible: (act: Act) => boolean
}

/** The last of revoking and reinstating counts; two that overlap may have come in either order. */
function judgeRevocation(record: ImageRecord, uploadStatus: string, { isPromised, isPossible }: ActTests): string[] {
  const isFinal = (act: Act, opposites: readonly Act[]) =>
    isPromised(act) && !opposites.some((other) => isPossible(other) && other.endedAtMs >= act.startedAtMs)
  const { id, revocations, reinstatements } = record
  if (uploadStatus !== 'revoked' && revocations.some((act) => isFinal(act, reinstatements))) {
    return [`${id} is ${uploadStatus} though its revocation was acknowledged`]
  }
  if (uploadStatus === 'revoked' && reinstatements.some((act) => isFinal(act, revocations))) {
    return [`${id} is revoked though its reinstatement was acknowledged`]
  }
  return []
}

function judgeParts(record: ImageRecord, { parts, askedAtMs, answeredAtMs }: SeenImage): string[] {
  if (!parts) return []
  const complaints: string[] = []
  // An object store forgets the parts when it makes the object of them, whose completion may not be recorded yet.
  if (parts.length === 0 && (record.completionBegunAtMs ?? Number.POSITIVE_INFINITY) <= answeredAtMs) return []
  const held = new Map(parts.map(({ partNumber, sha256 }) => [partNumber, sha256]))
  for (const [partNumber, acts] of record.parts) {
    const promised = acts.filter((act) => act.isAcknowledged && act.endedAtMs <= askedAtMs)
    if (promised.length > 0 && !held.has(partNumber)) {
      complaints.push(`part ${partNumber} of ${record.id} is gone though it was acknowledged`)
    }
  }
  for (const [partNumber, sha256] of held) {
    const acts = (record.parts.get(partNumber) ?? []).filter((act) => act.startedAtMs <= answeredAtMs)
    const possible = acts.filter((act) => !isSuperseded(act, acts, askedAtMs)).map((act) => act.sha256)
    // One that is still arriving has no digest yet, and may be it.
    const isOpen = acts.some((act) => act.sha256 === undefined && act.endedAtMs > answeredAtMs)
    if (sha256 === null || possible.includes(sha256) || isOpen) continue
    complaints.push(`part ${partNumber} of ${record.id} has the digest ${sha256}, which is none of those it can have`)
  }
  return complaints
}

/** Another one was sent after it was over, and acknowledged. */
function isSuperseded(act: PartAct, acts: readonly PartAct[], askedAtMs: number): boolean {
  return acts.some((other) => other.isAcknowledged && other.endedAtMs <= askedAtMs && other.startedAtMs > act.endedAtMs)
}
