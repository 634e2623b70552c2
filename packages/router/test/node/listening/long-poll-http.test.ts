import { afterEach, describe, expect, it } from 'vitest'
import { Recorder } from '../../../../wamp/test/transports/recorder.ts'
import { type Listening, listening, requested } from '../../fixtures/listening.ts'

const open: Listening[] = []
afterEach(async () => {
  for (const { listener } of open.splice(0)) await listener.close({ timeout: 0 })
})

const protocols = '{"protocols":["wamp.2.json"]}'
const other = 'https://other.example'

describe('LongPollHttp', () => {
  it('opens, sends and receives', async () => {
    const { port, next } = await listeningNow()
    const opened = await requested(port, '/lp/open?x=1', { body: protocols })
    expect(opened).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    })
    const path = `/lp/${(JSON.parse(opened.text) as { transport: string }).transport}`
    const server = await next()
    const recorder = Recorder.of(server)
    expect((await requested(port, `${path}/send`, { body: '[17,1,2]' })).status).toBe(204)
    expect(recorder.messages).toEqual([[17, 1, 2]])
    server.send([17, 3, 4])
    expect(await requested(port, `${path}/receive?x=2`)).toMatchObject({ status: 200, text: '[17,3,4]' })
    expect((await requested(port, `${path}/close`)).status).toBe(204)
    expect((await recorder.closed()).wasClean).toBe(true)
  })

  it('sends a message again whose poll was gone before it came', async () => {
    const { port, next } = await listeningNow()
    const opened = await requested(port, '/lp/open', { body: protocols })
    const path = `/lp/${(JSON.parse(opened.text) as { transport: string }).transport}`
    const server = await next()
    Recorder.of(server)
    const { rawConnection } = await import('../../fixtures/listening.ts')
    const gone = await rawConnection(port)
    gone.socket.write(`POST ${path}/receive HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`)
    for (let n = 0; n < 20; n++) await new Promise(resolve => setImmediate(resolve))
    gone.socket.resetAndDestroy()
    await gone.received
    for (let n = 0; n < 20; n++) await new Promise(resolve => setImmediate(resolve))
    server.send([17, 3, 4])
    for (let n = 0; n < 20; n++) await new Promise(resolve => setImmediate(resolve))
    expect(await requested(port, `${path}/receive`)).toMatchObject({ status: 200, text: '[17,3,4]' })
  })

  it('has the same rules for pages as WebSocket', async () => {
    const { port, accepted } = await listeningNow()
    const refused = await requested(port, '/lp/open', { body: protocols, headers: { Origin: other } })
    expect([refused.status, refused.headers['access-control-allow-origin'], accepted.length]).toEqual([403, undefined, 0])
    const upgrade = { Origin: other, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' }
    const handshake = { ...upgrade, 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol': 'wamp.2.json' }
    expect((await requested(port, '/', { method: 'GET', headers: handshake })).status).toBe(403)
    const rebound = { Host: 'rebound.example', Origin: 'http://rebound.example' }
    expect((await requested(port, '/lp/open', { body: protocols, headers: rebound })).status).toBe(403)
  })

  it('lets an allowed page read its answers, and answers what its browser asks before', async () => {
    const { port } = await listeningNow({ websocket: { allowedOrigins: [other], allowedHosts: '*' } })
    const cors = { 'access-control-allow-origin': other, 'access-control-allow-credentials': 'true', vary: 'Origin' }
    const asked = { Origin: other, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' }
    expect(await requested(port, '/lp/open', { method: 'OPTIONS', headers: asked })).toMatchObject({
      status: 204,
      headers: { ...cors, 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type' },
    })
    expect(await requested(port, '/lp/open', { body: protocols, headers: { Origin: other } })).toMatchObject({ status: 200, headers: cors })
  })

  it('takes POST alone', async () => {
    const { port } = await listeningNow()
    expect(await requested(port, '/lp/open', { method: 'GET' })).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } })
  })

  it('answers 413 to a body above the limit, announced or not, and drops its transport', async () => {
    const { port, next } = await listeningNow({ maxMessageSize: 1000 })
    for (const headers of [{}, { 'Content-Length': '', 'Transfer-Encoding': 'chunked' }] as Record<string, string>[]) {
      const opened = await requested(port, '/lp/open', { body: protocols })
      const path = `/lp/${(JSON.parse(opened.text) as { transport: string }).transport}`
      const recorder = Recorder.of(await next())
      const isChunked = 'Transfer-Encoding' in headers
      const long = 'x'.repeat(2000)
      const sent = isChunked ? { headers: { 'Transfer-Encoding': 'chunked' }, body: `7d0\r\n${long}\r\n0\r\n\r\n` } : { body: long }
      if (isChunked) {
        const { rawConnection } = await import('../../fixtures/listening.ts')
        const raw = await rawConnection(port)
        raw.socket.write(`POST ${path}/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${sent.body}`)
        expect(await raw.received).toMatch(/^HTTP\/1\.1 413 /)
      } else expect((await requested(port, `${path}/send`, sent)).status).toBe(413)
      expect((await recorder.closed()).reason).toBe('a message is larger than the limit of 1000 octets')
    }
  })

  it('keeps the fields of the request that opened the transport', async () => {
    const { port, next } = await listeningNow({ websocket: { trustedProxies: ['127.0.0.1'] } })
    await requested(port, '/lp/open', { body: protocols, headers: { Cookie: 'a=1', 'X-Forwarded-For': '192.0.2.7' } })
    const { details } = await next()
    expect(details).toMatchObject({ kind: 'longpoll', headers: { cookie: 'a=1' }, isSecure: false })
    expect(details.peer).toContain('192.0.2.7')
  })
})

async function listeningNow(options: Parameters<typeof listening>[0] = {}): Promise<Listening> {
  const one = await listening(options)
  open.push(one)
  return one
}
