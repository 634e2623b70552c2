import { expect, it } from 'vitest'
import { clientRoles } from '../../src/session/client-roles.ts'

it('clientRoles announces what a dealer asks of a callee for progressive results', () => {
  expect(clientRoles.callee?.features).toMatchObject({ progressive_call_results: true, call_canceling: true })
})

it('clientRoles has features that are true, under names of WAMP', () => {
  for (const { features } of Object.values(clientRoles)) {
    for (const [name, value] of Object.entries(features ?? {})) {
      expect(name).toMatch(/^[a-z][a-z0-9_]{2,}$/)
      expect(value).toBe(true)
    }
  }
})
