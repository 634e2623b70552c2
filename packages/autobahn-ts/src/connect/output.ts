import type { Message } from '@autobahn-ts/websocket'
import pc from 'picocolors'
import { printable } from '../printable.ts'

/** Shows received messages to somebody who reads along: one line each, which no peer can forge. */
export function shownOnTerminal(message: Message): string {
  if (typeof message === 'string') return `${pc.dim('<')} ${lines(message)}`
  const octets = message.length === 1 ? '1 octet' : `${message.length} octets`
  return `${pc.dim('<')} ${pc.magenta(`${octets}:`)} ${hex(message.subarray(0, mostOctets))}${message.length > mostOctets ? ' …' : ''}`
}

/** Gives received messages to the next program: texts as lines, octets as lines of hex or as they are. */
export function writtenToPipe(message: Message, isBinary: boolean): string | Uint8Array {
  if (typeof message === 'string') return `${message}\n`
  return isBinary ? message : `${Buffer.from(message).toString('hex')}\n`
}

function lines(text: string): string {
  return text
    .split('\n')
    .map(line => printable(line, mostCharacters))
    .join('\n  ')
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join(' ')
}

const mostOctets = 64
const mostCharacters = 10_000
