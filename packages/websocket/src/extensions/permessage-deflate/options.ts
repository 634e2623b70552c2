import { type OptionTable, optionRule } from '../../protocol/options/option-table.ts'

/** The options of this side's compressor, and its requests to the other side. */
export interface PerMessageDeflateOptions extends DeflateSettings {
  readonly windowBits: number
  readonly noContextTakeover: boolean
  readonly requestMaxWindowBits: number
  readonly requestNoContextTakeover: boolean
  readonly maxContexts: number
}

/** The settings that concern only the side that compresses. */
export interface DeflateSettings {
  readonly level: number
  readonly memLevel: number
  readonly threshold: number
}

export const perMessageDeflateOptions: OptionTable<PerMessageDeflateOptions> = {
  windowBits: optionRule(
    12,
    'Size of the window of the compressor on this side, as a power of two: 9 to 15.',
    "With `memLevel` 5 a compressor takes less memory than by zlib's defaults ([memory.md](memory.md)); the output for JSON of some KiB is hardly larger.",
    'a whole number from 9 to 15',
    value => isFrom(value, 9, 15),
  ),
  noContextTakeover: optionRule(
    false,
    'Compresses each message by itself: needs no memory per connection, but sends more octets.',
    'Similar messages shrink to a tenth if the compressor remembers the previous ones.',
    'true or false',
    isBoolean,
  ),
  requestMaxWindowBits: optionRule(
    12,
    'Size of the window that the other side is asked to keep to, 8 to 15; 0 does not ask.',
    'The decompressor of each connection has a window of that size.',
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
    'Compression level, from 0 (none) to 9.',
    'The default of zlib. Level 1 takes half the time for small messages, and sends a tenth more.',
    'a whole number from 0 to 9',
    value => isFrom(value, 0, 9),
  ),
  memLevel: optionRule(
    5,
    'Memory for the tables of the compressor, from 1 to 9.',
    'See `windowBits`.',
    'a whole number from 1 to 9',
    value => isFrom(value, 1, 9),
  ),
  threshold: optionRule(
    64,
    'Octets below which whole messages are sent uncompressed.',
    'Compressing a shorter message saves less than the headers of a packet.',
    'a whole number of octets',
    value => isFrom(value, 0, Number.MAX_SAFE_INTEGER),
  ),
  maxContexts: optionRule(
    512,
    'Connections that may keep their own compressor at a time. Above that, idle ones give up theirs; if none is idle, messages of further connections are compressed without context.',
    'The memory of connections must be bounded; that of a compressor: [memory.md](memory.md).',
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
