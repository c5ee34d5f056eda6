/** What a token of Slipway, a signature of its URLs and one of S3's look like, wherever they turn up. */
const forms: readonly (readonly [string, RegExp])[] = [
  ['a token', /sk_live_[A-Za-z0-9_-]{16,}/],
  ['a signature', /[?&]signature=[A-Za-z0-9_-]{16,}/],
  ['a signature of S3', /X-Amz-(?:Signature|Credential)=[A-Za-z0-9%/_-]{8,}/i],
]

/** @returns what kinds of secret the text gives away */
export function findSecrets(text: string, secrets: readonly string[]): string[] {
  const found = forms.filter(([, form]) => form.test(text)).map(([name]) => name)
  return secrets.some((secret) => secret !== '' && text.includes(secret)) ? [...found, 'a password or key'] : found
}
