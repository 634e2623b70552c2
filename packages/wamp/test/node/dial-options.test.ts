import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { dialSettings } from '../../src/node/dial-options.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'

describe('dialSettings', () => {
  it('completes the limits with their defaults, and leaves the options of connecting to connectWS', () => {
    const settings = dialSettings({ ...fine, pingInterval: 5, timeout: 7, proxy: false, batched: true })
    expect(settings.limits).toEqual({ ...defaultsOf(transportOptions), pingInterval: 5 })
    expect(settings.connect).toEqual({ timeout: 7, proxy: false })
    expect(settings.spoken).toEqual({ serializers: fine.serializers, isBatched: true })
  })

  for (const [what, call, says] of [
    ['no options', () => dialSettings(undefined as never), 'must be an object'],
    ['no serializers', () => dialSettings({ serializers: [] }), 'option serializers must be a list with at least one'],
    ['a serializer by its name', () => dialSettings({ serializers: ['json' as never] }), 'option serializers has "json"'],
    ['a serializer twice', () => dialSettings({ serializers: [new JsonSerializer(), new JsonSerializer()] }), 'has json twice'],
    ['a misspelt option', () => dialSettings({ ...fine, serialisers: [] } as never), 'did you mean serializers?'],
    ['a size below 512', () => dialSettings({ ...fine, maxMessageSize: 5 }), 'option maxMessageSize must be'],
    ['a header that is not a text', () => dialSettings({ ...fine, headers: { a: 5 as never } }), 'option headers must have texts'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(call).toThrow(says)
      expect(call).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
    })
  }
})

const fine = { serializers: [new JsonSerializer()] }
