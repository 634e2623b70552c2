import { shownValue } from '../faults/shown-value.ts'

/**
 * Writes the object of options for a value that was given in its place: `{ port: 9000 }` for the 9000 of `serve(9000, …)`; `undefined` where no
 * option is meant for such a value.
 */
export function optionByPosition(given: unknown, names: readonly string[]): string | undefined {
  const shown = shownValue(given)
  const written: { readonly [kind: string]: readonly string[] } = {
    number: [`port: ${shown}`, `timeout: ${shown}`],
    string: [`protocols: [${shown}]`, `name: ${shown}`],
    boolean: [`binary: ${shown}`],
    object: shown === '[object AbortSignal]' ? ['signal'] : shown.startsWith('["') ? [`protocols: ${shown}`] : [],
  }
  const option = written[typeof given]?.find(one => names.includes(one.split(':', 1)[0]!))
  return option && `{ ${option} }`
}
