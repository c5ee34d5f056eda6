import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { UploadGate } from '../../bytes/upload-gate.ts'
import type { Database } from '../../metadata/schema.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import type { ByteUrls } from '../../signing/byte-urls.ts'
import type { NoteArrivedBytes } from '../../young-collector.ts'
import type { UpstreamFeatures } from '../images/upstream-features.ts'
import type { PolicyGuard } from '../policy/policy.ts'
import type { CheckByteUrl } from '../transport/byte-targets.ts'
import type { Circuit } from '../transport/circuit.ts'
import type { Redact } from '../transport/redact.ts'
import type { RequestScopes } from '../transport/request-scope.ts'
import type { UpstreamApi } from '../transport/upstream-api.ts'
import type { ImageGate } from './image-gate.ts'
import type { PartUrls } from './part-urls.ts'
import type { Spool } from './spool.ts'

/** What relaying bytes works with. */
export interface RelayContext {
  readonly api: UpstreamApi
  readonly db: Database
  readonly log: Logger
  readonly now: () => number
  readonly features: UpstreamFeatures
  readonly policy: PolicyGuard
  readonly byteUrls: ByteUrls
  readonly uploads: UploadGate
  readonly metrics: Pick<Metrics, 'addReceivedBytes' | 'addSentBytes' | 'addGauge' | 'addCounter'>
  readonly dispatcher: Dispatcher
  readonly checkByteUrl: CheckByteUrl
  /** Of the upstream's storage, which may be well while its API is not. */
  readonly byteCircuit: Circuit
  readonly redact: Redact
  readonly scopes: Pick<RequestScopes, 'assertNoLoop' | 'headers'>
  readonly gate: ImageGate
  readonly partUrls: PartUrls
  /** Undefined: no copies are kept. */
  readonly spool: Spool | undefined
  readonly stallTimeoutMs: number
  readonly noteArrivedBytes: NoteArrivedBytes
}
