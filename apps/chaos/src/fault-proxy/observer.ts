/** What passed the door of a server, as the server itself saw and answered it. */
export interface Observer {
  begin(request: { readonly method: string; readonly url: string }): {
    answered(answer: ObservedAnswer): void
    /**
     * No answer came: whether the server did it is open.
     * @param sha256 of the request's bytes; undefined when not all of them were sent
     */
    unanswered(sha256: string | undefined): void
  }
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

/** For links whose traffic is nobody's promise. */
export const noObserver: Observer = {
  begin: () => ({ answered: () => undefined, unanswered: () => undefined }),
}

/** Of a link that carries more than what clients send: sees their parts alone. */
export function onlyParts(observer: Observer): Observer {
  return { begin: (request) => (request.method === 'PUT' ? observer : noObserver).begin(request) }
}
