import { describe, expect, it } from 'vitest'
import { Ending } from '../../../src/protocol/connection/ending.ts'

const reset = new Error('reset')

describe('Ending', () => {
  it('is clean when both sides have sent a close frame: the peer first', () => {
    const ending = new Ending()
    ending.closeReceived(3000, 'bye')
    ending.closeSent(3000)
    expect(ending.info(undefined)).toEqual({ code: 3000, reason: 'bye', wasClean: true, by: 'peer', localCloseCode: 3000 })
  })

  it('is clean when both sides have sent a close frame: we first', () => {
    const ending = new Ending()
    ending.closeSent(1001)
    ending.closeReceived(1000, '')
    expect(ending.info(undefined)).toEqual({ code: 1000, reason: '', wasClean: true, by: 'self', localCloseCode: 1001 })
  })

  it('has 1005 for a close frame without a code, and no local code where we sent none', () => {
    const ending = new Ending()
    ending.closeReceived(undefined, '')
    ending.closeSent(undefined)
    expect(ending.info(undefined)).toEqual({ code: 1005, reason: '', wasClean: true, by: 'peer' })
  })

  it('stays clean when the transport is reset after both close frames', () => {
    const ending = new Ending()
    ending.closeReceived(1000, '')
    ending.closeSent(1000)
    expect(ending.info(reset)).toEqual({ code: 1000, reason: '', wasClean: true, by: 'peer', localCloseCode: 1000 })
  })

  for (const [what, begin, reason, by] of [
    ['nobody had closed', (): void => undefined, 'without a close frame', 'network'],
    ['only we had', (ending: Ending): void => ending.closeSent(1000), 'before the peer answered our close frame', 'self'],
    ['only the peer had', (ending: Ending): void => ending.closeReceived(1000, 'x'), "before the peer's close frame was answered", 'peer'],
  ] as const) {
    it(`says what was missing when the transport went: ${what}`, () => {
      const [ended, lost] = [new Ending(), new Ending()]
      begin(ended)
      begin(lost)
      expect(ended.info(undefined)).toMatchObject({ code: 1006, reason: `the transport ended ${reason}`, wasClean: false, by })
      expect(lost.info(reset)).toMatchObject({ code: 1006, reason: `the transport was lost (reset) ${reason}`, by, cause: reset })
    })
  }

  it('is never clean when we failed the connection, and the first reason counts', () => {
    const ending = new Ending()
    const cause = new Error('first')
    ending.failed('first', cause)
    ending.failed('second', new Error('second'))
    ending.closeSent(1002)
    ending.closeReceived(1002, '')
    expect(ending.info(reset)).toEqual({ code: 1006, reason: 'first', wasClean: false, by: 'self', localCloseCode: 1002, cause })
  })

  it('is the peer’s where it closed first and we failed then', () => {
    const ending = new Ending()
    ending.closeReceived(1000, '')
    ending.failed('timeout', undefined)
    expect(ending.info(undefined)).toMatchObject({ by: 'peer', reason: 'timeout', wasClean: false })
  })

  it('knows a reason for what nobody meant, and keeps an earlier one', () => {
    const ending = new Ending()
    ending.lost('the peer went away')
    ending.lost('again')
    expect(ending.info(undefined)).toEqual({ code: 1006, reason: 'the peer went away', wasClean: false, by: 'network' })
  })

  it('tells how far it is', () => {
    const ending = new Ending()
    const steps = (): boolean[] => [ending.hasSentClose, ending.hasReceivedClose, ending.hasFailed]
    expect(steps()).toEqual([false, false, false])
    ending.closeSent(1000)
    expect(steps()).toEqual([true, false, false])
    ending.closeReceived(1000, '')
    expect(steps()).toEqual([true, true, false])
    ending.failed('no', undefined)
    expect(steps()).toEqual([true, true, true])
  })
})
