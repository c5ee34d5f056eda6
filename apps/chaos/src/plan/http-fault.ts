/** Which requests a fault can meet, as the network between client and server sees them. */
export type RouteClass = 'put-part' | 'get-bytes' | 'create' | 'complete' | 'change' | 'read'

/** One thing that goes wrong with one exchange. Fractions are of a body's bytes, 0 up to but not including 1. */
export type HttpFault =
  /** The connection is reset after so much of the request's body. */
  | { readonly kind: 'reset-request'; readonly atFraction: number }
  | { readonly kind: 'reset-response'; readonly atFraction: number }
  /** The server sees a clean end in the middle of the body. */
  | { readonly kind: 'truncate-request'; readonly atFraction: number }
  /** The client sees a clean end in the middle of the body. */
  | { readonly kind: 'truncate-response'; readonly atFraction: number }
  | { readonly kind: 'delay'; readonly holdMs: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number; readonly forMs: number }
  /** Nothing at first, then a trickle, then all of it. */
  | { readonly kind: 'slow-start'; readonly holdMs: number }
  /** The server gets it twice at once. */
  | { readonly kind: 'duplicate' }
  /** Held until later requests have been answered. */
  | { readonly kind: 'reorder'; readonly overtakers: number; readonly holdMs: number }
  /** The client sees a reset; the server gets the request later, when the client may have gone on. */
  | { readonly kind: 'late-delivery'; readonly holdMs: number }
  /** The server did it; the client never hears. */
  | { readonly kind: 'lost-response' }
  /** The server did it; a gateway says that it took too long. */
  | { readonly kind: 'gateway-timeout' }
  | { readonly kind: 'error-in-200' }
  /** Bytes that are no HTTP, a page of HTML, or JSON that breaks off. */
  | { readonly kind: 'garbage'; readonly shape: 'not-http' | 'html' | 'half-json' }
  | { readonly kind: 'unavailable'; readonly status: 429 | 502 | 503; readonly retryAfterSeconds: number }
  /** Nothing comes for so long, then the connection is reset. */
  | { readonly kind: 'black-hole'; readonly holdMs: number }
  | { readonly kind: 'expired-url' }
  | { readonly kind: 'wrong-content-range' }
  | { readonly kind: 'corrupt-request'; readonly atFraction: number }
  | { readonly kind: 'corrupt-response'; readonly atFraction: number }
  /** The server's clock seems to be hours off. */
  | { readonly kind: 'skewed-clock'; readonly offsetSeconds: number }

export type HttpFaultKind = HttpFault['kind']

export const bodyRoutes: readonly RouteClass[] = ['put-part', 'get-bytes']
export const apiRoutes: readonly RouteClass[] = ['create', 'complete', 'change', 'read']
const allRoutes: readonly RouteClass[] = [...bodyRoutes, ...apiRoutes]

/** Where each kind can happen. */
export const faultRoutes: Readonly<Record<HttpFaultKind, readonly RouteClass[]>> = {
  'reset-request': ['put-part'],
  'reset-response': allRoutes,
  'truncate-request': ['put-part'],
  'truncate-response': ['get-bytes', 'read', 'complete'],
  delay: allRoutes,
  throttle: bodyRoutes,
  'slow-start': allRoutes,
  duplicate: ['put-part', 'create', 'complete', 'change'],
  reorder: allRoutes,
  'late-delivery': ['put-part', 'create', 'complete', 'change'],
  'lost-response': ['put-part', 'create', 'complete', 'change'],
  'gateway-timeout': ['put-part', 'create', 'complete', 'change'],
  'error-in-200': ['put-part', 'create', 'complete', 'change', 'read'],
  garbage: allRoutes,
  unavailable: allRoutes,
  'black-hole': allRoutes,
  'expired-url': bodyRoutes,
  'wrong-content-range': ['get-bytes'],
  'corrupt-request': ['put-part'],
  'corrupt-response': ['get-bytes'],
  'skewed-clock': apiRoutes,
}

export const httpFaultKinds = Object.keys(faultRoutes) as [HttpFaultKind, ...HttpFaultKind[]]
