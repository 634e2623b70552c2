import { optionCheck } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { checkClientOptions } from '../../src/client/check-client-options.ts'

it.each([
  [undefined, 'option realm must be a URI: write { realm: "realm1" }'],
  [null, 'the options of connect must be an object, and not null'],
  [{}, 'option realm must be a URI: write { realm: "realm1" }'],
  [{ realm: null }, 'option realm must be a URI, such as "realm1", and not null'],
  [{ relam: 'x' }, 'did you mean realm?'],
  [{ realm: 'realm1', heartbeat: -1 }, 'option heartbeat must be a number of milliseconds'],
  [{ realm: 'realm1', reconnect: { maxDelay: -1 } }, 'option maxDelay must be a number of seconds'],
  [{ realm: 'realm1', auth: { name: 'ticket', begin: 5 } }, 'option auth must be a method of authentication'],
  [{ realm: 'realm1', auth: [{ begin: () => 5 }] }, 'option auth must be a method of authentication'],
  [{ realm: 'realm1', passthru: { begin: 5 } }, 'option passthru must be passthru([codec])'],
  [{ realm: 'realm1', resumption: { over: 5 } }, 'option resumption must be resumption()'],
  [{ realm: 'realm1', mine: 5 }, 'option mine must be true'],
])('checkClientOptions refuses %j', (options, message) => {
  const more = { mine: optionCheck('true', value => value === true) }
  expect(() => checkClientOptions<{ mine?: true }>(options, more)).toThrow(message)
})
