import type { ConformanceCase } from '../case.ts'
import { accessCases } from './access.ts'
import { additionCases } from './additions.ts'
import { authorizationCases } from './authorization.ts'
import { completionCases } from './completion.ts'
import { creationCases } from './creation.ts'
import { downloadCases } from './download.ts'
import { errorCases } from './errors.ts'
import { imageObjectCases } from './image-object.ts'
import { lifeCycleCases } from './life-cycle.ts'
import { listingCases } from './listing.ts'
import { nameCases } from './names.ts'
import { pagingCases } from './paging.ts'
import { partCases } from './parts.ts'
import { prefixCases } from './prefixes.ts'
import { publicationCases } from './publication.ts'
import { raceCases } from './races.ts'
import { rangeCases } from './ranges.ts'
import { referenceCases } from './references.ts'
import { workspaceCases } from './workspaces.ts'

/** Every case of the kit, in the order of reports. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...authorizationCases,
  ...prefixCases,
  ...referenceCases,
  ...nameCases,
  ...creationCases,
  ...imageObjectCases,
  ...errorCases,
  ...partCases,
  ...completionCases,
  ...downloadCases,
  ...rangeCases,
  ...lifeCycleCases,
  ...listingCases,
  ...pagingCases,
  ...accessCases,
  ...workspaceCases,
  ...publicationCases,
  ...raceCases,
  ...additionCases,
]
