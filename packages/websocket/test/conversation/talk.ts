import { afterEach, beforeEach, expect } from 'vitest'
import type { ClientFactoryOptions } from '../../src/application/client-factory.ts'
import type { WebSocketServerProtocol } from '../../src/application/protocol.ts'
import type { ServerFactoryOptions } from '../../src/application/server-factory.ts'
import type { MemoryPairOptions } from '../../src/bytes/memory-pair.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { ConversationFactory, HandlerFactory } from '../../src/conversation/function-factories.ts'
import type { ConversationProtocol } from '../../src/conversation/function-protocols.ts'
import type { Handler, Routes } from '../../src/conversation/route.ts'
import { MemoryLink, quiet, type RawPeer } from '../application/memory-link.ts'

export interface TalkOptions {
  readonly path?: string
  readonly server?: ServerFactoryOptions
  readonly client?: ClientFactoryOptions
  readonly pair?: MemoryPairOptions
}

export interface Talk {
  readonly link: MemoryLink
  readonly ws: Conversation
  readonly protocol: ConversationProtocol
  readonly server: WebSocketServerProtocol
  readonly errors: readonly Error[]
}

/** A client in function style, open, and a server that serves the routes. */
export async function talk(routes: Routes, options: TalkOptions = {}): Promise<Talk> {
  const link = new MemoryLink()
  const errors: Error[] = []
  const factory = new HandlerFactory(undefined, routes, options.server ?? {}, error => errors.push(error))
  const clients = new ConversationFactory(`ws://localhost${options.path ?? '/'}`, options.client ?? {})
  const [client, server] = link.join(clients, factory, options.pair)
  await client.opened
  const protocol = client as ConversationProtocol
  return { link, ws: protocol.conversation, protocol, server, errors }
}

/** A server that serves the handler, with a client in the hands of the test. */
export async function served(
  handler: Handler,
  options: ServerFactoryOptions = {},
): Promise<{
  readonly link: MemoryLink
  readonly peer: RawPeer
  readonly server: WebSocketServerProtocol
  readonly errors: readonly Error[]
}> {
  const link = new MemoryLink()
  const errors: Error[] = []
  const factory = new HandlerFactory(undefined, handler, options, error => errors.push(error))
  const [peer, server] = link.serve(factory)
  await peer.open()
  return { link, peer, server, errors }
}

/** A promise settled by the test. */
export function promised<T = void>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

/** The present state of a promise. */
export function watched(promise: Promise<unknown>): { state: 'pending' | 'resolved' | 'rejected'; error: unknown } {
  const seen: { state: 'pending' | 'resolved' | 'rejected'; error: unknown } = { state: 'pending', error: undefined }
  promise.then(
    () => {
      seen.state = 'resolved'
    },
    error => {
      seen.state = 'rejected'
      seen.error = error
    },
  )
  return seen
}

/** Each letter as a piece of its own. */
export async function* letters(text: string, after?: Promise<void>): AsyncGenerator<Uint8Array> {
  await after
  for (const letter of text) yield Uint8Array.from(Buffer.from(letter))
}

export function* chunks(count: number, size: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) yield new Uint8Array(size)
}

/** Checks for all tests of a file that no rejection goes unhandled. */
export function raisesNothingUnhandled(): void {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  beforeEach(() => void process.on('unhandledRejection', note))
  afterEach(async () => {
    await quiet()
    process.off('unhandledRejection', note)
    expect(unhandled.splice(0)).toEqual([])
  })
}
