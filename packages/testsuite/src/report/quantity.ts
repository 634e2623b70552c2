/** Formats a number with commas between thousands. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US')
}

/** Formats a number with its unit, which is in the singular for 1. */
export function counted(number: number, unit: string): string {
  return `${grouped(number)} ${unit}${number === 1 ? '' : 's'}`
}

/** Formats milliseconds in the unit that reads best. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  return milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${(milliseconds / 60_000).toFixed(1)} min`
}

/** Formats a few milliseconds with as many decimals as matter. */
export function fineDuration(milliseconds: number): string {
  return milliseconds < 100 ? `${milliseconds.toFixed(milliseconds < 10 ? 3 : 2)} ms` : duration(milliseconds)
}
