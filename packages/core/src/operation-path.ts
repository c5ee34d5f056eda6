import { InvalidValueError } from './invalid-value-error.ts'

/**
 * Fills the `{param}` places of a contract path, percent-encoding what a path segment cannot carry. Colons stay as they
 * are, so that resource paths remain readable.
 * @throws {InvalidValueError} when a value is missing or would make the URL another one: empty, `.`, `..`, or half a
 *   surrogate pair
 */
export function fillPath(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = Object.hasOwn(params, field) ? params[field] : undefined
    if (value === undefined || /^\.{0,2}$/.test(value) || /\p{Cs}/u.test(value)) {
      throw new InvalidValueError({ field, value, expectation: `text that can stand in the path ${path}` })
    }
    return encodeURIComponent(value).replaceAll('%3A', ':')
  })
}
