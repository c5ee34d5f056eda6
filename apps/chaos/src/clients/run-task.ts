import { rm } from 'node:fs/promises'
import { judgeListing } from '../checks/judge-listing.ts'
import type { ClientTask } from '../plan/client-task.ts'
import { parseListed } from './client-actions.ts'
import { type ClientContext, perform } from './client-context.ts'
import { fileDigest } from './file-digest.ts'
import { type HeldImage, uploadUntilDone } from './upload-until-done.ts'

/** By name: what the client has, finished or not. */
export type HeldImages = Map<string, HeldImage>

const maxAttempts = 4
const integrityExitCode = 7

/** Does what the plan says, with the images that the client has by then. */
export async function runTask(
  context: ClientContext,
  task: ClientTask,
  { held, isOver }: { readonly held: HeldImages; readonly isOver: () => boolean },
): Promise<void> {
  const { files, ledger, evidence, now } = context
  switch (task.kind) {
    case 'upload': {
      const { name, interruption } = task
      const earlier = held.get(name)
      held.set(name, await uploadUntilDone(context, { task, earlier, maxAttempts, interruption, isOver }))
      return
    }
    case 'abandon':
      return await abandon(context, task)
    case 'list': {
      const askedAtMs = now()
      const { exitCode, stdout } = await perform(context, { actor: task.actor, job: { kind: 'list' } })
      if (exitCode !== 0) return
      const missing = judgeListing(ledger.images.values(), parseListed(stdout), { askedAtMs, answeredAtMs: now() })
      for (const id of missing) evidence.violate('a listing is complete', `client ${context.index} did not see ${id}`)
      return
    }
  }

  const [name, image] = pickFinished(held, task.pick) ?? []
  if (name === undefined || image?.id === undefined) return
  const { id, sha256 } = image
  if (task.kind === 'download') {
    const { actor, sink, interruption } = task
    const file = sink === 'file' ? files.downloadPath : undefined
    await rm(files.downloadPath, { force: true })
    const job = { kind: 'download', ref: id, file, concurrency: 2 } as const
    let run = await perform(context, { actor, job, interruption })
    if (run.exitCode !== 0 && !isOver()) run = await perform(context, { actor, job })
    if (run.exitCode !== 0) return
    const received = run.stdoutSha256 ?? (await fileDigest(files.downloadPath))
    if (received !== sha256) {
      evidence.violate(
        'downloaded bytes are identical',
        `client ${context.index} got ${received} of ${id}, not ${sha256}`,
      )
    }
    return
  }
  if (task.kind === 'verify') {
    // The command alone has it.
    const source = await files.source(image.task.name, {
      sizeBytes: image.task.sizeBytes,
      seed: image.task.contentSeed,
    })
    const job = { kind: 'verify', ref: id, file: source.path } as const
    const { exitCode, stderr } = await perform(context, { actor: 'command', job })
    if (exitCode === integrityExitCode) evidence.violate('completed bytes are those meant', stderr.trim())
    return
  }
  const run = await perform(context, { actor: task.actor, job: { kind: task.kind, ref: id } })
  if (task.kind !== 'delete') return
  if (run.exitCode === 0) ledger.claimDeleted(id)
  // Deleted or not: the name is to be had again.
  held.delete(name)
}

/** Begins an upload, dies, and discards what it had begun. */
async function abandon(context: ClientContext, task: Extract<ClientTask, { kind: 'abandon' }>): Promise<void> {
  const { files, intentions } = context
  const { name, sizeBytes, contentSeed } = task
  const { path, sha256 } = await files.source(name, { sizeBytes, seed: contentSeed })
  intentions.add(name, sha256)
  await perform(context, {
    actor: 'command',
    job: {
      kind: 'upload',
      file: path,
      name,
      partSizeBytes: 5 * 2 ** 20,
      concurrency: 1,
      resume: false,
      replace: true,
      journalDirectory: files.journalDirectory,
      spoolDirectory: files.spoolDirectory,
    },
    interruption: { how: 'kill', afterMs: 600, pausedMs: 0 },
  })
  await perform(context, { actor: 'command', job: { kind: 'abort', ref: name } })
}

function pickFinished(held: HeldImages, pick: number): readonly [string, HeldImage] | undefined {
  const finished = [...held].filter(([, { id, task }]) => id !== undefined && !task.isShared)
  return finished[Math.floor(pick * finished.length)]
}
