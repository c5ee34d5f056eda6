/** Where cached images are kept, under their digests. Files today; an object store has to offer no more than this. */
export interface CacheStore {
  /** What is there, whole or begun. Only before serving. */
  list(): Promise<StoredObject[]>
  /** For reading a whole object; a removed one stays readable for whoever has it open. */
  open(sha256: string): Promise<CacheFile>
  /** Begins an object, or goes on with what is there of it. */
  beginFill(sha256: string): Promise<FillFile>
  /** Removes it, whole or begun. Removing what is not there is a success. */
  remove(sha256: string): Promise<void>
  /** Remembers over restarts when an object was used last. */
  touch(sha256: string, atMs: number): Promise<void>
  /** Room for more, in bytes. */
  freeBytes(): Promise<number>
}

export interface StoredObject {
  readonly sha256: string
  readonly sizeBytes: number
  readonly usedAtMs: number
  /** Verified, with all its bytes. */
  readonly isWhole: boolean
}

export interface CacheFile {
  /** @returns how many bytes were read; 0 only at the end */
  read(buffer: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

export interface FillFile extends CacheFile {
  /** Bytes that are there already. */
  readonly sizeBytes: number
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Cuts off what is there. */
  truncate(): Promise<void>
  /** Makes the object durable and whole. Reading goes on to work. */
  commit(): Promise<void>
}
