import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it, vi } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'
import { Reception } from '../../src/transports/reception.ts'
import { Recorder } from './recorder.ts'

describe('Reception', () => {
  it('hands messages on until a violation, and tells of that once', () => {
    const { reception, recorder } = made()
    reception.message(subscribed)
    reception.undecodable(new ProtocolViolation('EVENT.Topic'))
    reception.violation(new ProtocolViolation('again'))
    reception.message(subscribed)
    expect(recorder.messages).toEqual([subscribed])
    expect(recorder.violations.map(each => each.message)).toEqual(['EVENT.Topic'])
    expect(reception.isOver).toBe(true)
  })

  it('hands no message on after it was stopped', () => {
    const { reception, recorder } = made()
    reception.stop()
    reception.message(subscribed)
    reception.violation(new ProtocolViolation('late'))
    expect([recorder.messages, recorder.violations]).toEqual([[], []])
  })

  it('tells of the end once, and then of nothing', () => {
    const { reception, recorder } = made()
    reception.closed({ wasClean: true, reason: 'first' })
    reception.closed({ wasClean: false, reason: 'second' })
    reception.writable()
    reception.message(subscribed)
    expect(recorder.ends).toEqual([{ wasClean: true, reason: 'first' }])
    expect([recorder.writables, recorder.messages]).toEqual([0, []])
  })

  it('tells a listener that comes after the end, in a turn of its own', () => {
    const { reception, clock } = made(false)
    reception.closed({ wasClean: false, reason: 'gone' })
    const recorder = new Recorder()
    reception.open(recorder)
    expect(recorder.ends).toEqual([])
    clock.flush()
    expect(recorder.ends).toEqual([{ wasClean: false, reason: 'gone' }])
  })

  it('takes one listener', () => {
    const { reception } = made()
    expect(() => reception.open(new Recorder())).toThrow('was opened before')
  })

  for (const [what, call] of [
    ['onMessage', (reception: Reception) => reception.message(subscribed)],
    ['onViolation', (reception: Reception) => reception.violation(new ProtocolViolation('x'))],
    ['onWritable', (reception: Reception) => reception.writable()],
  ] as const) {
    it(`drops the transport where ${what} throws, and reports the error`, () => {
      const { reception, recorder, reports, aborts } = made()
      recorder[what] = () => {
        throw new Error('broken')
      }
      call(reception)
      expect(reports.map(each => each.message)).toEqual(['broken'])
      expect(aborts).toEqual(['internal error'])
    })
  }

  it('reports what onClosed throws', () => {
    const { reception, recorder, reports, aborts } = made()
    recorder.onClosed = () => {
      throw new Error('broken')
    }
    reception.closed({ wasClean: true, reason: '' })
    expect(reports.map(each => each.message)).toEqual(['broken'])
    expect(aborts).toEqual([])
  })

  it('prints what the report throws, or its promise rejects with', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const second = new Error('of the report')
    const failing = [
      () => {
        throw second
      },
      () => Promise.reject(second) as never,
    ]
    for (const report of failing) new Reception({ abort: () => undefined }, new FakeClock(), report).undecodable(new TypeError('a bug'))
    await new Promise(setImmediate)
    expect(print.mock.calls).toEqual([[second], [second]])
    print.mockRestore()
  })

  it('takes an error of decoding that is not a violation for its own', () => {
    const { reception, recorder, reports, aborts } = made()
    reception.undecodable(new TypeError('a bug'))
    expect(recorder.violations).toEqual([])
    expect(reports.map(each => each.message)).toEqual(['a bug'])
    expect(aborts).toEqual(['internal error'])
  })
})

const subscribed = [MessageType.SUBSCRIBED, 1, 2] as const

function made(isOpen = true) {
  const clock = new FakeClock()
  const aborts: string[] = []
  const reports: Error[] = []
  const reception = new Reception({ abort: reason => void aborts.push(reason) }, clock, error => void reports.push(error))
  const recorder = new Recorder()
  if (isOpen) reception.open(recorder)
  return { reception, recorder, reports, aborts, clock }
}
