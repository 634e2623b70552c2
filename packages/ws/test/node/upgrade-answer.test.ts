import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { refuse } from '../../src/node/upgrade-answer.ts'

it('a refusal is a response with a body, and the socket is ended', async () => {
  const socket = new PassThrough()
  refuse(socket, 404, undefined, { 'Retry-After': 1 })
  expect(String(socket.read())).toBe(
    'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 9\r\nRetry-After: 1\r\n\r\nNot Found',
  )
  await once(socket, 'close')
})
