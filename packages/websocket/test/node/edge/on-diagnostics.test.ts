import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  ApiMisuse,
  attach,
  type ConnectionAccept,
  type ConnectionRequest,
  connect,
  connectWS,
  type DiagnosticsMessages,
  HttpException,
  type Listener,
  listenWS,
  onDiagnostics,
  permessageDeflate,
  serve,
  WebSocketClientFactory,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../../src/index.ts'
import { Listening, listeningTo } from '../../fixtures/echo.ts'
import { HttpServers } from '../../fixtures/http-server.ts'

const servers = new HttpServers()
const endings: (() => unknown)[] = []
afterEach(async () => {
  await servers.end()
  for (const end of endings.splice(0).toReversed()) await end()
})

describe('onDiagnostics', () => {
  it('has typed messages, of which isServer tells the class of the source', async () => {
    const clients: string[] = []
    const served = await echoing()
    const stop = onDiagnostics('request', message => {
      // these lines compile only if the messages are typed
      if (message.isServer) clients.push(`server: ${message.source.request?.path} ${message.request.path}`)
      else clients.push(`client: ${message.source.response?.version} ${message.request.resource}`)
    })
    endings.push(stop)
    const ws = await connect(`${served.url}/room?a=1`)
    await ws.close()
    expect(clients).toEqual(['client: undefined /room?a=1', 'server: /room /room'])
  })

  it('ends a subscription', async () => {
    const opened: unknown[] = []
    const stop = onDiagnostics('open', message => opened.push(message))
    stop()
    const ws = await connect((await echoing()).url)
    await ws.close()
    expect(opened).toEqual([])
  })

  it('refuses a channel that does not exist', () => {
    expect(() => onDiagnostics('closed' as 'close', () => undefined)).toThrow(
      new ApiMisuse(
        'there is no channel "closed"; the channels are request, refused, upgradeRefused, open, close, error, message, frameReceived, frameSent',
      ),
    )
  })
})

describe('the channel refused', () => {
  it('has the status on both sides, and a connection that was not open is closed', async () => {
    const refused = heard('refused')
    const closed = heard('close')
    const served = await echoing({
      onConnect: () => {
        throw new HttpException(401, 'no session')
      },
    })
    await expect(connect(served.url)).rejects.toMatchObject({ status: 401 })
    await served.close()
    const facts = refused.map(({ isServer, status, reason, error }) => ({ isServer, status, reason, error: error.status }))
    expect(facts.toSorted(byside)).toEqual([
      { isServer: true, status: 401, reason: 'refused with 401 no session', error: 401 },
      { isServer: false, status: 401, reason: expect.stringContaining('401'), error: 401 },
    ])
    expect(closed.map(({ isServer, wasOpen }) => ({ isServer, wasOpen })).toSorted(byside)).toEqual([
      { isServer: true, wasOpen: false },
      { isServer: false, wasOpen: false },
    ])
  })

  it('has requests that were malformed, which have no message on the channel request', async () => {
    const [requested, refused] = [heard('request'), heard('refused')]
    const served = await echoing()
    const response = await fetch(served.url.replace('ws:', 'http:'))
    await response.text()
    await served.close()
    expect(refused).toMatchObject([{ isServer: true, status: 426 }])
    expect(requested).toEqual([])
  })
})

describe('the channel upgradeRefused', () => {
  it('has upgrade requests that no attached factory takes, with their socket', async () => {
    const [refusedUpgrades, refused] = [heard('upgradeRefused'), heard('refused')]
    const web = createServer()
    attach(web, { '/here': async ws => void (await ws.closed) })
    const port = await servers.start(web)
    await expect(connect(`ws://127.0.0.1:${port}/elsewhere`)).rejects.toMatchObject({ status: 404 })
    expect(refusedUpgrades).toEqual([{ isServer: true, source: expect.any(Socket), status: 404, reason: 'Not Found' }])
    expect(refused.map(({ isServer, status }) => ({ isServer, status }))).toEqual([{ isServer: false, status: 404 }])
  })
})

