import { BadConfig } from './config.ts'
import { unknownName } from './unknown-name.ts'

/** Checks that the value is an object with no names but these; the record makes the compiler hold the list complete. Throws `BadConfig`. */
export function checkNames<Options>(given: Options, names: { readonly [name in keyof Options]-?: true }, where: string): void {
  const known = Object.keys(names)
  const isObject = typeof given === 'object' && given !== null && Object.prototype.toString.call(given) === '[object Object]'
  if (!isObject) throw new BadConfig(`the options of ${where} must be an object (with ${known.join(', ')})`)
  const unknown = Object.keys(given).find(name => !known.includes(name))
  if (unknown !== undefined) throw new BadConfig(`there is no option ${unknownName(unknown, known, where)}`)
}
