/**
 * Writes the object of options for a value that was given in its place: `{ port: 9000 }` for the 9000 of `serve(9000, …)`; `undefined` where no
 * option is meant for such a value.
 */
export function optionByPosition(given: unknown, names: readonly string[]): string | undefined {
  const [name, written] = meant(given).find(([name]) => names.includes(name)) ?? []
  return name === undefined ? undefined : written === undefined ? `{ ${name} }` : `{ ${name}: ${written} }`
}

/** Returns the options that take such a value, first those that are meant more often, with the value as it is written. */
function meant(given: unknown): readonly (readonly [name: string, written?: string])[] {
  if (typeof given === 'number') return ['port', 'timeout'].map(name => [name, `${given}`] as const)
  if (typeof given === 'boolean') return [['binary', `${given}`]]
  if (typeof given === 'string') {
    return [
      ['protocols', `[${quoted(given)}]`],
      ['name', quoted(given)],
    ]
  }
  if (isListOfTexts(given)) return [['protocols', `[${given.map(quoted).join(', ')}]`]]
  return isSignal(given) ? [['signal']] : []
}

function isListOfTexts(given: unknown): given is readonly string[] {
  try {
    return Array.isArray(given) && given.length > 0 && given.length < 5 && given.every(item => typeof item === 'string')
  } catch {
    // the value is a revoked proxy, or has a getter that throws
    return false
  }
}

function isSignal(given: unknown): boolean {
  try {
    return Object.prototype.toString.call(given) === '[object AbortSignal]'
  } catch {
    return false
  }
}

function quoted(text: string): string {
  return `'${text}'`
}
