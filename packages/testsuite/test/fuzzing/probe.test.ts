import { createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { probe } from '../../src/fuzzing/probe.ts'
import { Unreachable } from '../../src/run/open-as-client.ts'
import { usualPace } from '../../src/run/pace.ts'
import { acceptKey } from '../../src/wire/accept-key.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

it('counts the connections that a server accepts at once', async () => {
  expect(await probe({ url: await listening() }, 8, usualPace)).toEqual({ atOnce: 8 })
  expect(await probe({ url: await listening({ most: 3 }) }, 8, usualPace)).toEqual({ atOnce: 3 })
  expect(await probe({ url: await listening({ most: 1 }) }, 8, usualPace)).toEqual({ atOnce: 1 })
})

it('counts one if the server lets the others wait', async () => {
  expect(await probe({ url: await listening({ answered: 1 }) }, 4, { ...usualPace, opening: 0.3 })).toEqual({ atOnce: 1 })
})

it('reads the name of the server', async () => {
  expect(await probe({ url: await listening({ header: 'Server: device/1.0 \r\n' }) }, 1, usualPace)).toEqual({
    server: 'device/1.0',
    atOnce: 1,
  })
})

it('leaves no connection open', async () => {
  const url = await listening()
  await probe({ url }, 8, usualPace)
  await expect.poll(() => new Promise(resolve => servers[0]!.getConnections((_, count) => resolve(count)))).toBe(0)
})

it('rejects if no server listens', async () => {
  await expect(probe({ url: 'ws://127.0.0.1:1' }, 8, usualPace)).rejects.toThrow(Unreachable)
})

/** Starts a server that accepts `most` connections at a time, and only the first `answered` of all. */
async function listening({ most = Number.MAX_SAFE_INTEGER, answered = Number.MAX_SAFE_INTEGER, header = '' } = {}): Promise<string> {
  let open = 0
  let seen = 0
  const server = createServer(socket => {
    if (open >= most) return void socket.destroy()
    open++
    const mayAnswer = ++seen <= answered
    socket.on('error', () => {}).on('close', () => open--)
    socket.on('data', chunk => {
      const key = /sec-websocket-key: (.*)\r/i.exec(String(chunk))?.[1] ?? ''
      if (mayAnswer)
        socket.write(
          `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${header}Sec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
        )
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}
