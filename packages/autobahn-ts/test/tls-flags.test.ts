import { readFileSync } from 'node:fs'
import { listen, type RouterListener } from '@autobahn-ts/router'
import { serve } from '@autobahn-ts/websocket'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addingRouter } from './fixtures/adding-router.ts'
import { certificateFiles } from './fixtures/certificate-files.ts'
import { CliProcess, endAll } from './fixtures/cli-process.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

describe('a server whose certificate no authority has signed', { timeout: 60_000 }, () => {
  const folder = temporaryFolder()
  let files: { readonly cert: string; readonly key: string }
  let router: RouterListener
  let url: string

  beforeAll(async () => {
    files = certificateFiles(folder.path)
    const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) }
    router = await listen(await addingRouter(), { port: 0, tls })
    url = `wss://localhost:${router.port}`
  })
  afterAll(async () => {
    await endAll()
    await router.close({ timeout: 0 })
    folder.remove()
  })

  const commands = {
    call: ['call', 'URL', 'com.add', '2', '3'],
    publish: ['publish', 'URL', 'com.topic', '1'],
    watch: ['watch', 'URL', '--count', '1'],
  }
  for (const [name, args] of Object.entries(commands)) {
    const withUrl = (...more: string[]): string[] => [...args.map(arg => (arg === 'URL' ? url : arg)), ...more]

    it(`is refused by ${name}, which says why`, async () => {
      const program = new CliProcess(...withUrl())
      expect(await program.end()).toBe(1)
      expect(program.stderr).toMatch(/self-signed certificate; --ca <file> trusts a certificate\n/)
    })

    it(`is taken by ${name} with its certificate for --ca, over RawSocket as well`, async () => {
      for (const address of [url, `rss://localhost:${router.port}`]) {
        const program = new CliProcess(...withUrl('--ca', files.cert).map(arg => (arg === url ? address : arg)))
        expect({ status: await program.end(), stderr: program.stderr }).toMatchObject({ status: 0 })
      }
    })

    it(`is taken by ${name} with --insecure`, async () => {
      const program = new CliProcess(...withUrl('--insecure'))
      expect({ status: await program.end(), stderr: program.stderr }).toMatchObject({ status: 0 })
    })
  }

  it('is taken by subscribe and register, which go on until they are ended', async () => {
    for (const [args, said] of [
      [['subscribe', '--ca', files.cert, url, 'com.topic'], /subscribed to/],
      [['register', '--ca', files.cert, url, 'com.other', 'cat'], /registered/],
    ] as const) {
      const program = new CliProcess(...args)
      await program.said(said)
      program.signal('SIGINT')
      expect(await program.end()).toBe(0)
    }
  })

  it('is taken by testsuite massconnect with --ca or --insecure alone', async () => {
    const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) }
    const server = await serve({ port: 0, host: 'localhost', tls }, async ws => void (await ws.closed))
    const opened = async (...flags: string[]): Promise<object> => {
      const url = `wss://localhost:${server.port}`
      const program = new CliProcess('testsuite', 'massconnect', '--url', url, '--connections', '3', '--json', ...flags)
      return { status: await program.end(), ...JSON.parse(program.stdout) }
    }
    expect(await opened('--ca', files.cert)).toMatchObject({ status: 0, wanted: 3, opened: 3, failures: [] })
    expect(await opened('--insecure')).toMatchObject({ status: 0, opened: 3 })
    const reason = expect.stringMatching(/self-signed certificate.*--ca/)
    expect(await opened()).toMatchObject({ status: 1, opened: 0, failures: [{ count: 3, reason }] })
    await server.close()
  })

  it('is taken by bench with --ca', async () => {
    const echo = await serve(
      { port: 0, host: 'localhost', tls: { cert: readFileSync(files.cert), key: readFileSync(files.key) } },
      async ws => {
        for await (const message of ws) await ws.send(message)
      },
    )
    const flags = ['--duration', '0.2', '--warm-up', '0.1', '--connections', '1']
    const program = new CliProcess('bench', `wss://localhost:${echo.port}`, ...flags, '--ca', files.cert)
    expect({ status: await program.end(), stderr: program.stderr }).toMatchObject({ status: 0 })
    await echo.close()
  })

  it('is one sentence where the file is not a certificate', async () => {
    for (const [file, why] of [
      ['/no/such', '--ca /no/such cannot be read'],
      ['/dev/null', '--ca /dev/null is not a certificate in PEM'],
    ] as const) {
      const program = new CliProcess('call', url, 'com.add', '--ca', file)
      expect(await program.end()).toBe(1)
      expect(program.stderr).toContain(why)
    }
  })
})
