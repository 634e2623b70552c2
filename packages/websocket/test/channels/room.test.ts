import { describe, expect, it } from 'vitest'
import { Room } from '../../src/channels/room.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { raisesNothingUnhandled, talk } from '../conversation/talk.ts'

raisesNothingUnhandled()

describe('Room', () => {
  it('tells that the last member has left before it tells who', async () => {
    const { room, events } = noted()
    const { ws } = await talk(server => server.closed)
    const { ws: other } = await talk(server => server.closed)
    void room.join(ws, ws)
    void room.join(other, other)
    for (const member of [ws, ws, other, other]) room.leave(member)
    expect(events).toEqual(['joined', 'joined', 'someone left', 'emptied', 'someone left'])
  })

  it('has the text encoder of a member', async () => {
    const { room } = noted()
    const { ws } = await talk(server => server.closed)
    void room.join(ws, ws)
    expect(room.text).toBe(ws.text)
  })
})

function noted(): { readonly room: Room<Conversation>; readonly events: string[] } {
  const events: string[] = []
  const room = new Room<Conversation>({
    joined: () => events.push('joined'),
    left: () => events.push('someone left'),
    emptied: () => events.push('emptied'),
    line: undefined,
    presence: undefined,
    failed: () => events.push('failed'),
  })
  return { room, events }
}
