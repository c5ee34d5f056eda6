import type { Caller } from '../auth/authenticate.ts'
import { defaultAccountName } from '../workspaces/default-workspace.ts'

/** Somebody on the machine itself: no token, and all of the account. */
export const hostCaller: Caller = {
  tokenId: 'host',
  tokenName: 'host',
  account: defaultAccountName,
  role: 'admin',
  workspaceId: undefined,
}
