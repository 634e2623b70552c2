import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Case } from '../../src/cases/case.ts'
import { answers, came, cleanClose, close, failedWith, failure, ok, ping, send, text } from '../../src/cases/words.ts'
import type { CaseRecord } from '../../src/run/case-record.ts'
import { openAsClient, Unreachable } from '../../src/run/open-as-client.ts'
import type { Pace } from '../../src/run/pace.ts'
import { playCase } from '../../src/run/play-case.ts'
import { acceptKey } from '../../src/wire/accept-key.ts'
import { encodeFrame, Opcode } from '../../src/wire/frame.ts'
import { FrameReader } from '../../src/wire/frame-reader.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()
const hurried: Pace = { opening: 0.3, answer: 0.3, failure: 0.3, close: 0.3, drop: 0.3 }

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await Promise.all(servers.splice(0).map(server => new Promise(resolve => server.close(resolve))))
})

describe('playCase, with testees of a few lines', () => {
  it('passes one that echoes and closes', async () => {
    const record = await played(echoCase, echo)
    expect(verdicts(record)).toEqual(['OK', 'OK'])
    expect(record.ending).toEqual({
      closedFirst: 'fuzzer',
      droppedFirst: 'testee',
      wasClean: true,
      sent: { code: 1000, reason: '' },
      received: { code: 1000, reason: '' },
    })
    expect(record.opening.request).toContain('Sec-WebSocket-Version: 13')
    expect(record.exchange.entries.map(({ kind, by }) => `${by} ${kind}`)).toEqual([
      'fuzzer frame',
      'testee frame',
      'fuzzer frame',
      'testee frame',
      'testee tcp',
      'fuzzer tcp',
    ])
  })

  it('does not wait for ever for one that is silent', async () => {
    const record = await played(echoCase, () => {})
    expect(verdicts(record)).toEqual(['FAILED', 'UNCLEAN'])
    expect(notes(record)).toEqual(['no answer for 0.3 s', 'no answer to the close frame for 0.3 s'])
  })

  it('notices one that does not end TCP', async () => {
    const record = await played(echoCase, (socket, frame) => echo({ write: octets => socket.write(octets), end: () => {} }, frame))
    expect(verdicts(record)).toEqual(['OK', 'FAILED BY CLIENT'])
  })

  it('ends the case with one that does not fail the connection', async () => {
    const record = await played({ ...echoCase, steps: [send(ping('a')), failure], accepted: [ok()], close: failedWith(1002) }, () => {})
    expect(verdicts(record)).toEqual(['OK', 'FAILED'])
  })

  it('notices a frame after the close frame', async () => {
    const record = await played(echoCase, (socket, frame) => {
      echo(
        { write: octets => socket.write(octets), end: () => socket.end(encodeFrame({ opcode: Opcode.Text, payload: utf8('late') })) },
        frame,
      )
    })
    expect(verdicts(record)[0]).toBe('FAILED')
    expect(record.behavior.reason).toContain('behind its close frame')
  })

  it('survives one that resets, and one that sends random octets', async () => {
    expect(verdicts(await played(echoCase, socket => socket.end(hex('ff ff ff ff'))))).toEqual(['FAILED', 'FAILED'])
    expect(verdicts(await played(echoCase, (_, __, raw) => raw.resetAndDestroy()))).toEqual(['FAILED', 'FAILED'])
  })

  it('survives one that announces a frame larger than the memory', async () => {
    const record = await played(echoCase, socket => socket.write(hex('82 7f 7f ff ff ff ff ff ff ff')))
    expect(record.behavior.reason).toContain('the suite keeps')
  })

  it('survives one that never stops sending', async () => {
    const frame = Buffer.concat(Array.from({ length: 2000 }, () => encodeFrame({ opcode: Opcode.Pong, payload: hex('00') })))
    const record = await played(echoCase, socket => {
      for (let n = 0; n < 20; n++) socket.write(frame)
    })
    expect(verdicts(record)[0]).toBe('FAILED')
    expect(record.exchange.entries.length).toBeLessThanOrEqual(300)
  })

  it('answers the pings of a testee, and does not count them', async () => {
    const record = await played(echoCase, (socket, frame) => {
      if (frame.opcode === Opcode.Text) socket.write(encodeFrame({ opcode: Opcode.Ping, payload: utf8('you?') }))
      if (frame.opcode === Opcode.Pong) socket.write(encodeFrame({ opcode: Opcode.Text, payload: utf8('hello') }))
      if (frame.opcode === Opcode.Close) echo(socket, frame)
    })
    expect(verdicts(record)).toEqual(['OK', 'OK'])
  })

  it('ends a case that takes too long as a whole', async () => {
    const record = await played({ ...echoCase, seconds: 0.1 }, () => {})
    expect(notes(record)).toContain('the case has taken 0.1 s')
  })

  it('measures round trips and stops at the first wrong echo', async () => {
    const roundTrips: Case = {
      ...echoCase,
      steps: [{ step: 'roundTrips', count: 50, kind: 'binary', message: n => Uint8Array.of(n), fragmentSize: 1 }, close()],
      accepted: [ok(came.roundTrips(50))],
    }
    const record = await played(roundTrips, echo)
    expect(verdicts(record)).toEqual(['OK', 'OK'])
    expect(record.measured.roundTrips?.count).toBe(50)
    const wrong = await played(roundTrips, (socket, frame) =>
      echo(socket, frame.payload[0] === 7 ? { ...frame, payload: hex('08') } : frame),
    )
    expect(verdicts(wrong)[0]).toBe('FAILED')
    expect(wrong.measured.roundTrips?.count).toBe(7)
  })

  it('reports UNIMPLEMENTED for one that declines the extension, and closes cleanly', async () => {
    const compression = { offers: [{ noContextTakeover: false, maxWindowBits: 0 }] }
    const record = await played({ ...echoCase, compression }, echo)
    expect(verdicts(record)).toEqual(['UNIMPLEMENTED', 'OK'])
    expect(record.ending).toMatchObject({ wasClean: true, sent: { code: 1000 }, received: { code: 1000 } })
  })

  it.each([
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'status 403'],
    ['HTTP/1.1 101 x\r\nConnection: upgrade\r\n\r\n', 'no Upgrade'],
    ['HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n', 'no Connection'],
    ['HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: a\r\n\r\n', 'Sec-WebSocket-Accept should be'],
    ['SSH-2.0\r\n\r\n', 'not a status line'],
    ['HTTP/1.1 101', 'no complete head'],
  ])('fails an opening handshake with %j', async (response, reason) => {
    const record = await played(echoCase, echo, () => response)
    expect(verdicts(record)).toEqual(['FAILED', 'FAILED'])
    expect(record.behavior.reason).toContain(reason)
  })

  it('judges an opening handshake that is to be refused', async () => {
    const refused: Case = {
      ...echoCase,
      opening: { request: ({ lines }) => utf8(`${[...lines, 'Bad'].join('\r\n')}\r\n\r\n`), accepted: { refused: 'OK' } },
    }
    expect(verdicts(await played(refused, echo, () => 'HTTP/1.1 400 Bad Request\r\n\r\n'))).toEqual(['OK', 'OK'])
    expect(verdicts(await played(refused, echo))).toEqual(['FAILED', 'FAILED'])
  })

  it('rejects if no server listens', async () => {
    await expect(openAsClient({ url: 'ws://127.0.0.1:1' }, {}, hurried)).rejects.toThrow(Unreachable)
  })
})

