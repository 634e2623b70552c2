// Packs every package, installs the tarballs into an empty folder and uses them as a new user would. This finds files that the repository
// has but the tarballs lack.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { devDependencies } = read('package.json')
const { version } = read('packages/autobahn-ts/package.json')

const names = 'connect, listenWS, WebSocketServerFactory, WebSocketServerProtocol'
const program = `
class Echo extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

const url = 'ws://127.0.0.1:' + process.argv[2]
const listener = await listenWS(new WebSocketServerFactory(url, { protocol: Echo }))
const ws = await connect(url)
for (const message of ['hello', new Uint8Array([1, 2, 3])]) {
  await ws.send(message)
  const answer = await ws.receive()
  if (String(answer) !== String(message)) throw new Error('sent ' + message + ', received ' + answer)
}
await ws.close()
await listener.close()
`

const wampProgram = `
import { listenWS, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Server extends WampServerProtocol {
  onSessionOpen() {
    this.registerProcedureForRpc('http://example.com/add', (a, b) => a + b)
  }
}

const url = 'ws://127.0.0.1:' + process.argv[2]
const listener = await listenWS(new WampServerFactory(url, { protocol: Server }))
const client = await connectWamp(url)
const sum = await client.call('http://example.com/add', 23, 7)
if (sum !== 30) throw new Error('23 + 7 is ' + sum)
await client.close()
await listener.close()
const refused = await connectWamp(url).catch(error => error)
if (refused.name !== 'HandshakeFailed') throw new Error('connected where nobody listens')
`

const folder = mkdtempSync(join(tmpdir(), 'autobahn-smoke-'))

