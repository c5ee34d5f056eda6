import { backup, DatabaseSync } from 'node:sqlite'

/** Copies the database as it is at one moment, while others go on writing to it. */
export async function snapshotDatabase({ path, target }: { path: string; target: string }): Promise<void> {
  const source = new DatabaseSync(path, { readOnly: true })
  try {
    await backup(source, target)
  } finally {
    source.close()
  }
}
