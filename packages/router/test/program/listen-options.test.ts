import { ApiMisuse } from '@autobahn-ts/websocket'
import { describe, expect, it } from 'vitest'
import { listenOptionsOf } from '../../src/program/listen-options.ts'

describe('the options of a listener', () => {
  it('are those of its config', () => {
    expect(listenOptionsOf({ port: 80, host: '0.0.0.0', path: '/ws', longPoll: false, allowedOrigins: ['https://a.example'] })).toEqual({
      port: 80,
      host: '0.0.0.0',
      path: '/ws',
      longPoll: false,
      websocket: { allowedOrigins: ['same-origin', 'https://a.example'] },
    })
    expect(listenOptionsOf({ unix: '/run/router' })).toEqual({ socketPath: '/run/router' })
  })

  it('name a file that cannot be read', () => {
    expect(() => listenOptionsOf({ port: 0, tls: { cert: '/nowhere/c.pem', key: 'k.pem' } })).toThrow(ApiMisuse)
    expect(() => listenOptionsOf({ port: 0, tls: { cert: '/nowhere/c.pem', key: 'k.pem' } })).toThrow(
      'the file /nowhere/c.pem cannot be read',
    )
  })
})