try {
  const tarballs = pack()
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  // All in one command, because the packages depend on each other in versions that no registry has yet.
  npm('install', '--no-audit', '--no-fund', ...tarballs)
  told(`installed ${tarballs.length} tarballs`)

  write('echo.mjs', esmProgram())
  write('echo.cjs', commonjsProgram())
  write('wamp.mjs', `import { connectWamp } from '@autobahn-ts/wamp/v1'\n${wampProgram}`)
  write('wamp-browser.mjs', `import { connectWamp } from '@autobahn-ts/wamp/v1/browser'\n${wampProgram}`)
  for (const program of ['echo.mjs', 'echo.cjs']) {
    silent(run(process.execPath, [program, String(await freePort())]), program)
    told(`${program} echoes`)
  }
  silent(run(process.execPath, ['wamp.mjs', String(await freePort())]), 'wamp.mjs')
  told('wamp.mjs calls')
  // Node 20 has the WebSocket of later versions behind this flag, which later versions accept too.
  silent(
    run(process.execPath, ['--experimental-websocket', '--no-warnings', 'wamp-browser.mjs', String(await freePort())]),
    'wamp-browser.mjs',
  )
  told("wamp-browser.mjs calls, over the platform's WebSocket")
  write('echo-browser.mjs', browserProgram())
  silent(
    run(process.execPath, ['--experimental-websocket', '--no-warnings', 'echo-browser.mjs', String(await freePort())]),
    'echo-browser.mjs',
  )
  told("echo-browser.mjs echoes, over the platform's WebSocket")

  write('conformance.mjs', conformanceProgram())
  silent(run(process.execPath, ['conformance.mjs']), 'conformance.mjs')
  told('conformance.mjs finds the testee sound, and writes its report')

  write('ws.mjs', dropInProgram("import WebSocket, { WebSocketServer } from '@autobahn-ts/ws'"))
  write('ws.cjs', dropInProgram("const WebSocket = require('@autobahn-ts/ws')\nconst { WebSocketServer } = WebSocket"))
  for (const program of ['ws.mjs', 'ws.cjs']) {
    silent(run(process.execPath, [program]), program)
    told(`${program} echoes on the drop-in for ws, which is one class for import and require`)
  }

  const said = run('npx', ['--no-install', 'autobahn-ts', '--version']).stdout.trim()
  if (said !== version) throw new Error(`autobahn-ts --version says ${said}, its package is ${version}`)
  told(`autobahn-ts --version says ${said}`)

  const texts = [
    ['consumer.ts', consumer()],
    ['received.ts', receivedConsumer()],
    ['drop-in.ts', dropInConsumer()],
    ...consumers(),
    ...readmePrograms(),
  ]
  for (const [name, text] of texts) write(name, text)
  write('tsconfig.json', JSON.stringify(consumerConfig()))
  mkdirSync(join(folder, 'page'))
  write('page/page.ts', pageConsumer())
  write('page/tsconfig.json', JSON.stringify(pageConfig()))
  for (const compiler of ['5.4.5', '5.9.3', devDependencies.typescript]) {
    npm(
      'install',
      '--no-audit',
      '--no-fund',
      '--no-save',
      ...tarballs,
      `typescript@${compiler}`,
      `valibot@${devDependencies.valibot}`,
      `@types/node@${devDependencies['@types/node']}`,
      // imported by a program of the README
      `valibot@${devDependencies.valibot}`,
    )
    for (const project of ['.', 'page']) run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project])
    told(`compiles with TypeScript ${compiler}`)
    if (compiler.startsWith('5.9')) checkDefinitions()
    const modes = compileInModes(compiler)
    told(`compiles with it in ${modes} modes as docs/typescript-and-commonjs.md says`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The clients for browsers, in both styles, with a server of the same package. */
function browserProgram() {
  return `
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { connect, connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket/browser'

${program}
class Client extends WebSocketClientProtocol {
  onTextMessage(text) {
    this.sendClose(3000, text)
  }
}

const second = await listenWS(new WebSocketServerFactory(url, { protocol: Echo }))
const client = await connectWS(new WebSocketClientFactory(url, { protocol: Client }))
client.sendMessage('enough')
const { localCloseCode } = await client.closed
if (localCloseCode !== 3000) throw new Error('closed with ' + localCloseCode)
await second.close()
`
}

function esmProgram() {
  return `import { ${names} } from '@autobahn-ts/websocket'\n${program}`
}

function commonjsProgram() {
  return `const { ${names} } = require('@autobahn-ts/websocket')\nmain()\nasync function main() {\n${program}\n}\n`
}

function conformanceProgram() {
  return `
import { readFileSync } from 'node:fs'
import { fuzzingClient, testeeServer } from '@autobahn-ts/testsuite'

const testee = await testeeServer({ host: '127.0.0.1', port: 0 })
const { rows } = await fuzzingClient({ servers: [{ agent: 'testee', url: testee.url }], cases: ['1.*'], outdir: 'reports' })
await testee.close()
if (rows.length !== 16 || rows.some(({ behavior }) => behavior !== 'OK')) throw new Error(JSON.stringify(rows))
if (!readFileSync('reports/index.html', 'utf8').includes('testee_case_1_1_1.html')) throw new Error('the matrix has no link to its cases')
`
}

/** A server and a client of the drop-in. `imports` defines `WebSocket` and `WebSocketServer`. */
function dropInProgram(imports) {
  return `${imports}
main()
async function main() {
  const { default: other, WebSocketServer: server } = await import('@autobahn-ts/ws')
  if (other !== WebSocket || server !== WebSocketServer || WebSocket.Server !== server) throw new Error('there are two classes')
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
    const client = new WebSocket('ws://127.0.0.1:' + wss.address().port)
    client.on('open', () => client.send('hello'))
    client.on('message', data => {
      if (String(data) !== 'hello') throw new Error('came back as ' + data)
      client.close()
    })
    client.on('close', () => wss.close())
  })
  wss.on('connection', socket => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
}
`
}

/** Tests the types of the drop-in in the ways in which programs use those of ws. */
function dropInConsumer() {
  return `
import type { IncomingMessage } from 'node:http'
import WebSocket, { createWebSocketStream, type RawData, type ServerOptions, WebSocketServer } from '@autobahn-ts/ws'
import * as everything from '@autobahn-ts/ws'

const options: ServerOptions = { port: 0, perMessageDeflate: { threshold: 10 }, verifyClient: (info, done) => done(info.secure, 401) }
const server: WebSocketServer = new WebSocketServer(options)
server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
  socket.on('message', (data: RawData, isBinary) => socket.send(data, { binary: isBinary }, error => console.log(error?.message, request.url)))
  socket.on('close', (code: number, reason: Buffer) => console.log(code, reason.length))
  socket.once('pong', data => console.log(data.length))
  createWebSocketStream(socket, { encoding: 'utf8' }).pipe(process.stdout)
})
for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.ping()

export function open(address: string): WebSocket.WebSocket {
  const socket = new WebSocket(address, ['a'], { headers: { cookie: 'x' }, handshakeTimeout: 100 })
  socket.onmessage = ({ data }: WebSocket.MessageEvent) => console.log(data)
  socket.addEventListener('close', ({ code, wasClean }) => console.log(code, wasClean), { once: true })
  socket.on('unexpected-response', (request, response) => console.log(request.path, response.statusCode))
  return socket
}
export const same: boolean = everything.WebSocketServer === WebSocket.Server
`
}

function consumer() {
  return `
import { type CloseInfo, connect, listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import * as testing from '@autobahn-ts/websocket/testing'
import { fuzzingClient, type Report } from '@autobahn-ts/testsuite'

class Echo extends WebSocketServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.sendMessage(payload, isBinary)
  }
}

export function test(url: string): Promise<Report> {
  return fuzzingClient({ servers: [{ agent: 'mine', url }], cases: ['1.*'] })
}

export async function talk(): Promise<CloseInfo> {
  const factory = new WebSocketServerFactory('ws://127.0.0.1:9000', { protocol: Echo })
  await listenWS(factory)
  const ws = await connect('ws://127.0.0.1:9000')
  await ws.send('hello')
  for await (const message of ws) {
    const length: number = message.length
    console.log(length, Object.keys(testing).length)
  }
  return ws.close(1000, 'done')
}
`
}

/** Tests that received octets can be passed to the platform's APIs, which accept only octets outside of shared memory. */
function receivedConsumer() {
  return `
import { connect, type Message, type MessageStream, type ReceivedOctets, WebSocketServerProtocol, type WireTap } from '@autobahn-ts/websocket'

export class Digesting extends WebSocketServerProtocol {
  override async onMessage(payload: ReceivedOctets): Promise<void> {
    await digest(payload)
  }

  override onMessageFrameData(payload: Uint8Array): void | Promise<void> {
    return super.onMessageFrameData(payload)
  }
}

export const tap: WireTap = { octetsReceived: octets => void new Blob([octets]), octetsSent: octets => void digest(octets) }

export async function read(url: string): Promise<void> {
  const ws = await connect(url)
  await take(await ws.receive())
  for await (const message of ws) await take(message)
  for await (const stream of ws.streams()) await takePieces(stream)
  const octets: Uint8Array = new Uint8Array(1)
  await ws.send(octets)
  await ws.send(Buffer.from('x'))
  await ws.send(new Blob(['x']).stream())
}

async function take(message: Message): Promise<void> {
  if (typeof message !== 'string') await digest(message)
}

async function takePieces(stream: MessageStream): Promise<void> {
  for await (const piece of stream) await digest(piece)
}

async function digest(octets: ReceivedOctets): Promise<void> {
  const source: BufferSource = octets
  await crypto.subtle.digest('SHA-256', octets)
  console.log(new Blob([octets]).size, source.byteLength)
}
`
}

/**
 * Compiles a program in each mode that `docs/typescript-and-commonjs.md` lists for a compiler, as ES module or CommonJS, and runs what the usual mode of
 * CommonJS gives. Returns the number of modes.
 */
function compileInModes(compiler) {
  const page = readFileSync(join(root, 'docs/typescript-and-commonjs.md'), 'utf8')
  let modes = 0
  for (const [, kind, table] of page.matchAll(/^<!-- compiled: (\w+) -->\n((?:\|.*\n)+)/gm)) {
    const [head, , ...rows] = table.trim().split('\n').map(cellsOf)
    const column = head.findIndex(version => compiler.startsWith(`${version}.`))
    mkdirSync(join(folder, kind), { recursive: true })
    write(`${kind}/package.json`, JSON.stringify(kind === 'esm' ? { type: 'module' } : {}))
    write(`${kind}/program.ts`, modesProgram())
    for (const row of rows) {
      const [module, resolution] = row
      const wanted = /TS\d+/.exec(row[column])?.[0]
      const options = {
        module,
        moduleResolution: resolution,
        target: 'es2022',
        lib: ['es2022'],
        types: ['node'],
        strict: true,
        outDir: 'out',
      }
      write(`${kind}/tsconfig.json`, JSON.stringify({ compilerOptions: options, files: ['program.ts'] }))
      const { status, stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', kind], {
        cwd: folder,
        encoding: 'utf8',
      })
      const found = status === 0 ? [undefined] : stdout.match(/TS\d+/g)
      if (!found?.includes(wanted))
        throw new Error(`TypeScript ${compiler}, ${kind}, ${module} with ${resolution}: ${found}, and not ${wanted ?? 'yes'}\n${stdout}`)
      if (status === 0 && module === 'nodenext') run(process.execPath, [`${kind}/out/program.js`])
      modes++
    }
  }
  if (modes < 12) throw new Error(`docs/typescript-and-commonjs.md lists only ${modes} modes`)
  return modes
}