describe('the channel message', () => {
  it('has sizes and directions of messages in class style, and the time in the handler', async () => {
    const messages = heard('message')
    let finish = (): void => {}
    class Slow extends WebSocketServerProtocol {
      override async onMessage(payload: Uint8Array, isBinary: boolean): Promise<void> {
        await new Promise<void>(resolve => {
          finish = resolve
          this.sendMessage('working')
        })
        this.sendMessage(payload, isBinary)
      }
    }
    const listener = await listening(Slow)
    const client = await connectWS<Listening>(listeningTo(listener.url))
    client.sendMessage('grüße')
    await client.next()
    expect(ofServer(messages)).toEqual([{ direction: 'sent', isBinary: false, size: 7, duration: undefined }])
    finish()
    await client.next()
    client.sendClose(1000)
    await client.closed
    expect(ofServer(messages)).toEqual([
      { direction: 'sent', isBinary: false, size: 7, duration: undefined },
      { direction: 'sent', isBinary: false, size: 7, duration: undefined },
      { direction: 'received', isBinary: false, size: 7, duration: expect.any(Number) },
    ])
  })

  it('has the octets before compression, and one message for each of its fragments, frames and streams', async () => {
    const messages = heard('message')
    class Pieces extends WebSocketServerProtocol {
      #sum = 0
      override onMessageFrameData(payload: Uint8Array): void {
        this.#sum += payload.length
      }
      override onMessageEnd(): void {
        this.beginMessage(true)
        this.sendMessageFrame(new Uint8Array(10))
        this.beginMessageFrame(this.#sum)
        this.sendMessageFrameData(new Uint8Array(this.#sum))
        this.endMessage()
        this.beginMessage(false)
        this.sendMessageFrame(new Uint8Array(3).fill(0x61), { final: true })
        this.sendMessage(new Uint8Array(5000), true, { fragmentSize: 1000 })
        this.sendPreparedMessage(this.factory.prepareMessage('prepared'))
        this.factory.broadcast('all')
      }
    }
    const extensions = [permessageDeflate()]
    const listener = await listening(Pieces, { extensions })
    const client = await connectWS<Listening>(new WebSocketClientFactory(listener.url, { protocol: Listening, extensions }))
    client.sendMessage(new Uint8Array(100_000), true, { fragmentSize: 30_000 })
    for (let i = 0; i < 5; i++) await client.next()
    client.sendClose(1000)
    await client.closed
    expect(ofServer(messages)).toEqual([
      { direction: 'sent', isBinary: true, size: 100_010, duration: undefined },
      { direction: 'sent', isBinary: false, size: 3, duration: undefined },
      { direction: 'sent', isBinary: true, size: 5000, duration: undefined },
      { direction: 'sent', isBinary: false, size: 8, duration: undefined },
      { direction: 'received', isBinary: true, size: 100_000, duration: expect.any(Number) },
      { direction: 'sent', isBinary: false, size: 3, duration: undefined },
    ])
  })

  it('has the messages of function style when the handler asks for the next one', async () => {
    const messages = heard('message')
    const served = await serving({}, async ws => {
      for await (const message of ws) await ws.send(message)
    })
    const ws = await connect(served.url)
    await ws.send('one')
    await ws.receive()
    await ws.send(new Uint8Array(4))
    await ws.receive()
    await ws.close()
    await served.close()
    expect(ofServer(messages)).toEqual([
      { direction: 'sent', isBinary: false, size: 3, duration: undefined },
      { direction: 'received', isBinary: false, size: 3, duration: expect.any(Number) },
      { direction: 'sent', isBinary: true, size: 4, duration: undefined },
      { direction: 'received', isBinary: true, size: 4, duration: expect.any(Number) },
    ])
  })
})

type Options = { onConnect?: (request: ConnectionRequest) => ConnectionAccept }

function echoing(options: Options = {}): Promise<Listener> {
  return serving(options, async ws => {
    for await (const message of ws) await ws.send(message)
  })
}

async function serving(options: Options, handler: Parameters<typeof serve>[1]): Promise<Listener> {
  const listener = await serve({ host: '127.0.0.1', port: 0, ...options }, handler)
  endings.push(() => listener.close({ timeout: 0 }))
  return listener
}

async function listening(
  protocol: new () => WebSocketServerProtocol,
  options: ConstructorParameters<typeof WebSocketServerFactory>[1] = {},
): Promise<Listener> {
  const listener = await listenWS(new WebSocketServerFactory('ws://127.0.0.1:0', { protocol, ...options }))
  endings.push(() => listener.close({ timeout: 0 }))
  return listener
}

function heard<Name extends keyof DiagnosticsMessages>(name: Name): DiagnosticsMessages[Name][] {
  const messages: DiagnosticsMessages[Name][] = []
  endings.push(onDiagnostics(name, message => void messages.push(message)))
  return messages
}

function ofServer(messages: readonly DiagnosticsMessages['message'][]): object[] {
  return messages
    .filter(({ isServer }) => isServer)
    .map(({ direction, isBinary, size, duration }) => ({ direction, isBinary, size, duration }))
}

function byside(one: { readonly isServer: boolean }, other: { readonly isServer: boolean }): number {
  return Number(other.isServer) - Number(one.isServer)
}
