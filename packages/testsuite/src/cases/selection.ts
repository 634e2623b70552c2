import type { Case } from './case.ts'
import { presets } from './presets.ts'

/** A selection of cases names none of them, or is no selection. */
export class NoSuchCase extends Error {
  override readonly name = 'NoSuchCase'
}

/**
 * Cases by patterns such as `1.1.1` and `7.*` or names of `presets`, without those that the other patterns name. Words stand for many:
 * `classic` and `*` for the 517 cases that all reports of the field have, `extra` for the groups beyond them, `all` for both. A pattern that
 * fits no case is a `NoSuchCase`.
 */
export function select(cases: readonly Case[], wanted: readonly string[], unwanted: readonly string[] = []): Case[] {
  const patterns = wanted.flatMap(written)
  const excluded = unwanted.flatMap(written)
  for (const pattern of patterns) if (!cases.some(({ id }) => names(pattern, id))) throw new NoSuchCase(`no case fits ${pattern}`)
  return cases.filter(({ id }) => patterns.some(pattern => names(pattern, id)) && !excluded.some(pattern => names(pattern, id)))
}

/** `*` stands for what it has always stood for: a configuration of the field gets the cases that it was written for. */
function names(pattern: string, id: string): boolean {
  switch (pattern.trim()) {
    case 'all':
      return true
    case 'classic':
    case '*':
      return isClassic(id)
    case 'extra':
      return !isClassic(id)
    default:
      return fits(pattern, id)
  }
}

/** Whether a case is one of the field's catalogue, whose last group is 13. */
export function isClassic(id: string): boolean {
  return Number.parseInt(id, 10) < firstExtraGroup
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

const firstExtraGroup = 20
