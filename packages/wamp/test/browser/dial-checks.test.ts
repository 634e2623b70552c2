import { expect, it } from 'vitest'
import { checkedSettings } from '../../src/browser/dial-checks.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { transportDefaults } from '../../src/transports/transport-defaults.ts'

const serializers = [new JsonSerializer()]

it('completes the options of dialTransport', () => {
  const { signal } = new AbortController()
  expect(checkedSettings({ serializers, signal, timeout: 5, maxSendSize: 1000, batched: true })).toEqual({
    connect: { signal, timeout: 5 },
    limits: { ...transportDefaults, maxSendSize: 1000 },
    spoken: { serializers, isBatched: true },
    onError: undefined,
  })
})

it.each([
  [undefined, 'the options of dialTransport must be an object'],
  [{}, 'option serializers must be a list'],
  [{ serializers: [...serializers, ...serializers] }, 'option serializers has json twice'],
  [{ serializers, timeout: 4000 }, 'option timeout must be a number of seconds, not of milliseconds'],
  [{ serializers, signal: 5 }, 'option signal must be an AbortSignal'],
  [{ serializers, closeTimeut: 5 }, 'did you mean closeTimeout?'],
])('refuses %j', (options, message) => {
  expect(() => checkedSettings(options as never)).toThrow(message)
})
