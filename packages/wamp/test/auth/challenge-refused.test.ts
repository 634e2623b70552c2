import { expect, it } from 'vitest'
import { ChallengeRefused } from '../../src/auth/challenge-refused.ts'

it('is an error with a name and a code of its own', () => {
  const error = new ChallengeRefused('the challenge of wampcra is not a text')
  expect([error.name, error.code, error.message]).toEqual([
    'ChallengeRefused',
    'ERR_WAMP_CHALLENGE_REFUSED',
    'the challenge of wampcra is not a text',
  ])
})
