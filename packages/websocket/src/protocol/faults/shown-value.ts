/** Writes a value into an error message. Never throws, whatever the value is. */
export function shownValue(value: unknown): string {
  try {
    if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
    if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value)
  } catch {
    // The value is a revoked proxy, or has a getter that throws.
    return `a broken ${typeof value}`
  }
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
