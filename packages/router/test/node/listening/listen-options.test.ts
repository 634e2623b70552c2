import { describe, expect, it } from 'vitest'
import { listen } from '../../../src/node/listening/listen.ts'
import { checkFrontOptions, frontSettings, type ListenOptions } from '../../../src/node/listening/listen-options.ts'

describe('the options of listen', () => {
  for (const [options, says] of [
    [{ prot: 1 }, 'did you mean port?'],
    [{ port: 70_000 }, 'option port must be a port from 0 to 65535'],
    [{ port: 1, socketPath: '/a' }, 'the option socketPath excludes host and port'],
    [{ socketPath: `/${'x'.repeat(107)}` }, 'the path of a Unix socket has at most'],
    [{ serializers: ['json'] }, 'option serializers has "json"'],
    [{ longPoll: 'lp' }, 'option longPoll must be a path'],
    [{ maxConnections: 0 }, 'option maxConnections must be'],
    [{ pingInterval: -1 }, 'option pingInterval must be'],
    [{ clock: 5 }, 'option clock must be'],
    [{ request: 'page' }, 'option request must be a function'],
    [{ websocket: { allowedOrigin: '*' } }, 'did you mean allowedOrigins?'],
  ] as const) {
    it(`are refused: ${JSON.stringify(options)}`, async () => {
      const listening = listen({ accept: () => {} }, options as ListenOptions)
      await expect(listening).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining(says) })
    })
  }

  it('are refused without a router', async () => {
    await expect(listen({} as never)).rejects.toThrow('listen needs a router, which has the method accept')
  })

  it('have defaults', () => {
    const { spoken, longPoll, maxConnections } = frontSettings({})
    expect([spoken.serializers.map(({ name }) => name), spoken.isBatched, longPoll, maxConnections]).toEqual([
      ['json', 'msgpack', 'cbor'],
      true,
      '/lp',
      50_000,
    ])
    expect(frontSettings({ longPoll: false }).longPoll).toBe(undefined)
  })

  it('of attach have no port', () => {
    expect(() => checkFrontOptions({ port: 1 } as never)).toThrow('there is no option port')
  })
})
