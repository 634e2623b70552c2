import { describe, expect, it } from 'vitest'
import { ChatRoom, mostLines } from '../../src/demo/chat-room.ts'

describe('ChatRoom', () => {
  it('numbers guests and counts those present', () => {
    const room = new ChatRoom()
    const [first, second] = [room.enter(), room.enter()]
    expect([first, second]).toEqual([
      { number: 1, name: 'Guest 1' },
      { number: 2, name: 'Guest 2' },
    ])
    room.leave(first)
    room.leave(first)
    expect(room.present).toBe(1)
  })

  it('keeps each line with the time and the name at that time', () => {
    const room = new ChatRoom(() => 42)
    const guest = room.enter()
    const line = room.say(guest, 'hello')
    guest.name = 'Ada'
    expect(line).toEqual({ id: 1, from: 1, name: 'Guest 1', text: 'hello', at: 42 })
    expect(room.history).toEqual([line])
  })

  it('keeps lines of other servers, from nobody here', () => {
    const room = new ChatRoom(() => 42)
    room.say(room.enter(), 'hello')
    expect(room.hear('Bob', 'hello from elsewhere')).toEqual({ id: 2, from: 0, name: 'Bob', text: 'hello from elsewhere', at: 42 })
    expect({ lines: room.history.length, present: room.present }).toEqual({ lines: 2, present: 1 })
  })

  it('forgets the oldest lines', () => {
    const room = new ChatRoom()
    const guest = room.enter()
    for (let i = 0; i < mostLines + 5; i++) room.say(guest, String(i))
    expect(room.history).toHaveLength(mostLines)
    expect(room.history[0]).toMatchObject({ id: 6, text: '5' })
  })
})
