import { expect, it } from 'vitest'
import { links, payloadKeys } from '../../src/messages/option-kinds.ts'

it('takes the schemes of payload passthru mode, and those of applications', () => {
  expect(['wamp', 'mqtt', 'x_mine', 'mine', 'x', 1].map(payloadKeys.ppt_scheme.holds)).toEqual([true, true, true, false, false, false])
})

it('takes a list of the sessions that have forwarded a message', () => {
  const forwarded = { session: 1, authid: null, authrole: 'trusted' }
  expect([[], [forwarded], [{ ...forwarded, session: 0 }], [1], {}].map(links.forward_for.holds)).toEqual([true, true, false, false, false])
})
