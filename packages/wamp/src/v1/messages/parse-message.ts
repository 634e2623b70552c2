import { malformed, tooMuch } from '../../faults/peer-fault.ts'
import {
  CALL,
  CALLERROR,
  CALLRESULT,
  EVENT,
  PREFIX,
  PUBLISH,
  SUBSCRIBE,
  type ToClient,
  type ToServer,
  UNSUBSCRIBE,
  WELCOME,
} from './message.ts'

/** Checks a parsed message from a client, so that other code may rely on its type. `maxLength` limits URIs and ids, in letters. */
export function toServer(message: unknown, maxLength: number): ToServer {
  return checked(message, 'a server', serverReceives, maxLength) as unknown as ToServer
}

/** Checks a parsed message from a server. */
export function toClient(message: unknown, maxLength: number): ToClient {
  return checked(message, 'a client', clientReceives, maxLength) as unknown as ToClient
}

function checked(message: unknown, whom: string, received: ReadonlySet<unknown>, maxLength: number): readonly unknown[] {
  if (!Array.isArray(message)) throw malformed('a WAMP message is a JSON array')
  const layout = received.has(message[0]) ? layouts[message[0] as number] : undefined
  if (layout === undefined) throw malformed(`${whom} does not receive WAMP messages of type ${shown(message[0])}`)
  if (message.length < layout.least || message.length > layout.most) {
    throw malformed(`${layout.name} with ${message.length} elements; ${expected(layout)}`)
  }
  for (let i = 1; i < layout.elements.length && i < message.length; i++) checkElement(layout, i, message[i], maxLength)
  return message
}

function checkElement(layout: Layout, index: number, value: unknown, maxLength: number): void {
  const kind = layout.elements[index]!
  if (kind === any || (kind === textOrNull && value === null)) return
  if (kind === version) {
    if (value !== null && value !== 1) throw malformed(`WAMP version ${shown(value)}; this side speaks 1`)
    return
  }
  if (kind === exclude || kind === list) return checkReceivers(layout, index, value)
  if (typeof value !== 'string') throw malformed(`element ${index} of ${layout.name} must be a string`)
  if (kind === id && value.length > maxLength) {
    throw tooMuch(`element ${index} of ${layout.name} has ${value.length} letters; ${maxLength} are allowed`)
  }
}

/** Refuses receivers that are not a list: the event would reach more sessions than its sender meant. */
function checkReceivers(layout: Layout, index: number, value: unknown): void {
  if (Array.isArray(value)) return
  if (layout.elements[index] === list) throw malformed(`element ${index} of ${layout.name} must be a list of session ids`)
  if (typeof value !== 'boolean' && value !== null)
    throw malformed(`element ${index} of ${layout.name} must be true, false, null or a list of session ids`)
}

function expected({ least, most }: Layout): string {
  if (most === Number.POSITIVE_INFINITY) return `at least ${least} are expected`
  return least === most ? `${least} are expected` : `${least} to ${most} are expected`
}

/** Shows a value in a close reason: short, and with no text from the peer. */
function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value
}

interface Layout {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly elements: readonly Kind[]
}
type Kind = typeof id | typeof text | typeof textOrNull | typeof version | typeof exclude | typeof list | typeof any

/** A URI, a CURIE or an id. Its length is limited, because it is kept, compared and sent back. */
const id = 'id'
const text = 'text'
const textOrNull = 'text or null'
const version = 'version'
const exclude = 'a boolean, null or a list'
const list = 'a list'
const any = 'anything'

function layout(name: string, elements: readonly Kind[], least = elements.length, most = elements.length): Layout {
  return { name, least, most, elements }
}

const layouts: readonly Layout[] = [
  layout('WELCOME', [any, id, version, textOrNull], 2),
  layout('PREFIX', [any, id, id]),
  layout('CALL', [any, id, id], 3, Number.POSITIVE_INFINITY),
  layout('CALLRESULT', [any, id, any]),
  layout('CALLERROR', [any, id, id, text, any], 4),
  layout('SUBSCRIBE', [any, id]),
  layout('UNSUBSCRIBE', [any, id]),
  layout('PUBLISH', [any, id, any, exclude, list], 3),
  layout('EVENT', [any, id, any]),
]
const serverReceives: ReadonlySet<unknown> = new Set([PREFIX, CALL, CALLRESULT, CALLERROR, SUBSCRIBE, UNSUBSCRIBE, PUBLISH])
const clientReceives: ReadonlySet<unknown> = new Set([WELCOME, CALL, CALLRESULT, CALLERROR, EVENT])
