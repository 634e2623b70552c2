import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { cryptosign } from '../../src/auth/cryptosign-method.ts'
import { scram } from '../../src/auth/scram-method.ts'
import { checkPrincipal, secretOf } from '../../src/auth/secret.ts'
import { ticket } from '../../src/auth/ticket.ts'
import { wampcra } from '../../src/auth/wampcra-method.ts'

it('secretOf takes a text, or a function that returns one, now or later', async () => {
  expect(await Promise.all([secretOf('x', 'a'), secretOf('x', () => 'b'), secretOf('x', async () => 'c')])).toEqual(['a', 'b', 'c'])
  await expect(secretOf('wampcra', () => 1234 as never)).rejects.toThrow(
    'the secret of wampcra must be a string, and not of the type number',
  )
})

it('checkPrincipal refuses a name that is not a text, and a secret that is neither a text nor a function', () => {
  expect(() => checkPrincipal('scram', 5, '')).toThrow('the authid of scram must be a string, and not 5')
  for (const secret of [undefined, null, 5, {}]) {
    expect(() => checkPrincipal('scram', 'joe', secret)).toThrow(
      /^the secret of scram must be a string, or a function that returns it, and not/,
    )
  }
  checkPrincipal('scram', 'joe', () => 'secret')
})

it('every method with a secret refuses a wrong one when it is made, and not when the router asks', () => {
  for (const method of [ticket, wampcra, scram]) expect(() => method('joe', undefined as never)).toThrow(ApiMisuse)
  for (const key of [undefined, null, 5, 'ab', {}]) expect(() => cryptosign(key as never)).toThrow(ApiMisuse)
})
