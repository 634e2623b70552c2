import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import type { ClosingParts } from '../../../src/protocol/closing/closing-parts.ts'
import { sendOurClose } from '../../../src/protocol/closing/our-close.ts'
import { ConnectionState } from '../../../src/protocol/life/connection-state.ts'

describe('sendOurClose', () => {
  it('closes the way for messages before the frame is given to the outbox, and ends the automatic ping', () => {
    const state = new ConnectionState()
    state.open()
    const calls: string[] = []
    const parts = {
      state,
      events: { endBegan: () => void calls.push('endBegan') },
      outbox: { sendClose: (payload: Octets) => void calls.push(`sendClose ${payload.join(' ')}, may send: ${state.maySend}`) },
    } as unknown as ClosingParts
    sendOurClose(parts, Uint8Array.of(3, 232), 1000)
    expect({ calls, isWaiting: state.isCloseWaiting }).toEqual({
      calls: ['endBegan', 'sendClose 3 232, may send: false'],
      isWaiting: true,
    })
  })
})
