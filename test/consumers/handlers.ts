// A consumer of the function style on a server, compiled against the packed tarballs by the oldest and the newest TypeScript.

import { createServer } from 'node:http'
import {
  attach,
  type Connection,
  type ConnectionAccept,
  type ConnectionRequest,
  connect,
  createHandlers,
  type DataOf,
  type Handler,
  HttpException,
  type PathParams,
  type Routes,
  route,
  type ServeOptions,
  type ServerConnection,
  serve,
  type WebSocketServerFactory,
  type WebSocketServerProtocol,
} from '@autobahn-ts/websocket'

type NoParams = Readonly<Record<never, string>>

interface User {
  readonly name: string
}

const login = async (request: ConnectionRequest): Promise<{ data: User }> => {
  const name = request.headers.get('x-user')
  if (name === undefined) throw new HttpException(401, 'who are you?')
  return { data: { name } }
}

export async function dataOfOnConnect(): Promise<void> {
  await serve({ port: 9000 }, ws => is<undefined>()(ws.data, true))
  await serve({ onConnect: () => ({ data: 5 }) }, ws => is<number>()(ws.data, true))
  await serve({ port: 9000, onConnect: request => ({ data: { name: request.path } }) }, ws => is<{ name: string }>()(ws.data, true))
  await serve({ onConnect: login }, { '/a': ws => is<User>()(ws.data, true), '*': async ws => is<User>()(ws.data, true) })
  await serve(
    {
      onConnect: async request => {
        if (request.origin === undefined) return
        return { data: { name: request.origin } }
      },
    },
    ws => is<{ name: string } | undefined>()(ws.data, true),
  )
  await serve({ onConnect: request => (request.path === '/' ? request.protocols[0] : { data: 5 }) }, ws =>
    is<number | undefined>()(ws.data, true),
  )
  await serve(
    {
      onConnect: request => {
        if (request.path === '/a') return { data: 'a' as const, protocol: 'x' }
        if (request.path === '/b') return { data: 5 }
        return { headers: { 'x-a': 'b' } }
      },
    },
    ws => is<'a' | number | undefined>()(ws.data, true),
  )
  await serve({ onConnect: () => undefined }, ws => is<undefined>()(ws.data, true))
  await serve({ onConnect: () => {} }, ws => is<undefined>()(ws.data, true))
  await serve({ onConnect: (): ConnectionAccept => ({ data: 5 }) }, ws => is<unknown>()(ws.data, true))
  const options: ServeOptions = { port: 9000, onConnect: () => ({ data: 5 }) }
  await serve(options, ws => is<unknown>()(ws.data, true))
}

export async function answersOfOnConnect(): Promise<void> {
  // @ts-expect-error: a boolean is not an answer
  await serve({ onConnect: () => false }, ws => ws.closed)
  // @ts-expect-error: a refusal is thrown, and not returned
  await serve({ onConnect: () => new HttpException(403, 'no') }, ws => ws.closed)
  // @ts-expect-error: a status is thrown, in an HttpException
  await serve({ onConnect: async () => ({ status: 403 }) }, ws => ws.closed)
}

export async function parametersOfPaths(): Promise<void> {
  await serve(
    { port: 9000 },
    {
      '/': ws => is<NoParams>()(ws.pathParams, true),
      '/room/:id': ws => is<{ readonly id: string }>()(ws.pathParams, true),
      '/room/:id/:message/log': async (ws, request) => {
        const { id, message } = ws.pathParams
        is<string>()(id, true)
        is<string>()(message, true)
        is<ConnectionRequest>()(request, true)
        is<ConnectionRequest>()(ws.request, true)
      },
      '/files/*': ws => is<{ readonly '*': string }>()(ws.pathParams, true),
      '/tree/:root/*path': ws => {
        is<string>()(ws.pathParams.root, true)
        is<string>()(ws.pathParams.path, true)
        // @ts-expect-error: the path has no such parameter
        return ws.pathParams.paht
      },
      '*': ws => is<NoParams>()(ws.pathParams, true),
    },
  )
  await serve({ port: 9000 }, ws => is<NoParams>()(ws.pathParams, true))
  is<{ readonly a: string; readonly b: string }>()({} as PathParams<'/:a/x/:b'>, true)
  is<Readonly<Record<string, string>>>()({} as PathParams<string>, true)
}

