import { describe, expect, it } from 'vitest'
import { Backoff, checkBackoff } from '../../src/reconnect/backoff.ts'

const middle = () => 0.5

describe('Backoff', () => {
  it('says how long to wait', () => {
    expect(new Backoff({ initialDelay: 2 }, middle).next()).toBe(2000)
  })

  it('refuses what it cannot do', () => {
    for (const options of [
      { growth: 0.5 },
      { jitter: 2 },
      { initialDelay: -1 },
      { maxDelay: 30_000 },
      { maxRetries: Number.NaN },
      { delay: 1 },
    ]) {
      expect(() => new Backoff(options, middle)).toThrow(
        /^option (growth|jitter|initialDelay|maxDelay|maxRetries) must be a number (of seconds, not of milliseconds, )?from|^there is no option delay of reconnect; /,
      )
    }
  })
})

it('checkBackoff accepts what a Backoff does, and refuses the rest with its words', () => {
  checkBackoff({ initialDelay: 1, growth: 2, maxDelay: 5, jitter: 0.1, maxRetries: Number.POSITIVE_INFINITY })
  expect(() => checkBackoff({ maxRetires: 1 } as object)).toThrow('there is no option maxRetires of reconnect; did you mean maxRetries?')
})
