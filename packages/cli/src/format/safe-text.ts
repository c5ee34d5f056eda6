/**
 * Makes text from elsewhere (a server's message, a file's name) harmless on a terminal: one line, and no control
 * characters that could move the cursor or fake output.
 */
export function safeText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}
