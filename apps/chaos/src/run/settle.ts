import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientContext } from '../clients/client-context.ts'
import { perform } from '../clients/client-context.ts'
import type { HeldImages } from '../clients/run-task.ts'
import { uploadUntilDone } from '../clients/upload-until-done.ts'
import type { Resources, System } from '../system/system.ts'
import { checkImage, type ImageChecks } from './watch-images.ts'

export interface SettledClient {
  readonly context: ClientContext
  readonly held: HeldImages
}

export interface SettleOptions {
  readonly system: System
  readonly clients: readonly SettledClient[]
  readonly checks: ImageChecks
  /** Before the faults began, after some use. */
  readonly baseline: Resources | undefined
  /** Drops connections to the server that only the lab keeps. */
  readonly dropIdle: () => void
}

export interface Settled {
  readonly finishedUploads: number
  readonly abortedUploads: number
  readonly verifiedImages: number
  readonly resources: Resources | undefined
}

/** After the faults: every upload can be finished or discarded, everything acknowledged is there, nothing leaks. */
export async function settle(options: SettleOptions): Promise<Settled> {
  const { system, clients, checks, baseline, dropIdle } = options
  const finishedUploads = (await Promise.all(clients.map(finishUploads))).reduce((sum, count) => sum + count, 0)
  const [first] = clients
  const abortedUploads = first ? await abortTheRest(first.context, checks) : 0
  for (const complaint of await system.complaints()) checks.evidence.violate('each job is done once', complaint)
  for (const id of checks.ledger.images.keys()) await checkImage(checks, id)
  const verifiedImages = await verifyBytes(checks, clients)
  dropIdle()
  const resources = await checkLeaks(system, baseline, checks)
  try {
    await system.restart()
  } catch (error) {
    checks.evidence.violate('a server stops and starts in order', (error as Error).message)
    await system.heal()
  }
  for (const id of checks.ledger.images.keys()) await checkImage(checks, id)
  for (const path of await system.leftovers()) checks.evidence.violate('temporary files are swept', path)
  return { finishedUploads, abortedUploads, verifiedImages, resources }
}

/** Without faults the same command has to end well: at the second attempt at the latest, as the first may say how. */
async function finishUploads({ context, held }: SettledClient): Promise<number> {
  let count = 0
  for (const [name, image] of held) {
    if (image.id !== undefined || image.task.isShared) continue
    const options = { task: image.task, earlier: image.earlier, maxAttempts: 2, interruption: undefined }
    const finished = await uploadUntilDone(context, { ...options, isOver: () => false })
    held.set(name, finished)
    if (finished.id === undefined) {
      context.evidence.violate('every upload can be finished', `client ${context.index} cannot finish ${name}`)
    } else count++
  }
  return count
}

interface ListedImage {
  readonly id: string
  readonly name: string
  readonly upload_status: string
  readonly sha256: string | null
}

async function listImages({ api }: ImageChecks): Promise<ListedImage[]> {
  const images: ListedImage[] = []
  let after = ''
  for (;;) {
    const answer = await api.call('GET', `/v2/images?limit=200${after}`)
    if (answer?.status !== 200) throw new Error(`the settled server does not list its images: ${answer?.text}`)
    const page = JSON.parse(answer.text) as { data: ListedImage[]; has_more: boolean; cursor: string }
    images.push(...page.data)
    if (!page.has_more) return images
    after = `&starting_after=${page.cursor}`
  }
}

/** What shared names and lost creations left. */
async function abortTheRest(context: ClientContext, checks: ImageChecks): Promise<number> {
  const isUnfinished = ({ upload_status }: ListedImage) => upload_status === 'started' || upload_status === 'uploading'
  const rest = (await listImages(checks)).filter(isUnfinished)
  for (const { id } of rest) await perform(context, { actor: 'command', job: { kind: 'abort', ref: id } })
  for (const { id, upload_status } of (await listImages(checks)).filter(isUnfinished)) {
    checks.evidence.violate('no image is stuck', `${id} is ${upload_status}, and cannot be discarded`)
  }
  return rest.length
}

/** Downloads every completed image without the client's code, and hashes it. */
async function verifyBytes(checks: ImageChecks, clients: readonly SettledClient[]): Promise<number> {
  const { api, evidence } = checks
  const intentions = clients[0]?.context.intentions
  let count = 0
  for (const { id, name, upload_status, sha256 } of await listImages(checks)) {
    if (upload_status !== 'completed') continue
    if (sha256 === null || !intentions?.has(name, sha256)) {
      evidence.violate(
        'completed bytes are those meant',
        `${id} (${name}) has ${sha256}, which nobody uploaded as that`,
      )
    }
    const answer = await api.call('GET', `/v2/images/${id}/download`)
    const { url } = JSON.parse(answer?.text ?? '{}') as { url?: string }
    const bytes = url === undefined ? undefined : await api.hash(url)
    if (bytes?.sha256 !== sha256) {
      evidence.violate('downloaded bytes are identical', `${id} (${name}) has ${sha256}, its bytes ${bytes?.sha256}`)
    }
    count++
  }
  return count
}

/** A handful: a database opens files when it wants to. */
const fileSlack = 8
const memorySlackBytes = 256 * 1024 * 1024
const calmAttempts = 60
const calmPauseMs = 500

async function checkLeaks(
  system: System,
  baseline: Resources | undefined,
  { evidence }: ImageChecks,
): Promise<Resources | undefined> {
  let now = await system.resources()
  if (!baseline || !now) return now
  const isCalm = (seen: Resources) =>
    seen.openFiles <= baseline.openFiles + fileSlack && seen.residentBytes <= baseline.residentBytes + memorySlackBytes
  for (let attempt = 0; attempt < calmAttempts && now && !isCalm(now); attempt++) {
    await sleep(calmPauseMs)
    now = await system.resources()
  }
  if (now && !isCalm(now)) {
    const message = `the calm server holds ${JSON.stringify(now)}, at first it held ${JSON.stringify(baseline)}`
    evidence.violate('nothing leaks', message)
  }
  return now
}
