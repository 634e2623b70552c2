import { createServer, type Server } from 'node:net'
import { expect, it } from 'vitest'
import { RouterListener, type ServedKinds } from '../../../src/node/listening/router-listener.ts'

const none = { size: 0, close: async () => {} }

it('tells URLs that clients can connect to', () => {
  const served = { isSecure: false, hasRawSocket: true, longPoll: '/lp', path: undefined }
  expect(urls({ ...served, host: '0.0.0.0' })).toEqual({
    webSocket: 'ws://localhost:80',
    rawSocket: 'rs://localhost:80',
    longPoll: 'http://localhost:80/lp',
  })
  expect(urls({ ...served, host: '::1', isSecure: true })).toEqual({
    webSocket: 'wss://[::1]:80',
    rawSocket: 'rss://[::1]:80',
    longPoll: 'https://[::1]:80/lp',
  })
  expect(urls({ ...served, host: 'a', hasRawSocket: false, longPoll: undefined })).toEqual({
    webSocket: 'ws://a:80',
    rawSocket: undefined,
    longPoll: undefined,
  })
})

it('tells the URL of WebSocket with its path', () => {
  const served = { isSecure: false, hasRawSocket: true, longPoll: '/lp', path: '/ws', host: 'a' }
  expect(urls(served)).toEqual({ webSocket: 'ws://a:80/ws', rawSocket: 'rs://a:80', longPoll: 'http://a:80/lp' })
})

it('tells the URLs of a Unix socket', () => {
  const server = { address: () => '/run/a.sock' } as Server
  const plain = new RouterListener(server, none, { isSecure: false, hasRawSocket: true, longPoll: '/lp', path: undefined, host: '' })
  expect([plain.address, plain.port, plain.urls]).toEqual([
    '/run/a.sock',
    undefined,
    { webSocket: 'ws+unix:/run/a.sock', rawSocket: 'unix:/run/a.sock', longPoll: undefined },
  ])
  const atPath = new RouterListener(server, none, { isSecure: false, hasRawSocket: true, longPoll: '/lp', path: '/ws', host: '' })
  expect(atPath.urls).toMatchObject({ webSocket: 'ws+unix:/run/a.sock:/ws', rawSocket: 'unix:/run/a.sock' })
  const secure = new RouterListener(server, none, { isSecure: true, hasRawSocket: true, longPoll: '/lp', path: undefined, host: '' })
  expect(secure.urls).toEqual({ webSocket: 'wss+unix:/run/a.sock', rawSocket: undefined, longPoll: undefined })
})

it('closes its server and its connections once', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const timeouts: number[] = []
  const connections = { size: 0, close: async (timeout: number) => void timeouts.push(timeout) }
  const listener = new RouterListener(server, connections, {
    isSecure: false,
    hasRawSocket: true,
    longPoll: undefined,
    path: undefined,
    host: '127.0.0.1',
  })
  await Promise.all([listener.close(), listener.close({ timeout: 1 })])
  expect([timeouts, server.listening]).toEqual([[5], false])
})

function urls(served: ServedKinds) {
  return new RouterListener({ address: () => ({ address: served.host, port: 80, family: '' }) } as unknown as Server, none, served).urls
}
