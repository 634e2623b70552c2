/** A number with commas between its thousands. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US')
}

/** A number with its unit, in the singular where it is one. */
export function counted(number: number, unit: string): string {
  return `${grouped(number)} ${unit}${number === 1 ? '' : 's'}`
}

/** Milliseconds as one reads them. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  return milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${(milliseconds / 60_000).toFixed(1)} min`
}

/** A few milliseconds with what matters of their fractions. */
export function fineDuration(milliseconds: number): string {
  return milliseconds < 100 ? `${milliseconds.toFixed(milliseconds < 10 ? 3 : 2)} ms` : duration(milliseconds)
}
