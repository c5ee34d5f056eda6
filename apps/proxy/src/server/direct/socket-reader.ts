import { Socket } from 'node:net'

/** Gets the bytes of a socket in memory of its own. */
export interface SocketReader {
  /** Where the next bytes go. Asked after each read, for the next one, even when reading stops. */
  room(): Uint8Array
  /**
   * Bytes arrived.
   * @param place what `room` had returned for them, or memory of the reader before: then they must be copied at once
   * @returns false to stop reading until `socket.resume()`
   */
  onRead(sizeBytes: number, place: Buffer): boolean
}

/** Where bytes go that have no better place. Shared by all sockets: a read is over before the next one begins. */
export const scratch: Buffer = Buffer.allocUnsafeSlow(64 * 1024)

/** What Node keeps its `onread` option under, which it offers for sockets that connect, but not for those it accepts. */
const symbols = findSymbols()
const readers = new WeakMap<Socket, SocketReader>()

interface StreamHandle {
  /** Puts this memory before whatever gets the bytes now, for as long as the handle lives. */
  useUserBuffer(buffer: Uint8Array): void
}

type Attachable = { _handle?: Partial<StreamHandle> | null } & Record<symbol, unknown>

/** False where Node's insides are not those that this was written for: then bodies are read as its streams. */
export function canReadInto(socket: Socket): boolean {
  return symbols !== undefined && typeof attachable(socket)._handle?.useUserBuffer === 'function'
}

/**
 * Has the bytes of an accepted socket read straight into a reader's memory. Node's way makes every 64 KiB a buffer of
 * their own and copies them twice, which is what a server that takes in parts would spend most of its time on.
 */
export function readInto(socket: Socket, reader: SocketReader): void {
  const isAttached = readers.has(socket)
  readers.set(socket, reader)
  if (!isAttached) attach(socket)
}

/** Has nothing more written into the memory of a reader that gives up half way. Its connection must be closed afterwards. */
export function withdrawMemory(socket: Socket): void {
  const { _handle: handle } = attachable(socket)
  if (!symbols || socket.destroyed) return
  attachable(socket)[symbols.buffer] = scratch
  handle?.useUserBuffer?.(scratch)
}

function attach(socket: Socket): void {
  if (!symbols) throw new Error('this version of Node does not read into memory of ours')
  const target = attachable(socket)
  target[symbols.buffer] = scratch
  target[symbols.nextBuffer] = () => readers.get(socket)?.room()
  target[symbols.callback] = (sizeBytes: number, place: Buffer) => readers.get(socket)?.onRead(sizeBytes, place)
  target._handle?.useUserBuffer?.(scratch)
}

function attachable(socket: Socket): Attachable {
  return socket as unknown as Attachable
}

function findSymbols(): { buffer: symbol; nextBuffer: symbol; callback: symbol } | undefined {
  const probe = new Socket({ onread: { buffer: scratch, callback: () => true } })
  const named = (name: string) => Object.getOwnPropertySymbols(probe).find(({ description }) => description === name)
  const [buffer, nextBuffer, callback] = [named('kBuffer'), named('kBufferGen'), named('kBufferCb')]
  if (!buffer || !nextBuffer || !callback || attachable(probe)[buffer] !== scratch) return undefined
  return { buffer, nextBuffer, callback }
}
