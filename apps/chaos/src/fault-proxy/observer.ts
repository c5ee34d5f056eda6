/** What passed the door of a server, as the server itself saw and answered it. */
export interface Observer {
  begin(request: ObservedRequest): {
    answered(answer: ObservedAnswer): void
    /**
     * No answer came: whether the server did it is open.
     * @param sha256 of the request's bytes; undefined when not all of them were sent
     */
    unanswered(sha256: string | undefined): void
  }
}

export interface ObservedRequest {
  readonly method: string
  readonly url: string
  /** A server sent it on for a client, to whom it answers itself: what is said to it is no promise. Default: false. */
  readonly isSentOn?: boolean
}

export interface ObservedAnswer {
  readonly status: number
  /** Of a JSON answer, or a refusal. */
  readonly text: string
  /** Of a JSON request. */
  readonly requestText: string
  /** Of the request's bytes as the server got them; undefined when it did not wait for all of them. */
  readonly sha256: string | undefined
}

/** For what is nobody's promise. */
const noObserver: Observer = {
  begin: () => ({ answered: () => undefined, unanswered: () => undefined }),
}

/** Of a link that carries more than what clients send: sees their parts alone. */
export function onlyParts(observer: Observer): Observer {
  return { begin: (request) => (request.method === 'PUT' ? observer : noObserver).begin(request) }
}

/** Of a link behind a server that clients send their parts to: sees what of them may have come through it. */
export function onlyAttemptedParts(observer: Observer): Observer {
  return onlyParts({ begin: (request) => observer.begin({ ...request, isSentOn: true }) })
}
