import { type OptionTable, optionRule } from '../../protocol/options/option-table.ts'

/** How this side compresses, and what it asks of the other. */
export interface PerMessageDeflateOptions extends DeflateSettings {
  readonly windowBits: number
  readonly noContextTakeover: boolean
  readonly requestMaxWindowBits: number
  readonly requestNoContextTakeover: boolean
  readonly maxContexts: number
}

/** What concerns nobody but the side that compresses. */
export interface DeflateSettings {
  readonly level: number
  readonly memLevel: number
  readonly threshold: number
}

export const perMessageDeflateOptions: OptionTable<PerMessageDeflateOptions> = {
  windowBits: optionRule(
    12,
    'Size of the window of what this side compresses, as a power of two: 9 to 15.',
    "With `memLevel` 5 a compressor takes less memory than by zlib's defaults ([memory.md](memory.md)); JSON of some KiB gets hardly larger.",
    'a whole number from 9 to 15',
    value => isFrom(value, 9, 15),
  ),
  noContextTakeover: optionRule(
    false,
    'Compresses each message by itself: no memory per connection, and more octets to send.',
    'Similar messages shrink to a tenth where the one before is known.',
    'true or false',
    isBoolean,
  ),
  requestMaxWindowBits: optionRule(
    12,
    'Size of window that the other side is asked to keep to, 8 to 15; 0 asks for nothing.',
    'What the other side compresses takes a window of that size here, for each connection.',
    '0, or a whole number from 8 to 15',
    value => value === 0 || isFrom(value, 8, 15),
  ),
  requestNoContextTakeover: optionRule(
    false,
    'Asks the other side to compress each message by itself.',
    'As above.',
    'true or false',
    isBoolean,
  ),
  level: optionRule(
    6,
    'Diligence of the compressor, from 0 (none) to 9.',
    'What zlib means by its default: 1 takes half the time for small messages, and sends a tenth more.',
    'a whole number from 0 to 9',
    value => isFrom(value, 0, 9),
  ),
  memLevel: optionRule(
    5,
    'Memory for what the compressor looks up, from 1 to 9.',
    'See `windowBits`.',
    'a whole number from 1 to 9',
    value => isFrom(value, 1, 9),
  ),
  threshold: optionRule(
    64,
    'Octets below which whole messages are sent as they are.',
    'A shorter message saves less than a packet has in headers.',
    'a whole number of octets',
    value => isFrom(value, 0, Number.MAX_SAFE_INTEGER),
  ),
  maxContexts: optionRule(
    512,
    'Connections that may keep a compressor of their own at a time. Above that idle ones give up theirs; where none is idle, messages of further connections are compressed without context.',
    'Connections must not hold memory without bound; what a compressor takes: [memory.md](memory.md).',
    'a whole number above 0',
    value => isFrom(value, 1, Number.MAX_SAFE_INTEGER),
  ),
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isFrom(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
}
