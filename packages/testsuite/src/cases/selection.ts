import type { Case } from './case.ts'
import { presets } from './presets.ts'

/** Thrown if a pattern cannot be read because its brackets do not match. */
export class NoSuchCase extends Error {
  override readonly name = 'NoSuchCase'
}

/** The chosen cases, in the order of the catalogue, and the patterns that match no case. */
export interface Selection {
  readonly cases: Case[]
  readonly unfit: readonly string[]
}

/**
 * Chooses cases by patterns such as `1.1.1` and `7.*` or names of `presets`, without those that the patterns of the second list match.
 * Three words stand for many cases: `classic` and `*` for the 517 cases of the Autobahn Testsuite, `extra` for the groups beyond them,
 * `all` for both. Throws `NoSuchCase` for brackets that do not match.
 */
export function select(cases: readonly Case[], wanted: readonly string[], unwanted: readonly string[] = []): Selection {
  const patterns = wanted.flatMap(written)
  const excluded = unwanted.flatMap(written)
  return {
    cases: cases.filter(({ id }) => patterns.some(pattern => names(pattern, id)) && !excluded.some(pattern => names(pattern, id))),
    unfit: patterns.filter(pattern => !cases.some(({ id }) => names(pattern, id))),
  }
}

/** Whether a word or a pattern names a case. A star in place of the group matches the groups of the Autobahn Testsuite only. */
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
      return fits(pattern, id) && (isClassic(id) || namesGroup(pattern, id))
  }
}

/** Whether a pattern spells out the group of a case: `20.*` does, `2*` does not. */
function namesGroup(pattern: string, id: string): boolean {
  return pattern.trim().startsWith(`${Number.parseInt(id, 10)}.`) || pattern.trim() === String(Number.parseInt(id, 10))
}

/** Whether a case belongs to the Autobahn Testsuite, whose last group is 13. */
export function isClassic(id: string): boolean {
  return Number.parseInt(id, 10) < firstExtraGroup
}

/**
 * Whether a pattern matches a case. A star stands for any characters, dots included, and the pattern matches every case that begins with
 * it, as in the Autobahn Testsuite: `9.1*` and `[1-7].*`. Without a star it is the number of a case or of a group: `7` and `7.1`.
 */
export function fits(pattern: string, id: string): boolean {
  const text = pattern.trim()
  const expression = text.replaceAll(/[^\w[\]*-]/g, '\\$&').replaceAll('*', '.*')
  try {
    return new RegExp(`^${expression}${text.includes('*') ? '' : '(\\..*)?$'}`).test(id)
  } catch {
    throw new NoSuchCase(`the pattern ${text} cannot be read: its brackets do not match`)
  }
}

/** Returns the patterns of a preset, or the pattern itself. */
function written(pattern: string): readonly string[] {
  return presets.get(pattern.trim()) ?? [pattern]
}

const firstExtraGroup = 20
