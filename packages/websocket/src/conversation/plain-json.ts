/** Returns a value as JSON; `undefined` for values that JSON cannot write. `jsonText` says what is wrong with those. */
export function plainJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
