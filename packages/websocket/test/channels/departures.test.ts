import { describe, expect, it } from 'vitest'
import { whenDeparted } from '../../src/channels/departures.ts'
import { raisesNothingUnhandled, talk } from '../conversation/talk.ts'

raisesNothingUnhandled()

describe('whenDeparted', () => {
  it('calls when the connection has closed', async () => {
    const { ws } = await talk(server => server.closed)
    const called: string[] = []
    whenDeparted(ws.protocol, () => called.push('one'))
    whenDeparted(ws.protocol, () => called.push('other'))
    await ws.close()
    expect(called).toEqual(['one', 'other'])
  })

  it('does not call what was taken back', async () => {
    const { ws } = await talk(server => server.closed)
    const called: string[] = []
    const takeBack = whenDeparted(ws.protocol, () => called.push('one'))
    whenDeparted(ws.protocol, () => called.push('other'))
    takeBack()
    await ws.close()
    expect(called).toEqual(['other'])
  })

  it('asks for the end of a connection once, however often it is used', async () => {
    const { ws } = await talk(server => server.closed)
    let asked = 0
    const connection = {
      get closed() {
        asked++
        return ws.protocol.closed
      },
    }
    for (let i = 0; i < 10; i++) whenDeparted(connection as typeof ws.protocol, () => undefined)()
    expect(asked).toBe(1)
  })
})
