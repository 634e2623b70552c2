import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from '../../test/program.ts'

const page = readFileSync(new URL('../../docs/behind-a-proxy.md', import.meta.url), 'utf8')

/** Returns a block of settings from the page on proxies. */
export function settings(language: string): string {
  const block = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)
  if (block === null) throw new Error(`docs/behind-a-proxy.md has no block ${language}`)
  return block[1]!
}

/** The changes to a text: each key must be there, and is replaced everywhere. */
export type Changes = Readonly<Record<string, string>>

export function changed(text: string, changes: Changes): string {
  let result = text
  for (const [from, to] of Object.entries(changes)) {
    if (!result.includes(from)) throw new Error(`the settings do not have ${from}`)
    result = result.replaceAll(from, to)
  }
  return result
}

/** A running nginx or HAProxy, and the port that it listens at. */
export class ProxyProcess {
  readonly port: number
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #file: string
  readonly #reload: Reload
  #output = ''

  /** `file` has the settings, the last argument of the command. */
  private constructor(command: readonly string[], { port, file, reload }: { port: number; file: string; reload: Reload }) {
    const folder = dirname(file)
    const [program = '', ...args] = command
    this.port = port
    this.#folder = folder
    this.#file = file
    this.#reload = reload
    this.#process = spawn(program, [...args, file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
  }

  /** Starts nginx with settings of the page within a block `http`. */
  static async nginx(blocks: string, changes: Changes): Promise<ProxyProcess> {
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-nginx-'))
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder};`).join('\n')
    const listen = /listen \d+/.exec(blocks)![0]
    const text = changed(blocks, { [listen]: `listen 127.0.0.1:${port}`, ...changes })
    const file = join(folder, 'nginx.conf')
    writeFileSync(
      file,
      `daemon off;\nuser root;\npid ${folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${folders}\n${text}\n}\n`,
    )
    const proxy = new ProxyProcess(['nginx', '-p', folder, '-e', 'stderr', '-c'], {
      port,
      file,
      reload: { signal: 'SIGHUP', isHeard: () => true },
    })
    await proxy.#listens()
    return proxy
  }

  /** Starts HAProxy with settings of the page. `PORT` in the changes is the port that it listens at. */
  static async haproxy(blocks: string, changes: Changes): Promise<ProxyProcess> {
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-haproxy-'))
    const text = changed(blocks, { 'bind :8080': 'bind 127.0.0.1:PORT', ...changes }).replaceAll('PORT', String(port))
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, text)
    const proxy = new ProxyProcess(['haproxy', '-W', '-db', '-f'], { port, file, reload: haproxyReload })
    await proxy.#listens()
    return proxy
  }

  /** Has the proxy read changed settings. New connections get them some time later. */
  async reload(changes: Changes): Promise<void> {
    writeFileSync(this.#file, changed(readFileSync(this.#file, 'utf8'), changes))
    this.#process.kill(this.#reload.signal)
    // a HAProxy that has just begun loses signals
    while (!this.#reload.isHeard(this.#output)) {
      for (let i = 0; i < 100; i++) await accepts(this.port)
      if (!this.#reload.isHeard(this.#output)) this.#process.kill(this.#reload.signal)
    }
  }

  async end(): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGTERM')
      await once(this.#process, 'close')
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #listens(): Promise<void> {
    while (!(await accepts(this.port))) {
      if (this.#process.exitCode !== null) throw new Error(`the proxy ended with ${this.#process.exitCode}:\n${this.#output}`)
    }
  }
}

/** The signal by which a proxy reads its settings again, and whether its output says that it has begun to. */
interface Reload {
  readonly signal: NodeJS.Signals
  isHeard(output: string): boolean
}

const haproxyReload: Reload = { signal: 'SIGUSR2', isHeard: output => output.includes('Reloading HAProxy') }

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
