import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConversationFactory, HandlerFactory } from '../../src/conversation/function-factories.ts'
import type { Routes } from '../../src/conversation/route.ts'
import type { ConnectionRequest } from '../../src/handshake/connection-request.ts'
import { HttpException } from '../../src/handshake/http/http-exception.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { MemoryLink } from '../application/memory-link.ts'
import { raisesNothingUnhandled } from './talk.ts'

raisesNothingUnhandled()
afterEach(() => void vi.restoreAllMocks())

describe('HandlerFactory', () => {
  it('lifts the limits of size, because streams have none unless they are set', () => {
    const lifted = new HandlerFactory(undefined, () => {}, {}, undefined)
    expect(lifted.options).toMatchObject({ maxMessagePayloadSize: 0, maxFramePayloadSize: 0, maxMessageFrames: 0 })
    const set = new HandlerFactory(undefined, () => {}, { maxMessagePayloadSize: 5, maxMessageFrames: 7 }, undefined)
    expect(set.options).toMatchObject({ maxMessagePayloadSize: 5, maxFramePayloadSize: 0, maxMessageFrames: 7 })
  })

  it('takes what a server factory takes, and refuses what it refuses', () => {
    const factory = new HandlerFactory('ws://localhost:9000', () => {}, { protocols: ['a'], autoPingInterval: 3 }, undefined)
    expect({ url: factory.url, protocols: factory.protocols, autoPingInterval: factory.options.autoPingInterval }).toEqual({
      url: 'ws://localhost:9000',
      protocols: ['a'],
      autoPingInterval: 3,
    })
    expect(() => new HandlerFactory(undefined, () => {}, { nonsense: 1 } as object, undefined)).toThrow(ApiMisuse)
  })

  it('refuses routes that could never be reached or called', () => {
    const made = (routes: unknown): unknown => new HandlerFactory(undefined, routes as Routes, {})
    expect(() => made({})).toThrow('serve needs at least one route')
    expect(() => made(new Map([['/echo', () => {}]]))).toThrow('serve needs at least one route')
    for (const path of ['/a?b', '/a#b', '/a b', '/ä']) expect(() => made({ [path]: () => {} }), path).toThrow('never matches')
    expect(() => made({ echo: () => {} })).toThrow("route echo must begin with a slash, or be '*'")
    expect(() => made({ '/echo': 5 })).toThrow('the handler of route /echo must be a function, and not 5')
    expect(() => made([() => {}])).toThrow("serve takes handlers by path, and not a list of them: write { '/path': handler }")
    expect(() => made(undefined)).toThrow('serve needs a handler, or handlers by path')
    expect(() => made(null)).toThrow(ApiMisuse)
    expect(() => made({ '*': () => {} })).not.toThrow()
  })

  it('asks before it accepts, where somebody decides', async () => {
    const admit = (request: ConnectionRequest): string => {
      if (request.headers.get('authorization') !== 'Bearer good') throw new HttpException(401, 'who are you?')
      return 'chat'
    }
    const factory = new HandlerFactory(undefined, ws => ws.closed, {}, undefined, admit)
    const [refused] = new MemoryLink().serve(factory)
    await refused.open()
    expect(refused.text).toContain('401 who are you?')
    const [admitted] = new MemoryLink().serve(factory)
    await admitted.open('/', 'Authorization: Bearer good', 'Sec-WebSocket-Protocol: chat')
    expect(admitted.text).toContain('Sec-WebSocket-Protocol: chat')
  })

  it('gives errors to the function that was given, or prints them', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const errors: Error[] = []
    const broken = new Error('broken')
    const handler = (): never => {
      throw broken
    }
    for (const onError of [(error: Error) => void errors.push(error), undefined]) {
      const [peer] = new MemoryLink().serve(new HandlerFactory(undefined, handler, {}, onError))
      await peer.open()
      await peer.frame('close 1011 internal error')
    }
    expect(errors).toEqual([broken])
    expect(printed.mock.calls).toEqual([[broken]])
  })
})

describe('ConversationFactory', () => {
  it('lifts the limits of size, because streams have none unless they are set', () => {
    const factory = new ConversationFactory('ws://localhost', { maxFramePayloadSize: 9 })
    expect(factory.options).toMatchObject({ maxMessagePayloadSize: 0, maxFramePayloadSize: 9, maxMessageFrames: 0 })
  })
})
