import { expect, it } from 'vitest'
import { registerOptions } from '../../src/client/register-options.ts'
import { callOptions, isMilliseconds, publishOptions, subscribeOptions } from '../../src/client/request-options.ts'
import { checkMessage } from '../../src/messages/check-message.ts'
import { MessageType } from '../../src/messages/message-type.ts'

it.each([
  ['CALL', callOptions],
  ['PUBLISH', publishOptions],
  ['REGISTER', registerOptions],
  ['SUBSCRIBE', subscribeOptions],
] as const)('options of %s have names of WAMP on the wire', (name, options) => {
  for (const { wire } of Object.values(options)) {
    // a name that WAMP does not have would take any value
    if (wire !== undefined) expect(() => checkMessage([MessageType[name], 1, { [wire]: -1.5 }, 'com.example']), wire).toThrow(wire)
  }
})

it('options that the router gets have their names with underscores', () => {
  const sent = Object.values({ ...callOptions, ...publishOptions, ...registerOptions, ...subscribeOptions }).flatMap(
    ({ wire = [] }) => wire,
  )
  expect(sent.toSorted()).toEqual([
    ...['concurrency', 'disclose_caller', 'disclose_me', 'eligible', 'eligible_authid', 'eligible_authrole', 'exclude', 'exclude_authid'],
    ...['exclude_authrole', 'exclude_me', 'force_reregister', 'forward_for', 'forward_timeout', 'get_retained', 'invoke', 'match'],
    ...['ppt_scheme', 'retain'],
  ])
})

it('isMilliseconds takes what timers take', () => {
  expect([0, 1.5, 2_000_000_000].map(isMilliseconds)).toEqual([true, true, true])
  expect([-1, 2_000_000_001, Number.NaN, '5', undefined].map(isMilliseconds)).toEqual(Array(5).fill(false))
})
