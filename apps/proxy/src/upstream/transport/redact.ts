export type Redact = (text: string) => string

const urlLike = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi
const credentialLike =
  /\b(?:sk_live_[A-Za-z0-9_-]+|bearer +[A-Za-z0-9._~+/=-]{8,}|(?:x-amz-[a-z-]+|signature|awsaccesskeyid|token|expires|sig)=[^\s"'<>&]+)/gi

/** Takes out of another server's words what gives access: the token, whatever looks like one, URLs and signatures. */
export function createRedact({ token }: { token: string }): Redact {
  return (text) => text.replaceAll(token, '[redacted]').replace(urlLike, '[url]').replace(credentialLike, '[redacted]')
}
