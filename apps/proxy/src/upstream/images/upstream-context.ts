import type { Database } from '../../metadata/schema.ts'
import type { PolicyGuard } from '../policy/policy.ts'
import type { UpstreamApi } from '../transport/upstream-api.ts'
import type { WorkspaceDirectory } from '../workspaces/workspace-directory.ts'
import type { CreationLocks } from './create-upstream-image.ts'
import type { ImageFacts } from './image-facts.ts'
import type { UpstreamBytes } from './upstream-bytes.ts'
import type { UpstreamFeatures } from './upstream-features.ts'

/** What the operations of the upstream service work with. */
export interface UpstreamContext {
  readonly api: UpstreamApi
  readonly db: Database
  readonly directory: WorkspaceDirectory
  readonly policy: PolicyGuard
  readonly facts: ImageFacts
  readonly bytes: UpstreamBytes
  readonly features: UpstreamFeatures
  readonly creations: CreationLocks
  readonly now: () => number
}
