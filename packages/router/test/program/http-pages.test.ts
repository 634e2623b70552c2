import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@autobahn-ts/wamp'
import { afterEach, describe, expect, it } from 'vitest'
import { readPrometheusText } from '../fixtures/prometheus-text.ts'
import { closePrograms, runningProgram } from '../fixtures/running-program.ts'

afterEach(closePrograms)

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Asks as a program may, also under a name that `fetch` would not send. */
function asked(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers, method }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
    })
    asking.on('error', reject).end()
  })
}

describe('the pages of a router', () => {
  it('say that it runs, and whether clients may join', async () => {
    const { http } = await runningProgram()
    expect(await asked(`${http}/health`)).toMatchObject({ status: 200 })
    expect(await asked(`${http}/ready`)).toMatchObject({ status: 200, body: 'clients may join\n' })
    expect(await asked(`${http}/other`)).toMatchObject({ status: 404 })
    expect(await asked(`${http}/health`, {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it('have the counters for Prometheus, and the facts for the page', async () => {
    const { http, url } = await runningProgram()
    const client = await connect(url, { realm: 'realm1' })
    await client.subscribe('com.example.<b>', () => {})
    expect((await asked(`${http}/metrics`)).body).toMatch(/^wamp_sessions\{realm="realm1"\} 1$/m)
    expect((await asked(`${http}/metrics`)).body).toMatch(/^wamp_subscriptions\{realm="realm1"\} 1$/m)
    const families = readPrometheusText((await asked(`${http}/metrics`)).body)
    const subscribed = families.get('wamp_messages_total')?.samples.find(({ labels }) => labels.type === 'SUBSCRIBED')
    expect(subscribed).toMatchObject({ labels: { realm: 'realm1', direction: 'sent' }, value: 1 })
    const { body } = await asked(`${http}/status.json`, { 'x-status': '1' })
    expect(JSON.parse(body)).toMatchObject([{ name: 'realm1', sessionCount: 1, topics: [{ uri: 'com.example.<b>', subscribers: 1 }] }])
    await client.close()
  })

  it('are closed to pages of other sites: neither a foreign name nor a frame nor a script of theirs reads them', async () => {
    const { http } = await runningProgram()
    for (const path of ['/', '/metrics', '/status.json']) {
      expect((await asked(`${http}${path}`, { host: 'evil.example', 'x-status': '1' })).status).toBe(404)
    }
    expect((await asked(`${http}/status.json`)).status).toBe(404)
    const { headers } = await asked(`${http}/`)
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin' })
    expect(String(headers['content-security-policy'])).toContain("default-src 'none'")
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('are closed to those for whom a proxy on this machine asks, unless the config opens them', async () => {
    const { http } = await runningProgram()
    const opened = await runningProgram({ metrics: true, page: true })
    for (const field of ['Forwarded', 'X-Forwarded-For', 'X-Real-IP', 'Via'])
      for (const path of ['/metrics', '/', '/status.json']) {
        const fields = { [field]: '203.0.113.9', 'X-Status': '1' }
        expect([field, path, (await asked(`${http}${path}`, fields)).status]).toEqual([field, path, 404])
        expect([field, path, (await asked(`${opened.http}${path}`, fields)).status]).toEqual([field, path, 200])
      }
  })

  it('are open or closed to all where the config says so', async () => {
    const open = await runningProgram({ metrics: true, page: true })
    expect((await asked(`${open.http}/metrics`, { host: 'router.example' })).status).toBe(200)
    const closed = await runningProgram({ metrics: false, page: false })
    for (const path of ['/', '/metrics']) expect((await asked(`${closed.http}${path}`)).status).toBe(404)
  })

  it('may be files of folders, of which the longest path counts, and nothing outside of them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'router-files-'))
    mkdirSync(join(folder, 'docs'))
    writeFileSync(join(folder, 'index.html'), 'home')
    writeFileSync(join(folder, 'docs', 'a.txt'), 'a')
    const { http } = await runningProgram({ listeners: [{ port: 0, static: { '/': folder, '/more': join(folder, 'docs') } }] })
    expect((await asked(`${http}/`)).body).toBe('home')
    expect((await asked(`${http}/docs/a.txt`)).body).toBe('a')
    expect((await asked(`${http}/more/a.txt`)).body).toBe('a')
    expect((await asked(`${http}/health`)).body).toBe('the router runs\n')
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/more/..%2findex.html']) {
      expect((await asked(`${http}${path}`)).status, path).toBeGreaterThanOrEqual(400)
    }
    rmSync(folder, { recursive: true })
  })

  it('do not mind paths that lead elsewhere', async () => {
    const { http } = await runningProgram()
    for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '//evil.example/', '/\\evil']) {
      expect((await asked(`${http}${path}`)).status, path).toBeGreaterThanOrEqual(400)
    }
  })
})
