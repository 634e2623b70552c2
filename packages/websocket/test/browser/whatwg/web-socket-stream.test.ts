import { describe, expect, it } from 'vitest'
import { streamsOf, WebSocketError, WebSocketStream } from '../../../src/browser/whatwg/web-socket-stream.ts'

describe('the streams of a page', () => {
  const theirs = { WebSocketStream, WebSocketError }

  it('are those of a platform that has both classes', () => {
    const given = { WebSocketStream: class {}, WebSocketError: class {} } as unknown as typeof theirs
    expect(streamsOf(given)).toEqual(given)
  })

  it('are ours where the platform has one of them or none', () => {
    for (const platform of [{}, { WebSocketError }]) {
      const { WebSocketStream: ours } = streamsOf(platform)
      expect([ours.name, ours.length, Object.keys(ours.prototype)]).toEqual(['WebSocketStream', 1, ['url', 'opened', 'closed', 'close']])
    }
  })

  it('are chosen for the runtime', () => {
    expect(WebSocketStream.name).toBe('WebSocketStream')
    expect(new WebSocketError('x', { closeCode: 4000 })).toMatchObject({ name: 'WebSocketError', closeCode: 4000 })
  })
})
