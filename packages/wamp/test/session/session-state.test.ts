import { expect, it } from 'vitest'
import { SessionState } from '../../src/session/session-state.ts'

it('SessionState begins with opening and ends with closed', () => {
  const states = Object.values(SessionState)
  expect([states[0], states.at(-1)]).toEqual(['opening', 'closed'])
})