function cellsOf(row) {
  return row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim().replaceAll('`', ''))
}

function modesProgram() {
  return `
import { type Connection, connect } from '@autobahn-ts/websocket'
import { CloseCode } from '@autobahn-ts/websocket/browser'
import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { connectWamp } from '@autobahn-ts/wamp/v1'

export const open: (url: string) => Promise<Connection> = connect
const all: readonly unknown[] = [connect, CloseCode, ApiMisuse, FakeClock, connectWamp]
if (all.includes(undefined)) throw new Error('something is missing')
`
}

/** Asks the server behind editors where `connect` is defined: in a declaration with its comment, and in the JavaScript. */
function checkDefinitions() {
  const file = join(folder, 'consumer.ts')
  const lines = readFileSync(file, 'utf8').split('\n')
  const line = lines.findIndex(text => text.includes('await connect('))
  const at = { file, line: line + 1, offset: lines[line].indexOf('connect(') + 1 }
  const requests = [
    { command: 'open', arguments: { file } },
    { command: 'definition', arguments: at },
    { command: 'findSourceDefinition', arguments: at },
  ].map((request, seq) => JSON.stringify({ seq, type: 'request', ...request }))
  const { stdout } = run(
    process.execPath,
    ['node_modules/typescript/lib/tsserver.js', '--disableAutomaticTypingAcquisition'],
    `${requests.join('\n')}\n`,
  )
  const answers = stdout.split('\n').flatMap(text => (text.startsWith('{') ? [JSON.parse(text)] : []))
  for (const [command, ending, wanted] of [
    ['definition', '/dist/node/edge/connect.d.ts', 'export declare function connect('],
    ['findSourceDefinition', '/dist/index.js', 'function connect('],
  ]) {
    const found = answers.find(answer => answer.command === command)?.body?.[0]
    if (!found?.file.endsWith(ending)) throw new Error(`${command} of connect leads to ${JSON.stringify(found)}`)
    const text = readFileSync(found.file, 'utf8').split('\n')[found.start.line - 1]
    if (!text.includes(wanted)) throw new Error(`${command} of connect leads to a line with ${text}`)
  }
  told('editors find the declaration of connect, and its code')
}

