import { PeerMisbehaved } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { answerBinary, answerFault } from '../../../src/v1/ports/answer-fault.ts'
import type { MessageTier } from '../../../src/v1/ports/message-tier.ts'

it("closes for the peer's fault, with its code and its reason", () => {
  const { closed, tier } = make()
  const fault = new PeerMisbehaved(1008, 'too much')
  answerFault(tier, fault)
  answerBinary(tier)
  expect(closed).toEqual([
    [1008, 'too much', fault],
    [1003, 'a WAMP message is text', expect.any(PeerMisbehaved)],
  ])
})

it("throws on what is not the peer's fault", () => {
  const { closed, tier } = make()
  const error = new Error('ours')
  expect(() => answerFault(tier, error)).toThrow(error)
  expect(closed).toEqual([])
})

function make() {
  const closed: unknown[][] = []
  return { closed, tier: { failConnection: (...how: unknown[]) => closed.push(how) } as unknown as MessageTier }
}
