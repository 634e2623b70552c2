import { BadConfig } from './config.ts'
import { unknownName } from './unknown-name.ts'

/**
 * Checks that the value is an object that has no names but these. The names are the keys of a record, so that the compiler finds a missing
 * one. Throws `BadConfig`.
 */
export function checkNames<Options>(given: Options, names: { readonly [name in keyof Options]-?: true }, where: string): void {
  const known = Object.keys(names)
  const isObject = typeof given === 'object' && given !== null && Object.prototype.toString.call(given) === '[object Object]'
  if (!isObject) throw new BadConfig(`the options of ${where} must be an object (with ${known.join(', ')})`)
  const unknown = Object.keys(given).find(name => !known.includes(name))
  if (unknown !== undefined) throw new BadConfig(`there is no option ${unknownName(unknown, known, where)}`)
}
