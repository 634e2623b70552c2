/** Writes a number of things: `1 octet`, `2 octets`. The noun is a regular one, in the singular. */
export function counted(number: number | bigint, noun: string): string {
  return `${number} ${noun}${Number(number) === 1 ? '' : 's'}`
}
