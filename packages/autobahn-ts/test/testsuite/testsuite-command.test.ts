import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { CliProcess, endAll } from '../fixtures/cli-process.ts'
import { temporaryFolder as makeFolder } from '../fixtures/temporary-folder.ts'

afterEach(endAll)

describe('autobahn-ts testsuite', () => {
  it('tests a server and prints the result', async () => {
    const testee = new CliProcess('testsuite', 'testee-server', '--port', '0')
    const url = await testee.said(/listens at (\S+)/)
    const outdir = temporaryFolder()
    const fuzzer = new CliProcess(
      'testsuite',
      'fuzzing-client',
      '--url',
      url,
      '--agent',
      'mine',
      '--cases',
      '1.*,2.*',
      '--exclude',
      '2.1',
      '--outdir',
      outdir,
      '--junit',
      join(outdir, 'ci', 'junit.xml'),
    )
    expect(await fuzzer.end()).toBe(0)
    expect(fuzzer.stdout).toContain(`mine: 26 cases, 26 OK\nreport: ${join(outdir, 'index.html')}\n`)
    expect(readFileSync(join(outdir, 'ci', 'junit.xml'), 'utf8')).toContain('<testsuite name="mine" tests="26" failures="0"')
    expect(Object.keys(JSON.parse(readFileSync(join(outdir, 'index.json'), 'utf8')).mine)).toHaveLength(26)
    testee.signal('SIGTERM')
    expect(await testee.end()).toBe(0)
  })

  it('tests a client, and exits after the first report with --exit', async () => {
    const outdir = temporaryFolder()
    const fuzzer = new CliProcess('testsuite', 'fuzzing-server', '--port', '0', '--cases', '1.1.*', '--once', '--outdir', outdir)
    const url = await fuzzer.said(/listens at (\S+)/)
    const testee = new CliProcess('testsuite', 'testee-client', '--url', url, '--agent', 'mine')
    expect(await testee.end()).toBe(0)
    expect(await fuzzer.end()).toBe(0)
    expect(fuzzer.stdout).toContain('mine: 8 cases, 8 OK')
    expect(existsSync(join(outdir, 'mine_case_1_1_8.json'))).toBe(true)
  })

  it('makes the folders of reports that are missing, and says at once where none can be made', { timeout: 30_000 }, async () => {
    const folder = join(temporaryFolder(), 'a', 'b')
    const url = 'ws://127.0.0.1:9'
    const possible = new CliProcess('testsuite', 'fuzzing-client', '--url', url, '--cases', '1.1.1', '--outdir', folder)
    await possible.end()
    expect(existsSync(folder)).toBe(true)
    if (process.platform !== 'linux') return
    const impossible = new CliProcess('testsuite', 'fuzzing-client', '--url', url, '--cases', '1.1.1', '--outdir', '/proc/x/y')
    expect(await impossible.end()).toBe(1)
    expect(impossible.stderr).toContain('error: --outdir /proc/x/y cannot be made: ENOENT')
  })

  it('reads a configuration file, and exits with 1 if a case fails', async () => {
    const folder = temporaryFolder()
    // A server that never answers with a WebSocket handshake: the fuzzing server itself, on a path that needs a case.
    const server = new CliProcess('testsuite', 'fuzzing-server', '--port', '0', '--outdir', folder)
    const url = await server.said(/listens at (\S+)/)
    const config = join(folder, 'fuzzingclient.json')
    writeFileSync(
      config,
      JSON.stringify({ outdir: join(folder, 'out'), servers: [{ agent: 'no', url: `${url}/getCaseInfo` }], cases: ['1.1.1'] }),
    )
    const fuzzer = new CliProcess('testsuite', 'fuzzing-client', '--config', config)
    expect(await fuzzer.end()).toBe(1)
    expect(fuzzer.stdout).toContain('FAILED')
    expect(fuzzer.stdout).toContain('status 400')
    expect(fuzzer.stdout).toContain(join(folder, 'out', 'no_case_1_1_1.html'))
  })

  it('opens many connections and prints how fast', async () => {
    const testee = new CliProcess('testsuite', 'testee-server', '--port', '0')
    const url = await testee.said(/listens at (\S+)/)
    const crowd = new CliProcess('testsuite', 'massconnect', '--url', url, '--connections', '200')
    expect(await crowd.end()).toBe(0)
    expect(crowd.stdout).toContain('200 of 200 connections opened')
    expect(crowd.stdout).toMatch(/time to open, ms: shortest .*, median .*, 90 % .*, 99 % .*, longest /)
    const nobody = new CliProcess('testsuite', 'massconnect', '--url', 'ws://127.0.0.1:1', '--connections', '3')
    expect(await nobody.end()).toBe(1)
    expect(nobody.stdout).toContain('3 failed: 127.0.0.1:1 cannot be reached')
  })

  it.each([
    [['massconnect'], "required option '--url"],
    [['massconnect', '--url', 'ws://127.0.0.1:1', '--connections', '0'], 'from 1 to 100000'],
    [['massconnect', '--url', 'x'], 'must be an address'],
    [['fuzzing-client'], 'no server to test'],
    [['fuzzing-client', '--url', 'http://x'], 'must be an address with ws://'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1'], 'cannot be reached'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1', '--cases', '99.*'], 'no case matches 99.*'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1', '--cases', 'x'], 'numbers of cases'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1', '--concurrency', '0'], 'from 1 to 256'],
    [['fuzzing-client', '--config', '/no/such/file'], 'cannot be read'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1', '--cases', '[1-.*'], 'numbers of cases'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1', '--outdir', '/dev/null'], '--outdir /dev/null is a file, not a folder'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1', '--outdir', '/dev/null/x'], '--outdir /dev/null/x cannot be made'],
    [['fuzzing-client', '--url', 'ws://127.0.0.1:1', '--junit', '/'], '--junit / is a folder, not a file'],
    [['fuzzing-server', '--outdir', '/dev/null'], '--outdir /dev/null is a file, not a folder'],
    [['fuzzing-server', '--cert', 'x'], 'need each other'],
    [['fuzzing-server', '--cert', '/dev/null', '--key', '/dev/null'], '--cert /dev/null is not a certificate in PEM'],
    [['fuzzing-server', '--cert', '/no/such', '--key', '/no/such'], '--cert /no/such cannot be read'],
    [['fuzzing-server', '--timeout', '0'], 'a number of seconds above 0'],
    [
      ['fuzzing-server', '--port', '0', '--once', '--timeout', '0.2', '--cases', '1.1.1'],
      'no client has asked for its report within 0.2 s',
    ],
    [['testee-client', '--url', 'ws://127.0.0.1:1'], 'cannot be run'],
  ])('prints why it cannot run: %j', async (flags, message) => {
    const cli = new CliProcess('testsuite', ...flags)
    expect(await cli.end()).toBe(1)
    expect(cli.stderr).toContain(message)
  })
})

function temporaryFolder(): string {
  const folder = makeFolder()
  onTestFinished(() => folder.remove())
  return folder.path
}
