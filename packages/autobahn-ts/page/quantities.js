/** Formats a number of octets: `20.0 MiB`. */
export function octetsInWords(octets) {
  if (octets === 1) return '1 octet'
  if (octets < 1024) return `${Math.round(octets)} octets`
  const power = Math.min(units.length, Math.floor(Math.log2(octets) / 10))
  return `${(octets / 1024 ** power).toFixed(1)} ${units[power - 1]}`
}

/** Formats milliseconds with as many digits as matter. */
export function milliseconds(value) {
  if (value >= 100) return value.toFixed(0)
  return value.toFixed(value >= 10 ? 1 : 2)
}

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']
