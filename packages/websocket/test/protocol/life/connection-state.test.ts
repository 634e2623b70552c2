import { describe, expect, it } from 'vitest'
import { ConnectionState } from '../../../src/protocol/life/connection-state.ts'
import { State } from '../../../src/protocol/life/state.ts'

const reset = new Error('reset')

describe('ConnectionState, its words', () => {
  it('begins with connecting', () => {
    expect(answers(new ConnectionState())).toEqual({
      phase: 'connecting',
      publicState: State.Connecting,
      maySend: false,
      mayRead: true,
      areHooksOver: false,
    })
  })

  it('is open after the handshake', () => {
    expect(answers(opened())).toEqual({ phase: 'open', publicState: State.Open, maySend: true, mayRead: true, areHooksOver: false })
  })

  it('reads and does not send while we close', () => {
    const state = opened()
    state.beginClose(1000)
    const expected = { phase: 'closing-by-us', publicState: State.Closing, maySend: false, mayRead: true, areHooksOver: false }
    expect(answers(state)).toEqual(expected)
    state.closeSent()
    expect(answers(state)).toEqual(expected)
    state.closeReceived(1000, '')
    expect(answers(state)).toEqual({ ...expected, mayRead: false })
  })

  it('sends and does not read after the peer has closed, until the answer is begun', () => {
    const state = opened()
    state.closeReceived(1000, '')
    expect(answers(state)).toEqual({ phase: 'open', publicState: State.Open, maySend: true, mayRead: false, areHooksOver: false })
    state.beginClose(1000)
    expect(answers(state)).toEqual({
      phase: 'closing-by-peer',
      publicState: State.Closing,
      maySend: false,
      mayRead: false,
      areHooksOver: false,
    })
  })

  it('reads nothing and is over after a failure, wherever it is', () => {
    for (const go of [(): void => undefined, (state: ConnectionState): void => state.beginClose(1002)]) {
      const state = opened()
      go(state)
      const { phase, publicState, maySend } = state
      state.giveUp('no', undefined)
      expect(answers(state)).toEqual({ phase, publicState, maySend, mayRead: false, areHooksOver: true })
    }
  })

  it('is closing after a handshake was refused, and no close frame waits', () => {
    const state = new ConnectionState()
    state.refuse(reset)
    expect(answers(state)).toEqual({
      phase: 'closing-by-us',
      publicState: State.Closing,
      maySend: false,
      mayRead: false,
      areHooksOver: true,
    })
    expect(state.isCloseWaiting).toBe(false)
    expect(state.closeInfo(undefined)).toEqual({ code: 1006, reason: 'reset', wasClean: false, by: 'self', cause: reset })
  })

  it('only moves forward, and may skip phases', () => {
    const state = new ConnectionState()
    state.transportDropped()
    state.open()
    state.beginClose(1000)
    state.refuse(reset)
    expect(answers(state)).toEqual({ phase: 'closed', publicState: State.Closed, maySend: false, mayRead: false, areHooksOver: true })
  })
})

describe('ConnectionState, close frames', () => {
  it('tells which close frames have passed', () => {
    const state = opened()
    const steps = (): object => {
      const { isCloseWaiting, hasSentClose, hasReceivedClose, hasBothCloseFrames, isGivenUp } = state
      return { isCloseWaiting, hasSentClose, hasReceivedClose, hasBothCloseFrames, isGivenUp }
    }
    const none = { isCloseWaiting: false, hasSentClose: false, hasReceivedClose: false, hasBothCloseFrames: false, isGivenUp: false }
    expect(steps()).toEqual(none)
    state.beginClose(1000)
    expect(steps()).toEqual({ ...none, isCloseWaiting: true })
    state.closeSent()
    expect(steps()).toEqual({ ...none, hasSentClose: true })
    state.closeReceived(1000, '')
    expect(steps()).toEqual({ ...none, hasSentClose: true, hasReceivedClose: true, hasBothCloseFrames: true })
    state.giveUp('no', undefined)
    expect(steps()).toEqual({ ...none, hasSentClose: true, hasReceivedClose: true, isGivenUp: true })
  })

  it('has no waiting close frame after the transport was dropped', () => {
    const state = opened()
    state.beginClose(1000)
    state.transportDropped()
    expect(state.isCloseWaiting).toBe(false)
  })

  it('replaces a waiting close frame by that of a failure', () => {
    const state = opened()
    state.beginClose(1000)
    state.giveUp('no', undefined)
    state.beginClose(1011)
    state.closeSent()
    expect(state.closeInfo(undefined)).toMatchObject({ by: 'self', localCloseCode: 1011, wasClean: false })
  })
})