function consumerConfig() {
  return {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      noImplicitOverride: true,
      skipLibCheck: false,
      types: ['node'],
      noEmit: true,
    },
    include: ['*.ts'],
  }
}

/** Tests one class for both runtimes: for a page, the compiler gets the condition that bundlers use. */
function pageConsumer() {
  return `
import { connectWamp, connectWS, WampClientFactory, WampClientProtocol } from '@autobahn-ts/wamp/v1'
import { connectWamp as same } from '@autobahn-ts/wamp/v1/browser'
import { connect, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'
import { connect as sameConnect } from '@autobahn-ts/websocket/browser'

class Client extends WampClientProtocol {
  override async onSessionOpen(): Promise<void> {
    document.title = await this.call<string>('http://example.com/title')
  }
}

export async function start(): Promise<void> {
  const isSame: boolean = connectWamp === same
  const client = await connectWS<Client>(new WampClientFactory('/wamp', { protocol: Client }), { socketClass: WebSocket })
  const { code } = await client.closed
  console.log(isSame, code)
  const ws = await connect(new URL('/chat', document.baseURI), { socketClass: WebSocket, protocols: ['chat'] })
  await ws.send(new Uint8Array(1))
  await ws.send(new Blob(['a']), { signal: AbortSignal.timeout(1000) })
  for await (const text of ws.texts()) document.title = text
  for await (const { title } of ws.json<{ readonly title: string }>()) document.title = title
  for await (const message of ws) document.title = typeof message === 'string' ? message : URL.createObjectURL(new Blob([message]))
  const isSameConnect: boolean = connect === sameConnect
  console.log(isSameConnect, (await ws.closed).wasClean)
}

class Chat extends WebSocketClientProtocol {
  override onTextMessage(text: string): void {
    this.sendMessage(text)
  }
}

export const chats: WebSocketClientFactory = new WebSocketClientFactory('/chat', { protocol: Chat })
`
}

