import { describe, expect, it } from 'vitest'
import { WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import { Link, TestServerFactory } from '../../fixtures/link.ts'

describe('onSessionOpen of a server', () => {
  it('may call the client and wait for it', async () => {
    let answer: unknown
    class Server extends WampServerProtocol {
      override async onSessionOpen(): Promise<void> {
        answer = await this.call('who')
      }
    }
    const client = await new Link().serve(new TestServerFactory(Server))
    expect(client.heard().at(-1)).toEqual([2, '1', 'who'])
    await client.say([3, '1', 'me'])
    expect(answer).toBe('me')
  })

  it('closes with 1011 where it fails, at once or later, also by returning an error, and is reported', async () => {
    for (const fail of [
      () => Promise.reject(new Error('no')),
      () => Promise.resolve(new Error('no') as never),
      () => new Error('no') as never,
      () => {
        throw new Error('no')
      },
    ]) {
      class Failing extends WampServerProtocol {
        override onSessionOpen(): Promise<void> {
          return fail()
        }
      }
      const factory = new TestServerFactory(Failing)
      const client = await new Link().serve(factory)
      expect(await client.ended()).toMatch(/^1011/)
      expect(factory.errors.map(({ message }) => message)).toEqual(['no'])
      expect(factory.sessionCount).toBe(0)
    }
  })

  it('closes with 1011 also where it fails with what cannot be printed', async () => {
    for (const fail of [() => Promise.reject(unprintable), (): never => fails(unprintable)]) {
      class Failing extends WampServerProtocol {
        override onSessionOpen(): Promise<void> {
          return fail()
        }
      }
      const factory = new TestServerFactory(Failing)
      expect(await (await new Link().serve(factory)).ended()).toMatch(/^1011/)
      expect(factory.errors.map(({ message }) => message)).toEqual([expect.stringMatching('cannot be printed')])
    }
  })
})

/** A client makes such a thing with JSON, and an application may throw what it was given. */
const unprintable: unknown = JSON.parse('{"toString":1,"valueOf":1}')

function fails(thrown: unknown): never {
  throw thrown
}
