import { describe, expect, it } from 'vitest'
import { sendToMembers } from '../../src/channels/send-to-members.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import { PreparedFrame } from '../../src/protocol/extending/prepared-frame.ts'
import { PreparedMessage } from '../../src/protocol/sending/prepared-message.ts'
import { letters, promised, raisesNothingUnhandled, served } from '../conversation/talk.ts'

raisesNothingUnhandled()

describe('sendToMembers', () => {
  it('sends to the members, and leaves out those that are being sent a stream', async () => {
    const more = promised()
    const streaming = promised<Connection>()
    const waiting = promised<Connection>()
    await served(async ws => {
      const sent = ws.send(letters('slow', more.promise))
      streaming.resolve(ws)
      await sent
    })
    const { peer } = await served(ws => {
      waiting.resolve(ws)
      return ws.closed
    })
    const members = [await streaming.promise, await waiting.promise]
    const message = new PreparedMessage(Uint8Array.from(Buffer.from('news')), false, {})
    expect(sendToMembers(members, message, {})).toEqual({ sent: 1, skipped: 1, skippedMembers: [members[0]] })
    await peer.frame('text news')
    more.resolve()
  })

  it('skips members without an extension that claims a frame', async () => {
    const begun = promised<Connection>()
    await served(ws => {
      begun.resolve(ws)
      return ws.closed
    })
    expect(sendToMembers([await begun.promise], new PreparedFrame(3), {}).skipped).toBe(1)
  })

  it('refuses receivers that are not connections', () => {
    const message = new PreparedMessage(new Uint8Array(0), false, {})
    expect(() => sendToMembers([], message, { to: [{} as Connection] })).toThrow('broadcast sends to connections')
  })
})