function pageConfig() {
  return {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2022', 'dom'],
      module: 'esnext',
      moduleResolution: 'bundler',
      customConditions: ['browser'],
      strict: true,
      noImplicitOverride: true,
      skipLibCheck: false,
      types: [],
      noEmit: true,
    },
  }
}

/** Returns the programs of `test/consumers`, which test the types. */
function consumers() {
  const programs = join(root, 'test/consumers')
  return readdirSync(programs).map(name => [`types-${name}`, readFileSync(join(programs, name), 'utf8')])
}

/** Returns the READMEs' programs: TypeScript blocks whose first line is a comment with a file name. */
function readmePrograms() {
  return ['README.md', 'packages/wamp/README.md'].flatMap(readme => {
    const blocks = readFileSync(join(root, readme), 'utf8').matchAll(/^```ts\n(\/\/ ([\w-]+\.ts)\n[\s\S]*?)^```$/gm)
    return [...blocks].map(([, text, name]) => [`readme-${name}`, text])
  })
}

/** Packs as `npm run pack` does. */
function pack() {
  const out = join(folder, 'packed')
  run(process.execPath, [join(root, 'scripts/pack.mjs'), '--no-build', '--out', out])
  return readdirSync(out)
    .filter(name => name.endsWith('.tgz'))
    .map(name => `./packed/${name}`)
}

function npm(...args) {
  return run('npm', args)
}

function run(command, args, input = '') {
  const result = spawnSync(command, args, {
    cwd: folder,
    env: ownEnvironment(),
    encoding: 'utf8',
    input,
    timeout: 300_000,
  })
  if (result.error) throw result.error
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}\n${result.stdout}${result.stderr}`)
  return result
}

/** Returns the environment without npm's variables for scripts, which would make a nested npm use the repository's folder. */
function ownEnvironment() {
  const told = /^npm_(config_local_prefix|config_workspaces?|package_.*|lifecycle_.*)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !told.test(name)))
}

function silent({ stderr }, program) {
  if (stderr !== '') throw new Error(`${program} wrote to stderr:\n${stderr}`)
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

function write(name, text) {
  writeFileSync(join(folder, name), text)
}

function read(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

function told(fact) {
  console.log(`smoke: ${fact}`)
}
