import type { Case } from './case.ts'
import { presets } from './presets.ts'

/** A selection of cases names none of them, or is no selection. */
export class NoSuchCase extends Error {
  override readonly name = 'NoSuchCase'
}

/** Cases by patterns such as `1.1.1`, `7.*` and `*` or names of `presets`, without those that the other patterns name. A pattern that fits no case is a `NoSuchCase`. */
export function select(cases: readonly Case[], wanted: readonly string[], unwanted: readonly string[] = []): Case[] {
  const patterns = wanted.flatMap(written)
  const excluded = unwanted.flatMap(written)
  for (const pattern of patterns) if (!cases.some(({ id }) => fits(pattern, id))) throw new NoSuchCase(`no case fits ${pattern}`)
  return cases.filter(({ id }) => patterns.some(pattern => fits(pattern, id)) && !excluded.some(pattern => fits(pattern, id)))
}

/** Whether a pattern fits a case: `*` stands for any characters, dots too. A name without a star is that of one case, or of a group: `7` and `7.1`. */
export function fits(pattern: string, id: string): boolean {
  const parts = pattern
    .trim()
    .split('*')
    .map(part => part.replaceAll(/[^\w]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}${pattern.includes('*') ? '' : '(\\..*)?'}$`).test(id)
}

/** What a name stands for, or the pattern itself. */
function written(pattern: string): readonly string[] {
  return presets.get(pattern.trim()) ?? [pattern]
}
