/** A setting that cannot be used: the message names it by its flag, its variable or the file, whichever set it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
