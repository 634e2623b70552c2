import { describe, expect, it } from 'vitest'
import { notify } from '../../src/hooks/notify.ts'
import { WampServerProtocol } from '../../src/v1/application/server-protocol.ts'
import { RpcError } from '../../src/v1/rpc/rpc-error.ts'
import { Link, TestServerFactory } from '../fixtures/link.ts'

describe('notify', () => {
  it('reports the error that a hook throws, or its promise rejects with, and calls failed', async () => {
    const factory = new TestServerFactory(Server)
    let failed = 0
    const hooks = [
      () => undefined,
      () => Promise.resolve(),
      () => {
        throw new Error('at once')
      },
      () => Promise.reject(new Error('later')),
      () => Promise.reject(Object.create(null)),
    ]
    for (const hook of hooks) notify(factory, {}, hook, () => failed++)
    await new Link().settle()
    expect(failed).toBe(3)
    expect(factory.errors.map(({ message }) => message)).toEqual(['at once', 'later', expect.stringMatching('cannot be printed')])
  })
})

describe('hooks that an application has made async', () => {
  it('are reported where they fail, and reach nobody else', async () => {
    class Factory extends TestServerFactory {
      override onClientSubscribed(): void {
        return failed('subscribed')
      }

      override onClientUnsubscribed(): void {
        return failed('unsubscribed')
      }
    }
    const factory = new Factory(Server)
    const client = await new Link().serve(factory)
    client.heard()
    await client.say([2, 'a', 'right'], [2, 'b', 'wrong'], [5, 't'], [6, 't'])
    expect(client.heard()).toEqual([
      [3, 'a', 1],
      [4, 'b', 'u', 'd'],
    ])
    expect(client.isOpen).toBe(true)
    expect(factory.errors.map(({ message }) => message)).toEqual(['success', 'error', 'subscribed', 'unsubscribed'])
  })
})

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerForPubSub('t')
    this.registerProcedureForRpc('right', () => 1)
    this.registerProcedureForRpc('wrong', () => {
      throw new RpcError('u', 'd')
    })
  }

  override onAfterSendCallSuccess(): void {
    return failed('success')
  }

  override onAfterSendCallError(): void {
    return failed('error')
  }
}

/** Returns a promise where TypeScript expects `void`, as it lets applications do. */
function failed(message: string): void {
  return Promise.reject(new Error(message)) as unknown as void
}
