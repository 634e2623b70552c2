import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/node/edge/connect.ts'
import { serve } from '../../../src/node/edge/serve.ts'
import { optionByPosition } from '../../../src/protocol/checks/option-by-position.ts'

describe('optionByPosition', () => {
  for (const [kind, given, names, written] of [
    ['a port', 9000, ['timeout', 'port'], '{ port: 9000 }'],
    ['a time', 5, ['timeout', 'signal'], '{ timeout: 5 }'],
    ['a subprotocol', 'chat', ['name', 'protocols'], '{ protocols: ["chat"] }'],
    ['several subprotocols', ['a', 'b'], ['protocols'], '{ protocols: ["a", "b"] }'],
    ['a name', 'lobby', ['name'], '{ name: "lobby" }'],
    ['a flag', true, ['binary'], '{ binary: true }'],
    ['a signal', new AbortController().signal, ['signal'], '{ signal }'],
  ] as const) {
    it(`writes ${kind} as the option for it`, () => {
      expect(optionByPosition(given, names)).toBe(written)
    })
  }

  it('knows nothing for values without such an option, and for values that cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    for (const given of [9000, 'chat', true, [], [1], null, () => {}, proxy])
      expect(optionByPosition(given, ['colour', 'signal'])).toBeUndefined()
  })

  it('is what serve and connect answer with', async () => {
    await expect(serve(9000 as never, ws => ws.closed)).rejects.toThrow(
      'the options of serve must be an object, and not 9000: write { port: 9000 }',
    )
    await expect(connect('ws://h', 'chat' as never)).rejects.toThrow(
      'the options of connect must be an object, and not "chat": write { protocols: ["chat"] }',
    )
  })
})
