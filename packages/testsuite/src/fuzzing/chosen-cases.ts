import type { Case } from '../cases/case.ts'
import { fits, select } from '../cases/selection.ts'
import type { CaseChoice } from './config.ts'

/**
 * Returns the cases that a choice names for testees of one kind, in order, and in their strict form if `strict` is set. Calls `warn` for
 * each pattern that matches no case.
 */
export function chosenCases(
  cases: readonly Case[],
  { cases: patterns = ['classic'], excludeCases = [], strict = false }: CaseChoice,
  testee: 'client' | 'server',
  warn: (text: string) => void = () => {},
): Case[] {
  const { cases: selected, unfit } = select(cases, patterns, excludeCases)
  for (const pattern of unfit) warn(`no case matches ${pattern}`)
  const chosen = selected.filter(each => each.testee === undefined || each.testee === testee)
  return strict ? chosen.map(each => ({ ...each, ...each.strict })) : chosen
}

/** Whether a case is left out for this agent only. */
export function isExcludedFor(agent: string, id: string, { excludeAgentCases = {} }: CaseChoice): boolean {
  return Object.entries(excludeAgentCases).some(([name, patterns]) => agentFits(name, agent) && patterns.some(pattern => fits(pattern, id)))
}

function agentFits(pattern: string, agent: string): boolean {
  const parts = pattern.split('*').map(part => part.replaceAll(/[^\w]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(agent)
}
