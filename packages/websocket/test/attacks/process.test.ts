import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { upgradeRequest } from '../fixtures/echo.ts'
import { until } from '../fixtures/until.ts'
import { Attacker, frame } from './attacker.ts'

const children: ChildProcess[] = []
afterEach(() => {
  Attacker.endAll()
  for (const child of children.splice(0)) child.kill()
})

beforeAll(() => {
  if (!existsSync(fileOf('../../dist/index.js'))) throw new Error('these tests run what was built: `npm run build` first')
})

describe('against the process', () => {
  it('makes an application throw and reject, and the process lives on', async () => {
    const { port, child, printed } = await careless()
    for (const what of ['throw', 'throw nothing', 'reject', 'reject later']) {
      const attacker = await Attacker.within(port, upgradeRequest())
      attacker.socket.write(frame(0x81, what))
      expect(await attacker.failed()).toBe('1011 internal error')
    }
    const witness = await Attacker.within(port, upgradeRequest())
    witness.socket.write(frame(0x81, 'alive'))
    await until(() => witness.received.includes('alive'))
    expect(child.exitCode).toBe(null)
    await until(() => printed().includes('Error: reject later'))
  })

  it('holds on to connections of every kind, and the process ends by itself once its server is closed', async () => {
    const { port, child } = await careless()
    const silent = await Attacker.to(port)
    const begun = await Attacker.to(port)
    begun.socket.write('GET / HTTP/1.1\r\n')
    const open = await Attacker.within(port, upgradeRequest())
    const inMessage = await Attacker.within(port, upgradeRequest())
    inMessage.socket.write(frame(0x81, 'x', 1000))
    for (const attacker of [silent, begun, open, inMessage]) attacker.isStubborn = true
    const exit = once(child, 'exit')
    const said = once(child, 'message')
    child.send('close')
    expect((await said)[0]).toEqual({ left: [] })
    expect(await exit).toEqual([0, null])
  })

  it('makes the system take what is sent piece by piece, and the process lives on', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [fileOf('./children/pour.mjs')])
    const size = 512 * 1024 * 1024
    const said = stdout.trim().split('\n')
    expect(said.map(line => JSON.parse(line))).toEqual(
      expect.arrayContaining([{ got: size }, { poured: size, wasClean: true, code: 1000 }]),
    )
  }, 240_000)

  it('connects and aborts ten thousand times, and nothing is left', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', fileOf('./children/churn.mjs')])
    const { heap, ...left } = JSON.parse(stdout) as { heap: [number, number] }
    expect(left).toEqual({ connections: 0, abortListeners: 0, timers: 0, resources: [], moreListeners: 0 })
    expect(heap[1] - heap[0]).toBeLessThan(2 * 1024 * 1024)
  }, 240_000)
})

async function careless(): Promise<{ port: number; child: ChildProcess; printed: () => string }> {
  const child = fork(fileOf('./children/careless.mjs'), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  children.push(child)
  let errors = ''
  child.stderr!.on('data', text => {
    errors += text
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { port, child, printed: () => errors }
}

function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
