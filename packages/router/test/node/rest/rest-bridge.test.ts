import { connect, result, WampError } from '@autobahn-ts/wamp'
import { afterEach, describe, expect, it } from 'vitest'
import { createRouter } from '../../../src/node/create-router.ts'
import { listen } from '../../../src/node/listening/listen.ts'
import { type RestBridgeOptions, restBridge } from '../../../src/node/rest/rest-bridge.ts'
import { signRequest } from '../../../src/node/rest/signed-requests.ts'
import { rawConnection, requested } from '../../fixtures/listening.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe('restBridge', () => {
  it('calls a procedure, with the whole result', async () => {
    const { port, client } = await bridged()
    await client.register('com.example.add', ({ args: [a, b] }) => result([Number(a) + Number(b)], { unit: 'm' }))
    const answer = await post(port, '/call', { procedure: 'com.example.add', args: [2, 3] })
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { args: [5], kwargs: { unit: 'm' } }])
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  })

  it('publishes, and tells the id', async () => {
    const { port, url } = await bridged()
    const other = await connect(url, { realm: 'realm1', reconnect: false })
    let arrived = (_: unknown): void => {}
    const came = new Promise(resolve => {
      arrived = resolve
    })
    await other.subscribe('com.example.tick', ({ args, kwargs }) => arrived([args, kwargs]))
    const answer = await post(port, '/publish', { topic: 'com.example.tick', args: [1], kwargs: { a: true } })
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { id: expect.any(Number) }])
    expect(await came).toEqual([[1], { a: true }])
    await other.close()
  })

  it('tells of the errors of procedures, and of the router', async () => {
    const { port, client } = await bridged()
    await client.register('com.example.fail', () => {
      throw new WampError('com.example.no_stock', ['x'], { left: 0 })
    })
    const failed = await post(port, '/call', { procedure: 'com.example.fail' })
    expect([failed.status, JSON.parse(failed.text)]).toEqual([200, { error: 'com.example.no_stock', args: ['x'], kwargs: { left: 0 } }])
    const unknown = await post(port, '/call', { procedure: 'com.example.nobody' })
    expect(JSON.parse(unknown.text)).toMatchObject({ error: 'wamp.error.no_such_procedure' })
  })

  for (const [path, body, says] of [
    ['/call', '', 'the body is not JSON in UTF-8'],
    ['/call', '[]', 'the body must be an object of JSON'],
    ['/call', '{}', 'the body has no procedure'],
    ['/publish', '{}', 'the body has no topic'],
    ['/call', '{"procedure":"a.b","args":{}}', 'args must be a list'],
    ['/call', '{"procedure":"a.b","kwargs":[]}', 'kwargs must be an object'],
  ] as const) {
    it(`answers 400 to ${path} with ${body || 'nothing'}`, async () => {
      const { port } = await bridged()
      const answer = await requested(port, path, { body })
      expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { error: expect.stringContaining(says), args: [], kwargs: {} }])
    })
  }

  for (const [value, why] of [
    ['9007199254740993', 'an integer beyond 2^53'],
    ['-9223372036854775808', 'the least integer'],
    ['18446744073709551615', 'the largest integer'],
    ['"\\u0000AQID"', 'binary data'],
    ['{"__proto__":{"x":1}}', 'a name of JavaScript'],
    ['"{},[]"', 'a text that looks like JSON'],
  ] as const) {
    it(`hands on ${why} in both directions as it is: ${value}`, async () => {
      const { port, client } = await bridged()
      await client.register('com.example.echo', ({ args, kwargs }) => result([...args], kwargs))
      const payload = `"args":[${value}],"kwargs":{"value":${value}}`
      const answer = await requested(port, '/call', { body: `{"procedure":"com.example.echo",${payload}}` })
      expect([answer.status, answer.text]).toEqual([200, `{${payload}}`])
    })
  }

  for (const [body, says] of [
    ['{"procedure":"a.b","args":[1e400]}', 'the body has a value that WAMP does not have'],
    ['{"procedure":"a.b","args":["\\u0000!"]}', 'the body has a value that WAMP does not have'],
    [`{"procedure":"a.b","args":${'['.repeat(200)}${']'.repeat(200)}}`, 'the body has a value that WAMP does not have'],
    ['{"procedure":"a.b"},{"procedure":"a.b"}', 'the body is not JSON in UTF-8'],
    ['{"procedure":"a.b"}],[', 'the body is not JSON in UTF-8'],
  ] as const) {
    it(`answers 400 to ${body.slice(0, 50)}`, async () => {
      const { port } = await bridged()
      const answer = await requested(port, '/call', { body })
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([400, expect.stringContaining(says)])
    })
  }

  it('cancels the call of a client that leaves', async () => {
    const { port, client } = await bridged()
    let called = (): void => {}
    const wasCalled = new Promise<void>(resolve => {
      called = resolve
    })
    const wasCancelled = new Promise<void>(resolve => {
      void client.register('com.example.wait', ({ signal }) => {
        called()
        return new Promise(answer => signal.addEventListener('abort', () => resolve(answer(undefined))))
      })
    })
    await client.call('wamp.session.count')
    const { socket } = await rawConnection(port)
    const body = '{"procedure":"com.example.wait"}'
    socket.write(`POST /call HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    await wasCalled
    socket.destroy()
    await wasCancelled
  })

  it('takes signed requests alone where it has keys, each once', async () => {
    const { port, client } = await bridged({ keys: { foobar: 'secret' } })
    await client.register('com.example.add', ({ args: [a, b] }) => Number(a) + Number(b))
    const body = JSON.stringify({ procedure: 'com.example.add', args: [2, 3] })
    const query = new URLSearchParams({ ...signRequest({ key: 'foobar', secret: 'secret' }, body) })
    expect((await requested(port, '/call', { body })).status).toBe(400)
    expect(JSON.parse((await requested(port, `/call?${query}`, { body })).text)).toEqual({ args: [5], kwargs: {} })
    expect((await requested(port, `/call?${query}`, { body })).status).toBe(401)
    const wrong = new URLSearchParams({ ...signRequest({ key: 'foobar', secret: 'guess' }, body) })
    expect((await requested(port, `/call?${wrong}`, { body })).status).toBe(401)
  })

  it('has the rules of WebSocket for pages', async () => {
    const { port } = await bridged()
    const headers = { Origin: 'https://other.example' }
    expect((await requested(port, '/call', { body: '{}', headers })).status).toBe(403)
    const open = await bridged({ keys: 'unsigned', allowedOrigins: ['https://other.example'] })
    const asked = await requested(open.port, '/call', {
      method: 'OPTIONS',
      headers: { ...headers, 'Access-Control-Request-Headers': 'content-type' },
    })
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, 'https://other.example'])
  })

  it('answers 405 to other methods, 413 to a large body, and leaves other paths', async () => {
    const { port } = await bridged({ keys: 'unsigned', maxBodySize: 10 })
    expect((await requested(port, '/call', { method: 'GET' })).status).toBe(405)
    expect((await requested(port, '/call', { body: '{"procedure":"a.b"}' })).status).toBe(413)
    expect((await requested(port, '/other', { body: '{}' })).status).toBe(404)
  })

  it('answers 500 without a reason where the session is gone', async () => {
    const { port, client } = await bridged()
    await client.close()
    const answer = await post(port, '/call', { procedure: 'com.example.add' })
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([500, 'the request could not be answered'])
  })

  for (const [options, says] of [
    [{}, "restBridge needs the option keys: secrets by key, or 'unsigned'"],
    [{ keys: {}, pubish: '/a' }, 'did you mean publish?'],
    [{ keys: { a: '' } }, 'option keys must have a secret for the key a'],
    [{ keys: 'unsigned', call: 'call' }, 'option call must be a path'],
  ] as const) {
    it(`refuses the options ${JSON.stringify(options)}`, () => {
      const session = { callResult: () => {}, publish: () => {} } as never
      expect(() => restBridge(session, options as never)).toThrow(says)
    })
  }
})

async function bridged(options: RestBridgeOptions = { keys: 'unsigned' }) {
  const router = createRouter()
  const clients = await listen(router, { port: 0 })
  const client = await connect(clients.url, { realm: 'realm1', reconnect: false })
  const bridge = restBridge(client, options)
  const listener = await listen(router, {
    port: 0,
    request: (request, response) => {
      if (!bridge(request, response)) response.writeHead(404).end()
    },
  })
  closing.push(
    () => client.close(),
    () => listener.close({ timeout: 0 }),
    () => clients.close({ timeout: 0 }),
    () => router.close(),
  )
  return { port: listener.port!, client, url: clients.url }
}

function post(port: number, path: string, body: object) {
  return requested(port, path, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } })
}
