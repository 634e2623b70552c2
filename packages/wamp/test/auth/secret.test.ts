import { expect, it } from 'vitest'
import { checkName, secretOf } from '../../src/auth/secret.ts'

it('secretOf takes a text, or a function that returns one, now or later', async () => {
  expect(await Promise.all([secretOf('x', 'a'), secretOf('x', () => 'b'), secretOf('x', async () => 'c')])).toEqual(['a', 'b', 'c'])
  await expect(secretOf('wampcra', () => 1234 as never)).rejects.toThrow(
    'the secret of wampcra must be a string, and not of the type number',
  )
})

it('checkName refuses what is not a text', () => {
  expect(() => checkName('scram', 5)).toThrow('the authid of scram must be a string, and not 5')
})
