import { octetsOf } from '../cases/payload.ts'
import { Exchange } from '../run/exchange.ts'
import type { Opened } from '../run/open-as-client.ts'
import type { Pace } from '../run/pace.ts'
import { TesteeLink } from '../run/testee-link.ts'
import { closePayload } from '../wire/close-payload.ts'
import { Opcode, type WireFrame } from '../wire/frame.ts'
import { utf8 } from '../wire/octets.ts'

/**
 * Carries out commands on a connection to any path that is not a control path, as the Autobahn Testsuite does. A command is a text message
 * with a list in JSON. `["echo", { payload }]` sends a text message, `["sendframe", { opcode, payload, fin, rsv }]` one frame,
 * `["sendframes", [...]]` several, `["close", { code, reason }]` a close frame. Anything else closes with 1011.
 */
export async function takeCommands(opened: Opened, pace: Pace): Promise<void> {
  if (opened.kind !== 'opened') return
  const link = new TesteeLink({ socket: opened.socket, rest: opened.rest, role: 'server', exchange: new Exchange() })
  for (let taken = 0; taken < mostCommands; taken++) {
    await link.until(() => link.isOver || link.events.length > 0, longestWait)
    const event = link.events[0]
    if (event === undefined || link.isOver) break
    link.forget(event)
    const frames = event.kind === 'text' ? framesOf(new TextDecoder().decode(octetsOf(event.payload))) : unknown
    await link.sendFrames(frames, 'whole')
    if (frames.some(({ opcode }) => opcode === Opcode.Close)) break
  }
  await link.until(() => link.isOver, pace.close)
  link.end()
  if (!(await link.until(() => link.isClosed, pace.drop))) link.drop('the client did not end TCP')
}

/** Returns the frames that a command asks for. */
function framesOf(text: string): readonly WireFrame[] {
  const [name, told] = listIn(text)
  const parts = told as CommandParts | undefined
  switch (name) {
    case 'echo':
      return [{ opcode: Opcode.Text, payload: payloadOf(parts) }]
    case 'sendframe':
      return [frameOf(parts)]
    case 'sendframes':
      return Array.isArray(told) ? told.map(each => frameOf(each as CommandParts)) : unknown
    case 'close':
      return [
        { opcode: Opcode.Close, payload: closePayload(numberIn(parts?.code, 1000, 65_535), String(parts?.reason ?? '').slice(0, 120)) },
      ]
    default:
      return unknown
  }
}

interface CommandParts {
  readonly [name: string]: unknown
}

function frameOf(parts: CommandParts | undefined): WireFrame {
  return {
    opcode: numberIn(parts?.opcode, Opcode.Text, 15),
    rsv: numberIn(parts?.rsv, 0, 7),
    fin: parts?.fin !== false,
    payload: payloadOf(parts),
  }
}

function payloadOf(parts: CommandParts | undefined): Uint8Array {
  return utf8(String(parts?.payload ?? ''))
}

function numberIn(value: unknown, otherwise: number, most: number): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : otherwise
}

function listIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

const unknown: readonly WireFrame[] = [{ opcode: Opcode.Close, payload: closePayload(1011, 'unknown command') }]
const mostCommands = 10_000
/** The longest time without a command, in seconds. */
const longestWait = 600
