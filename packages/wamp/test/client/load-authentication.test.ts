import { expect, it } from 'vitest'
import { loadAuthentication } from '../../src/client/load-authentication.ts'
import { Authentication } from '../../src/session/authentication.ts'

it('loads the class that authenticates', async () => {
  expect(await loadAuthentication()).toBe(Authentication)
})
