import type { ShownFrame } from '../run/exchange.ts'
import { readClosePayload } from '../wire/close-payload.ts'
import { counted } from './quantity.ts'

/** Returns the name of an opcode (RFC 6455 §5.2), or its number where it is reserved. */
export function opcodeName(opcode: number): string {
  return names[opcode] ?? `opcode ${opcode}`
}

/** Describes a frame's header: `FIN`, reserved bits that are set, mask, length and the form of the length. */
export function headerWords({ fin, rsv, mask, lengthForm, payload }: ShownFrame): string[] {
  return [
    fin ? 'FIN' : 'no FIN',
    ...(rsv & 4 ? ['RSV1'] : []),
    ...(rsv & 2 ? ['RSV2'] : []),
    ...(rsv & 1 ? ['RSV3'] : []),
    mask === '' ? 'no mask' : `mask ${mask}`,
    `${counted(payload.length, 'octet')}${lengthForm === 7 ? '' : `, length in ${lengthForm} bits`}`,
  ]
}

/** Returns the code and the reason of a close frame; `undefined` for other frames, and where the payload is empty. */
export function closeWords({ opcode, payload }: ShownFrame): string | undefined {
  if (opcode !== 8 || payload.length < 2) return undefined
  const words = readClosePayload(Buffer.from(payload.head, 'hex'))
  if (typeof words !== 'string') return `${words.code}${words.reason ? ` “${words.reason}”` : ''}`
  return `${Number.parseInt(payload.head.slice(0, 4), 16)}: ${words}`
}

const names: Readonly<Record<number, string>> = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' }
