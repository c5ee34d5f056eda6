import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { bytesPrefix } from '../../bytes/serve-bytes.ts'
import { canReadInto } from './socket-reader.ts'

/** Smaller parts are not worth the detour. Larger than what can come with a head: a body never begins another request. */
const minSizeBytes = 256 * 1024

/**
 * Node 24 takes it that what follows the head of an upgrade is the other protocol. Later versions read a body first, if there
 * is one: with them parts arrive as streams.
 */
export const leavesBodies: boolean = process.versions.node.startsWith('24.')

/**
 * A request that Node's parser leaves after its head where the body is a part: to the parser it looks like one that
 * upgrades to another protocol, which is how Node hands over a socket. Real upgrades are none that this server knows.
 */
export class DirectRequest extends IncomingMessage {
  declare parserUpgrades: boolean
  declare isDirect: boolean | undefined

  get upgrade(): boolean {
    // Once: Node asks again with each packet, by when the answer that this one waits behind may have been written.
    this.isDirect ??= isDirect(this)
    return this.isDirect || (this.method === 'CONNECT' && this.parserUpgrades)
  }

  set upgrade(value: boolean) {
    this.parserUpgrades = value
  }
}

function isDirect({ method, url, headers, httpVersion, socket }: IncomingMessage): boolean {
  if (method !== 'PUT' || !url?.startsWith(bytesPrefix) || httpVersion !== '1.1') return false
  // Without Host it is refused: no reason to take its body.
  if (headers.host === undefined || headers['transfer-encoding'] !== undefined) return false
  return lengthOf(headers) >= minSizeBytes && !isAnswering(socket) && canReadInto(socket)
}

/** The parser has made sure that it is a number. */
export function lengthOf(headers: IncomingMessage['headers']): number {
  return Number(headers['content-length'] ?? 0)
}

/** An answer to an earlier request is not written yet: answers must keep their order. */
function isAnswering(socket: Socket): boolean {
  return Boolean((socket as Socket & { _httpMessage?: unknown })._httpMessage)
}
