import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { Front } from '../../../src/node/listening/front.ts'
import { frontSettings } from '../../../src/node/listening/listen-options.ts'
import { httpServer, requested } from '../../fixtures/listening.ts'

it('takes requests below the path of long-poll, and no others', () => {
  const front = new Front({ accept: () => {} }, frontSettings({ longPoll: false }), createServer())
  expect(front.take({ url: '/lp/open' } as IncomingMessage, {} as ServerResponse)).toBe(false)
  const other = new Front({ accept: () => {} }, frontSettings({ longPoll: '/poll' }), createServer())
  for (const url of ['/', '/lp/open', '/pollution/open', '/poll'])
    expect(other.take({ url } as IncomingMessage, {} as ServerResponse)).toBe(false)
})

it('opens no transport while it closes', async () => {
  const { server, port } = await httpServer((request, response) => void front.take(request, response))
  const front = new Front({ accept: () => {} }, frontSettings({}), server)
  await front.close(1)
  expect((await requested(port, '/lp/open', { body: '{"protocols":["wamp.2.json"]}' })).status).toBe(503)
  expect(front.size).toBe(0)
  server.close()
})
