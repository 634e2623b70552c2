import { expect, it } from 'vitest'
import { connectOptions, protocolList } from '../../src/browser/connect-options.ts'

it('has a check for each option of one attempt', () => {
  expect(Object.keys(connectOptions)).toEqual(['timeout', 'signal', 'socketClass'])
})

it('takes lists of strings as subprotocols, and nothing else', () => {
  expect([[], ['chat'], 'chat', [1], undefined].map(value => protocolList.holds(value))).toEqual([true, true, false, false, false])
})
