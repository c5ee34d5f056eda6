/** Makes a value at the first call and gives the same one ever after; `started()` tells without making it. */
export function once<T>(
  make: () => Promise<T>,
): (() => Promise<T>) & { readonly started: () => Promise<T> | undefined } {
  let made: Promise<T> | undefined
  return Object.assign(
    () => {
      made ??= make()
      return made
    },
    { started: () => made },
  )
}
