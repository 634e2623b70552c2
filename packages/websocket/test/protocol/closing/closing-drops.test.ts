import { describe, expect, it } from 'vitest'
import { type Call, openServer, recording } from '../opened.ts'
import { frame, summary } from '../wire.ts'
import { server } from './ended.ts'

describe('dropping a connection', () => {
  it('sends what is unsent, or discards it with abort', () => {
    for (const [abort, sent] of [
      [false, ['1:a']],
      [true, []],
    ] as const) {
      const { opened, last } = server()
      opened.protocol.sendMessage('a')
      opened.protocol.dropConnection({ abort })
      expect(summary(opened.stream.sent())).toEqual(sent)
      expect(opened.stream.destroyed).toBe(abort ? 'aborted' : 'gracefully')
      expect(last()).toEqual(['onClose', false, 1006, 'dropped by this side'])
    }
  })

  it('destroys a transport that does not close, after failLingerTimeout or 0.1 s', () => {
    for (const failLingerTimeout of [1, 0]) {
      const { opened } = server({ failLingerTimeout })
      opened.stream.letsGo = false
      opened.protocol.dropConnection()
      expect(opened.stream.destroyed).toBe('gracefully')
      opened.clock.advance(1000)
      expect(opened.stream.destroyed).toBe('aborted')
    }
  })

  it('happens once', () => {
    const { opened } = server()
    opened.protocol.dropConnection()
    opened.clock.flush()
    opened.protocol.dropConnection({ abort: true })
    expect(opened.stream.destroyed).toBe('gracefully')
  })

  it('calls no more hooks for what came in the same chunk', () => {
    const calls: Call[] = []
    const Dropping = class extends recording('messages', calls) {
      override onMessage(): void {
        calls.push(['dropping'])
        this.dropConnection()
      }
    }
    const { stream, clock } = openServer(Dropping)
    stream.receive(Uint8Array.from([...frame(2, [1]), ...frame(2, [2]), ...frame(9)]))
    clock.flush()
    expect(calls.map(([hook]) => hook)).toEqual(['onOpen', 'dropping', 'onClose'])
  })
})
