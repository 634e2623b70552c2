import { payloadFiles } from '../payloads/payload-files.ts'
import type { Case, DeflateParameters } from './case.ts'
import { compressedMessages } from './compressed-messages.ts'

const keep = (maxWindowBits: number): DeflateParameters => ({ noContextTakeover: false, maxWindowBits })
const drop = (maxWindowBits: number): DeflateParameters => ({ noContextTakeover: true, maxWindowBits })

/** Compression of one file, with all parameters that can be agreed. The testee takes the first of the offers that it can. */
export const group13: readonly Case[] = [
  ...agreeing('13.1', keep(0)),
  ...agreeing('13.2', drop(0)),
  ...agreeing('13.3', keep(9)),
  ...agreeing('13.4', keep(15)),
  ...agreeing('13.5', drop(9)),
  ...agreeing('13.6', drop(15)),
  ...agreeing('13.7', drop(9), drop(0), keep(0)),
]

function agreeing(subgroup: string, ...offers: readonly DeflateParameters[]): Case[] {
  return compressedMessages(subgroup, payloadFiles.json, `, with ${offers.map(inWords).join(', or else ')}`, { offers })
}

function inWords({ noContextTakeover, maxWindowBits }: DeflateParameters): string {
  return `${noContextTakeover ? 'no context takeover' : 'context'} and ${maxWindowBits === 0 ? 'any window' : `a window of ${maxWindowBits} bits`}`
}
