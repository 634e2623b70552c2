import { describe, expect, it } from 'vitest'
import { ShownAsLines } from '../../src/watch/shown-as-lines.ts'
import type { Traffic } from '../../src/watch/traffic-rates.ts'

describe('ShownAsLines', () => {
  it('writes events and readings, one line of JSON each', async () => {
    const { lines, shown, read } = made()
    shown.happened({ topic: 'wamp.session.on_leave', args: [5, 'joe'] })
    await read(1, 0)
    await read(4, 1000)
    expect(lines.map(line => JSON.parse(line) as unknown)).toEqual([
      { time: '1970-01-01T00:00:00.000Z', topic: 'wamp.session.on_leave', args: [5, 'joe'] },
      { time: '1970-01-01T00:00:00.000Z', sessions: 1, subscriptions: 0, registrations: 0, outbox: {} },
      {
        time: '1970-01-01T00:00:01.000Z',
        sessions: 1,
        subscriptions: 0,
        registrations: 0,
        outbox: {},
        seconds: 1,
        received: { CALL: 3 },
        sent: {},
        dropped: {},
      },
    ])
  })

  it('writes nothing where the counters may not be read', async () => {
    const { lines, shown } = made()
    await shown.read()
    shown.leave()
    expect(lines).toEqual([])
  })
})

function made() {
  const lines: string[] = []
  let [traffic, time]: [Traffic | undefined, number] = [undefined, 0]
  const shown = new ShownAsLines(
    { traffic: async () => traffic },
    { print: line => void lines.push(line), today: () => time, now: () => time },
  )
  const read = (calls: number, at: number): Promise<void> => {
    traffic = {
      sessions: 1,
      subscriptions: 0,
      registrations: 0,
      received: { CALL: calls },
      sent: {},
      dropped: {},
      outbox: {} as Traffic['outbox'],
    }
    time = at
    return shown.read()
  }
  return { lines, shown, read }
}
