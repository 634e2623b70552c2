import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { HttpException } from '../../../src/handshake/http/http-exception.ts'
import { checkPage } from '../../../src/node/edge/check-page.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'
import { type ServerOptions, serverOptions } from '../../../src/protocol/options/options.ts'

const servers: { close(): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

describe('checkPage', () => {
  it('allows requests without Origin, and pages of the same origin', async () => {
    expect(await asked({})).toBe('127.0.0.1')
    expect(await asked({ Host: 'localhost', Origin: 'http://localhost' })).toBe('127.0.0.1')
  })

  it('refuses pages of other origins, and allows those that the options name', async () => {
    const headers = { Host: 'localhost', Origin: 'https://other.example' }
    expect(await asked(headers)).toBe('403 allowedOrigins of the server does not have the origin "https://other.example"')
    expect(await asked(headers, { allowedOrigins: ['https://other.example'] })).toBe('127.0.0.1')
    expect(await asked({ Host: 'localhost', Origin: 'null' })).toMatch(/^403 /)
  })

  it('refuses a page that reaches loopback by a name that an attacker could own', async () => {
    const headers = { Host: 'rebound.example', Origin: 'http://rebound.example' }
    expect(await asked(headers)).toBe(
      '403 allowedHosts of the server does not have the host "rebound.example", and this is a loopback address',
    )
    expect(await asked(headers, { allowedHosts: ['rebound.example'] })).toBe('127.0.0.1')
  })

  it('returns the client behind a trusted proxy', async () => {
    const headers = { 'X-Forwarded-For': '192.0.2.7' }
    expect(await asked(headers)).toBe('127.0.0.1')
    expect(await asked(headers, { trustedProxies: ['127.0.0.1'] })).toBe('192.0.2.7')
  })
})

/** Sends a request, and returns the address of its client, or the refusal. */
async function asked(headers: Record<string, string>, options: Partial<ServerOptions> = {}): Promise<string> {
  const server = createServer((incoming, response) => {
    try {
      response.end(checkPage(incoming, { ...defaultsOf(serverOptions), ...options }).peer.address)
    } catch (error) {
      response.end(error instanceof HttpException ? error.message : String(error))
    }
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', headers }, response => {
      let text = ''
      response.on('data', piece => {
        text += String(piece)
      })
      response.on('end', () => resolve(text))
    })
    sent.on('error', reject)
    sent.end()
  })
}
