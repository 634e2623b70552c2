import { expect, it } from 'vitest'
import { connect } from '../../src/node/connect.ts'
import { checkPlaces } from '../../src/node/option-elsewhere.ts'

it.each([
  ['tls', 'transport: { tls }'],
  ['headers', 'transport: { headers }'],
  ['max_retries', 'reconnect: { maxRetries }'],
  ['onchallenge', 'auth'],
])('connect names the place of the option %s: %s', async (name, meant) => {
  const opening = async (): Promise<unknown> => connect('ws://127.0.0.1:1', { realm: 'r', [name]: 1 })
  await expect(opening()).rejects.toThrow(`there is no option ${name} of connect; did you mean ${meant}?`)
})

it('leaves everything else to the other checks', () => {
  for (const options of [undefined, null, 5, { realm: 'r', transport: { tls: {} } }]) expect(() => checkPlaces(options)).not.toThrow()
})