const echoCase: Case = {
  id: '0',
  title: 'Says hello.',
  expectation: 'Hello comes back.',
  section: 'RFC 6455 §5',
  steps: [send(text('hello')), answers(), close()],
  accepted: [ok(came.text('hello'))],
  close: cleanClose,
}

interface Frame {
  readonly opcode: number
  readonly payload: Uint8Array
  readonly fin?: boolean
}

interface Line {
  write(octets: Uint8Array): unknown
  end(octets?: Uint8Array): unknown
}

type Testee = (line: Line, frame: Frame, socket: Socket) => void

function echo(line: Line, frame: Frame): void {
  line.write(encodeFrame(frame.opcode === Opcode.Ping ? { ...frame, opcode: Opcode.Pong } : frame))
  if (frame.opcode === Opcode.Close) line.end()
}

async function played(testCase: Case, testee: Testee, respond: (key: string) => string = upgraded): Promise<CaseRecord> {
  const url = await serving(testee, respond)
  return playCase({ testCase, agent: 'test', role: 'client', pace: hurried, opened: await openAsClient({ url }, testCase, hurried) })
}

async function serving(testee: Testee, respond: (key: string) => string): Promise<string> {
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    const reader = new FrameReader(1_000_000)
    const line = { write: (octets: Uint8Array) => socket.write(octets), end: (octets: Uint8Array = hex('')) => socket.end(octets) }
    socket.once('data', head => {
      const [, key = ''] = /sec-websocket-key: (.*)\r\n/i.exec(head.toString('latin1')) ?? []
      socket.write(respond(key))
      socket.on('data', chunk => {
        for (const { fin, opcode, payload } of reader.push(chunk)) testee(line, { fin, opcode, payload }, socket)
      })
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `ws://127.0.0.1:${address.port}`
}

function upgraded(key: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`
}

function verdicts({ behavior, close: ofClose }: CaseRecord): string[] {
  return [behavior.verdict, ofClose.verdict]
}

function notes({ exchange }: CaseRecord): string[] {
  return exchange.entries.flatMap(entry => (entry.kind === 'note' ? [entry.text] : []))
}
