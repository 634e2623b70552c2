import { connect, createServer, type Server, type Socket } from 'node:net'
import { fuzzingClient } from '../../src/fuzzing/fuzzing-client.ts'
import { type FuzzingServer, fuzzingServer } from '../../src/fuzzing/fuzzing-server.ts'
import type { ReportRow } from '../../src/report/report-writer.ts'
import type { Pace } from '../../src/run/pace.ts'
import type { Compression } from './compression.ts'
import { ClientOpening, ServerOpening } from './opening.ts'
import { type Side, Testee } from './testee.ts'

/** The classes of a testee; a broken one replaces one of them. */
export interface Make {
  readonly testee?: new (socket: Socket, side: Side, compression?: Compression) => Testee
  readonly server?: new () => ServerOpening
  readonly client?: new () => ClientOpening
}

/** Plays cases with a testee that is a server. */
export async function runServer(make: Make, cases: readonly string[], { strict = true } = {}): Promise<readonly ReportRow[]> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    sockets.add(socket)
    serve(socket, make)
  })
  const port = await listening(server)
  try {
    return (await fuzzingClient({ servers: [{ agent: 'testee', url: `ws://127.0.0.1:${port}` }], cases, strict, pace, concurrency: 32 }))
      .rows
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

/** Plays cases with a testee that is a client. */
export async function runClient(make: Make, cases: readonly string[], { strict = true } = {}): Promise<readonly ReportRow[]> {
  const fuzzer = await fuzzingServer({ url: 'ws://127.0.0.1:0', cases, strict, pace, concurrency: 32 })
  try {
    const count = Number(await new Promise<string>(resolve => ask(fuzzer.url, resolve)))
    let next = 1
    await Promise.all(
      Array.from({ length: 24 }, async () => {
        while (next <= count) await visit(fuzzer.url, `/runCase?case=${next++}&agent=testee`, make)
      }),
    )
    await judged(fuzzer, count)
    return fuzzer.report.rows
  } finally {
    await fuzzer.close()
  }
}

/** Waits for the verdicts of all cases: a testee may consider itself done before. Gives up when none has come for 10 seconds. */
async function judged(fuzzer: FuzzingServer, count: number): Promise<void> {
  let last = 0
  for (let waited = 0; fuzzer.report.rows.length < count && waited < 200; waited++) {
    if (fuzzer.report.rows.length > last) waited = 0
    last = fuzzer.report.rows.length
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function serve(socket: Socket, { testee: Kind = Testee, server: Opening = ServerOpening }: Make): void {
  const opening = new Opening()
  let head = ''
  let testee: Testee | undefined
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.on('data', chunk => {
    if (testee !== undefined) return testee.read(chunk)
    if (!socket.writable) return
    head += chunk.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end === -1 || end > opening.largestHead) {
      if (head.length > opening.largestHead) socket.end(opening.refusal(431, 'GET').octets, 'latin1')
      return
    }
    const answer = opening.answer(head.slice(0, end))
    if (!answer.opens) return void socket.end(answer.octets, 'latin1')
    socket.write(answer.octets, 'latin1')
    testee = new Kind(socket, 'server', answer.compression)
    testee.read(Buffer.from(head.slice(end + 4), 'latin1'))
  })
}

function visit(url: string, resource: string, { testee: Kind = Testee, client: Opening = ClientOpening }: Make): Promise<void> {
  const opening = new Opening()
  const { host, port } = new URL(url)
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  let [head, testee]: [string, Testee | undefined] = ['', undefined]
  socket.write(opening.request(host, resource), 'latin1')
  socket.on('error', () => {})
  socket.on('data', chunk => {
    if (testee !== undefined) return testee.read(chunk)
    head += chunk.toString('latin1')
    for (let end = head.indexOf('\r\n\r\n'); testee === undefined && end !== -1; end = head.indexOf('\r\n\r\n')) {
      const opened = end > opening.largestHead ? undefined : opening.opened(head.slice(0, end))
      head = head.slice(end + 4)
      if (opened === 'wait') continue
      if (opened === undefined) return void socket.destroy()
      testee = new Kind(socket, 'client', opened.compression)
      testee.read(Buffer.from(head, 'latin1'))
    }
    if (head.length > opening.largestHead && testee === undefined) socket.destroy()
  })
  return new Promise(resolve => socket.once('close', () => resolve()))
}

/** Asks for the number of cases. */
function ask(url: string, done: (text: string) => void): void {
  class Asking extends Testee {
    override message(_opcode: number, payload: Uint8Array): void {
      done(Buffer.from(payload).toString())
    }
  }
  void visit(url, '/getCaseCount', { testee: Asking })
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** Short, but not so short that a loaded machine is taken for a fault. */
/** On a busy machine the suite waits up to three times as long: testees that are to be found late have to be later than that. */
const pace: Partial<Pace> = { opening: 2, answer: 1.5, failure: 1.5, close: 1, drop: 1 }