describe('ConnectionState, how it ended', () => {
  it('is clean when both sides have sent a close frame: the peer first', () => {
    const state = opened()
    state.closeReceived(3000, 'bye')
    close(state, 3000)
    expect(state.closeInfo(undefined)).toEqual({ code: 3000, reason: 'bye', wasClean: true, by: 'peer', localCloseCode: 3000 })
  })

  it('is clean when both sides have sent a close frame: we first', () => {
    const state = opened()
    close(state, 1001)
    state.closeReceived(1000, '')
    expect(state.closeInfo(undefined)).toEqual({ code: 1000, reason: '', wasClean: true, by: 'self', localCloseCode: 1001 })
  })

  it('is the peer’s where our close frame still waited when its own came', () => {
    const state = opened()
    state.beginClose(1001)
    expect(state.phase).toBe('closing-by-us')
    state.closeReceived(1000, '')
    expect(state.phase).toBe('closing-by-peer')
    state.closeSent()
    expect(state.closeInfo(undefined)).toEqual({ code: 1000, reason: '', wasClean: true, by: 'peer', localCloseCode: 1001 })
  })

  it('has 1005 for a close frame without a code, and no local code where we sent none', () => {
    const state = opened()
    state.closeReceived(undefined, '')
    close(state, undefined)
    expect(state.closeInfo(undefined)).toEqual({ code: 1005, reason: '', wasClean: true, by: 'peer' })
  })

  it('has no local code where our close frame was never sent', () => {
    const state = opened()
    state.beginClose(1000)
    expect(state.closeInfo(undefined)).toMatchObject({ code: 1006, reason: 'the transport ended without a close frame', by: 'network' })
    expect(state.closeInfo(undefined)).not.toHaveProperty('localCloseCode')
  })

  it('stays clean when the transport is reset after both close frames', () => {
    const state = opened()
    state.closeReceived(1000, '')
    close(state, 1000)
    expect(state.closeInfo(reset)).toEqual({ code: 1000, reason: '', wasClean: true, by: 'peer', localCloseCode: 1000 })
  })

  for (const [what, begin, reason, by] of [
    ['neither side had closed', (): void => undefined, 'without a close frame', 'network'],
    ['only we had', (state: ConnectionState): void => close(state, 1000), 'before the peer answered our close frame', 'self'],
    [
      'only the peer had',
      (state: ConnectionState): void => state.closeReceived(1000, 'x'),
      "before the peer's close frame was answered",
      'peer',
    ],
  ] as const) {
    it(`says what was missing when the transport went: ${what}`, () => {
      const [ended, lost] = [opened(), opened()]
      begin(ended)
      begin(lost)
      expect(ended.closeInfo(undefined)).toMatchObject({ code: 1006, reason: `the transport ended ${reason}`, wasClean: false, by })
      expect(lost.closeInfo(reset)).toMatchObject({ code: 1006, reason: `the transport was lost (reset) ${reason}`, by, cause: reset })
    })
  }

  it('is never clean when we failed the connection, and the first reason counts', () => {
    const state = opened()
    const cause = new Error('first')
    state.giveUp('first', cause)
    state.giveUp('second', new Error('second'))
    close(state, 1002)
    state.closeReceived(1002, '')
    expect(state.closeInfo(reset)).toEqual({ code: 1006, reason: 'first', wasClean: false, by: 'self', localCloseCode: 1002, cause })
  })

  it('is the peer’s where it closed first and we failed then', () => {
    const state = opened()
    state.closeReceived(1000, '')
    state.giveUp('timeout', undefined)
    expect(state.closeInfo(undefined)).toMatchObject({ by: 'peer', reason: 'timeout', wasClean: false })
  })

  it('says that the peer ended the transport during the opening handshake, which neither side meant as an end', () => {
    const state = new ConnectionState()
    expect(state.hasPeerEnded).toBe(false)
    state.peerEnded()
    expect(state.hasPeerEnded).toBe(true)
    state.transportDropped()
    state.peerEnded()
    const reason = 'the peer ended the transport during the opening handshake'
    expect(state.closeInfo(undefined)).toEqual({ code: 1006, reason, wasClean: false, by: 'network' })
    expect(state.closeInfo(reset)).toMatchObject({ reason, cause: reset })
  })

  it('does not say so where the peer ended the transport of an open connection', () => {
    const state = opened()
    state.peerEnded()
    expect(state.hasPeerEnded).toBe(true)
    expect(state.closeInfo(undefined)).toMatchObject({ reason: 'the transport ended without a close frame', by: 'network' })
  })
})

function opened(): ConnectionState {
  const state = new ConnectionState()
  state.open()
  return state
}

function close(state: ConnectionState, code: number | undefined): void {
  state.beginClose(code)
  state.closeSent()
}

function answers({ phase, publicState, maySend, mayRead, areHooksOver }: ConnectionState): object {
  return { phase, publicState, maySend, mayRead, areHooksOver }
}