export async function routesWithOptions(): Promise<void> {
  await serve(
    { port: 9000, onConnect: request => ({ data: { name: request.path } }) },
    {
      '/plain': ws => is<{ name: string }>()(ws.data, true),
      '/room/:id': {
        protocols: ['chat'],
        handler: ws => {
          is<{ name: string }>()(ws.data, true)
          is<{ readonly id: string }>()(ws.pathParams, true)
        },
      },
      '/own/:key': route({
        protocols: ['own'],
        onConnect: async (request, { key }) => ({ data: [key, request.path] as const }),
        handler: (ws, request) => {
          is<readonly [string, string]>()(ws.data, true)
          is<{ readonly key: string }>()(ws.pathParams, true)
          is<ConnectionRequest>()(request, true)
        },
      }),
      '/login': route({ onConnect: login, handler: ws => is<User>()(ws.data, true) }),
      '/none/:id': route({ handler: ws => is<string>()(ws.pathParams.id, true) }),
    },
  )
  // @ts-expect-error: an object with its own onConnect is passed to route, which infers its data
  await serve({ port: 9000 }, { '/a': { onConnect: login, handler: ws => ws.closed } })
  // @ts-expect-error: the handler wants a parameter that the path does not have
  await serve({ port: 9000 }, { '/room/:nr': route({ onConnect: login, handler: inRoom }) })
}

export function attached(): void {
  const server = createServer()
  attach(server, { '/room/:id': ws => is<string>()(ws.pathParams.id, true), '/': ws => is<undefined>()(ws.data, true) })
  attach(server, ws => is<undefined>()(ws.data, true))
  attach(
    server,
    { unmatched: 'refuse', onConnect: request => ({ data: { name: request.path } }) },
    {
      '/room/:id': ws => {
        is<string>()(ws.pathParams.id, true)
        is<{ name: string }>()(ws.data, true)
      },
    },
  )
  attach(server, { onConnect: login }, ws => is<User>()(ws.data, true))
  attach(server, { '/room/:id': ws => is<User>()(ws.data, true) }, { onConnect: login })
  attach(server, { '/room/:id': ws => is<string>()(ws.pathParams.id, true) }, { unmatched: 'refuse' })
  attach(server, { onConnect: login }, { '/room/:id': inRoom, '/echo': echo })
  // @ts-expect-error: nobody says who it is
  attach(server, { '/room/:id': inRoom })
  // @ts-expect-error: the paths are those of the routes
  attach(server, { path: '/ws' }, echo)
}

export function factories(): readonly WebSocketServerFactory[] {
  return [
    createHandlers(echo),
    createHandlers({ '/': ws => is<unknown>()(ws.data, true) }),
    createHandlers({ protocols: ['chat'] }, { '/': ws => is<unknown>()(ws.data, true) }),
    createHandlers({ onConnect: ({ data }) => ({ data: String(data) }) }, { '/': ws => is<string>()(ws.data, true) }),
    createHandlers({ '/room/:id': ws => is<string>()(ws.pathParams.id, true) }),
    createHandlers({ onConnect: login }, { '/room/:id': inRoom, '*': ws => is<User>()(ws.data, true) }),
    createHandlers({ '/room/:id': inRoom }, { onConnect: login }),
  ]
}

/** A handler of any route may be declared by itself. */
const echo: Handler = async ws => {
  is<unknown>()(ws.data, true)
  for await (const message of ws) await ws.send(message)
}

/** A handler may say what it needs. */
async function inRoom(ws: ServerConnection<User, PathParams<'/room/:id'>>): Promise<void> {
  is<WebSocketServerProtocol<User>>()(ws.protocol, true)
  await ws.send(`${ws.data.name} is in ${ws.pathParams.id}`)
}

/** Routes may be kept, and put together. */
const table: Routes = { '/echo': echo, '/log': ws => ws.closed }

/** A function for connections of both sides. */
async function describe(ws: Connection): Promise<string> {
  return `${ws.subprotocol} ${ws.extensions.length} ${ws.bufferedAmount} ${ws.closeInfo?.code}`
}

export async function declared(): Promise<void> {
  await serve({ port: 9000 }, table)
  await serve({ port: 9000 }, { '/describe': async ws => void (await ws.send(await describe(ws))) })
  await describe(await connect('ws://localhost:9000'))
  // @ts-expect-error: a client has no data
  ;(await connect('ws://localhost:9000')).data
  is<User>()({} as DataOf<ReturnType<typeof login>>, true)
}

/** Fails to compile where the value's type is not exactly `Expected`. */
function is<Expected>(): <Found>(value: Found, isSame: Same<Expected, Found>) => void {
  return () => undefined
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
