/** A source of random bytes, injected wherever an outcome depends on chance. */
export type RandomBytes = (byteCount: number) => Uint8Array

/** The platform's cryptographic generator: present in browsers, on edge runtimes and in Node. */
export const webRandomBytes: RandomBytes = (byteCount) => crypto.getRandomValues(new Uint8Array(byteCount))
