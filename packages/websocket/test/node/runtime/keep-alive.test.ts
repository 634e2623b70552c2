import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { WebSocketServerFactory } from '../../../src/application/server-factory.ts'
import { listenWS } from '../../../src/node/edge/listen-ws.ts'
import { KeepAlive } from '../../../src/node/runtime/keep-alive.ts'
import { Echo } from '../../fixtures/echo.ts'

describe('KeepAlive', () => {
  it('keeps the process alive until each hold is released', () => {
    const keepAlive = new KeepAlive()
    const before = timers()
    keepAlive.hold()
    keepAlive.hold()
    expect(timers()).toBe(before + 1)
    keepAlive.release()
    expect(timers()).toBe(before + 1)
    keepAlive.release()
    expect(timers()).toBe(before)
  })

  it('can be held again after that', () => {
    const keepAlive = new KeepAlive()
    const before = timers()
    for (let round = 0; round < 2; round++) {
      keepAlive.hold()
      expect(timers()).toBe(before + 1)
      keepAlive.release()
    }
    expect(timers()).toBe(before)
  })
})

describe('a process that awaits the end of a connection', () => {
  it('lives while the connection is paused', async () => {
    class Server extends Echo {
      override onOpen(): void {
        for (let i = 0; i < 3; i++) this.sendMessage(new Uint8Array(100_000))
        this.sendClose(1000)
      }
    }
    expect(await printedBy(Server, 'paused')).toBe('1000\n')
  })

  it('lives while a hook is pending and the peer has ended', async () => {
    class Server extends Echo {
      override onOpen(): void {
        this.sendMessage('last')
        this.dropConnection()
      }
    }
    expect(await printedBy(Server, 'ended')).toBe('1006\n')
  })
})

/** Returns the output of the client in a process of its own; rejects where it ends with another code than 0. */
async function printedBy(protocol: typeof Echo, what: string): Promise<string> {
  const listener = await listenWS(new WebSocketServerFactory('ws://127.0.0.1:0', { protocol }))
  const program = fileURLToPath(new URL('../children/awaiting.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program, listener.url, what])
  await listener.close({ timeout: 0 })
  return stdout
}

function timers(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
}
