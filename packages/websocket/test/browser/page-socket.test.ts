import { describe, expect, it } from 'vitest'
import { type BrowserOptions, browserSettings } from '../../src/browser/browser-options.ts'
import { PageSocket } from '../../src/browser/page-socket.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

describe('a page socket', () => {
  it('opens when it is told to after the server has accepted, and says what happens', async () => {
    const { page, socket, happened } = made()
    expect(() => page.send('early')).toThrow('sendMessage before the connection is open')
    expect(() => page.sendClose(1000, '')).toThrow('sendClose before the connection is open')
    socket.accept('chat')
    expect({ happened, state: page.state }).toEqual({ happened: ['accepted chat'], state: 0 })
    page.open()
    await page.opened
    socket.say('one', Uint8Array.of(2))
    socket.end(1000, 'bye')
    expect(happened.slice(1)).toEqual(['came one', 'came 2', 'stopped', 'ended 1000 bye'])
    expect(await page.closed).toBe(page.closeInfo)
  })

  it('takes messages up to the limit while it is open, and fails the connection above it', () => {
    const { page, socket, happened } = made({ maxMessagePayloadSize: 3 })
    expect(page.takes('ab')).toBe(false)
    socket.accept()
    page.open()
    expect([page.takes('abc'), page.takes('äb'), page.takes(Uint8Array.of(1, 2, 3))]).toEqual([true, true, true])
    expect(page.takes('ää')).toBe(false)
    expect({ closes: socket.closes, happened }).toEqual({
      closes: [[4009, 'message of 4 octets; at most 3 are taken']],
      happened: ['accepted chat', 'stopped'],
    })
  })

  it('says when everything has gone out after a send above the high-water mark', () => {
    const { page, socket, happened, clock } = made({ sendHighWaterMark: 1 })
    socket.accept()
    page.open()
    expect(page.send('a')).toBe(true)
    socket.bufferedAmount = 2
    expect(page.send('b')).toBe(false)
    clock.advance(50)
    socket.bufferedAmount = 0
    clock.advance(50)
    expect({ happened, timers: clock.pending }).toEqual({ happened: ['accepted chat', 'drained'], timers: 0 })
  })

  it('ends at once where it is given up, and once', async () => {
    const { page, socket, happened } = made()
    socket.accept()
    page.open()
    page.giveUp('enough')
    socket.end(1000)
    expect({ happened: happened.slice(1), closes: socket.closes }).toEqual({ happened: ['stopped', 'ended 1006 enough'], closes: [[]] })
    expect(await page.closed).toMatchObject({ wasClean: false, by: 'self' })
  })
})

function made(options: Partial<BrowserOptions> = {}) {
  const socket = new ScriptSocket()
  const clock = new FakeClock()
  const happened: string[] = []
  const page = new PageSocket(socket, { ...defaultsOf(browserSettings), ...options }, clock, {
    accepted: protocol => happened.push(`accepted ${protocol}`),
    came: message => happened.push(`came ${message}`),
    drained: () => happened.push('drained'),
    stopped: () => happened.push('stopped'),
    ended: ({ code, reason }) => happened.push(`ended ${code} ${reason}`),
  })
  return { page, socket, clock, happened }
}
