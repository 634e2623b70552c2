/** Writes a value into an error message; of a list, the first items. Never throws, whatever the value is. */
export function shownValue(value: unknown): string {
  try {
    if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
    if (Array.isArray(value)) return shownList(value)
    if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value)
  } catch {
    // The value is a revoked proxy, or has a getter that throws.
    return `a broken ${typeof value}`
  }
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

/** Lists in lists are shown by their kind, because a list may contain itself. */
function shownList(list: readonly unknown[]): string {
  const items = list.slice(0, 5).map(item => (Array.isArray(item) ? '[object Array]' : shownValue(item)))
  return `[${items.join(', ')}${list.length > 5 ? ', …' : ''}]`
}
