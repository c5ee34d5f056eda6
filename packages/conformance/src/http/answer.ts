/** What a server answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed JSON, or undefined when the answer is not well-formed JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: cases look into answers of every shape, wrong ones included
  readonly body: any
  /** What was asked, for messages: `POST /v2/images`. Never holds a token or a presigned query. */
  readonly request: string
}

/** A status is acceptable in the sense of HTTP. */
export function isOk({ status }: Pick<Answer, 'status'>): boolean {
  return status >= 200 && status < 300
}

const maxShownLength = 300

/** One line about an answer, for messages. */
export function describeAnswer({ request, status, text }: Answer): string {
  const shown = text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text
  return `${request} answered ${status}${shown === '' ? ' with no body' : `: ${shown.replace(/\s+/g, ' ')}`}`
}
