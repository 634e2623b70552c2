import { procedure, topic } from './messages.mjs'

// The most expensive texts of WAMP messages for their length, each just within the default limits, and some above them.

/** The largest text within `maxMessagePayloadSize` of 1 MiB, in octets. */
const most = 1024 * 1024 - 64
let last = 0

/** Returns a name that no earlier text had, because engines keep layouts of objects for as long as they are used. */
function fresh() {
  last++
  return last.toString(36)
}

/** Makes a call whose argument is a list of as many items as fit, at most `count`. */
function list(make, count) {
  const parts = []
  for (let length = 0; parts.length < count && length < most - 40; length += parts.at(-1).length + 1) parts.push(make())
  return call(`[${parts.join(',')}]`)
}

function call(argument) {
  return `[2,"c","${procedure}",${argument}]`
}

/** Makes one object with that many members. */
function members(name, count) {
  return call(`{${Array.from({ length: count }, () => `"${name()}":1`).join(',')}}`)
}

/**
 * Name, text, and whether it is within the limits. `measureText` counts 262,144 parts: 4 for brackets, 2 for a text, 1 for a comma, 16 for
 * a layout.
 */
export const texts = [
  ['one long text', () => call(`"${'x'.repeat(most - 20)}"`), true],
  ['one text of escapes', () => call(`"${'\\u00e9'.repeat((most - 20) / 6)}"`), true],
  ['one text of quotation marks', () => call(`"${'\\"'.repeat(most / 2 - 20)}"`), true],
  ['one number of a million digits', () => call('1'.repeat(most - 20)), true],
  ['one fraction of a million digits', () => call(`2.2250738585072011${'1'.repeat(most - 60)}e-308`), true],
  ['numbers', () => list(() => '7', 262_000), true],
  ['long fractions', () => list(() => '0.1234567890123456789e-300', 262_000), true],
  ['short texts', () => list(() => '"a"', 87_000), true],
  ['short texts with escapes', () => list(() => '"\\n"', 87_000), true],
  ['lists', () => list(() => '[]', 52_000), true],
  ['lists, 60 deep', () => list(() => '['.repeat(60) + ']'.repeat(60), 1080), true],
  ['objects', () => list(() => '{}', 52_000), true],
  ['objects with one key', () => list(() => '{"a":1}', 37_000), true],
  ['objects with a large number as key', () => list(() => '{"4294967290":1}', 37_000), true],
  ['objects with a key of their own each', () => list(() => `{"q${fresh()}":1}`, 11_300), true],
  [
    'objects with twelve keys of their own',
    () => list(() => `{${Array.from({ length: 12 }, () => `"q${fresh()}":1`).join(',')}}`, 1110),
    true,
  ],
  ['an object of many keys', () => members(() => `q${fresh()}`, 13_700), true],
  ['an object of many numbers as keys', () => members(() => String(4_294_967_294 - 3 * ++last), 13_700), true],
  ['the same key again and again', () => members(() => 'same', 13_700), true],
  ['many arguments', () => `[2,"c","${procedure}"${',1'.repeat(262_000)}]`, true],
  ['a publication to many sessions', () => `[7,"${topic}",1,[${'"",'.repeat(40_000)}""],[${'"",'.repeat(40_000)}""]]`, true],
  ['brackets alone', () => '['.repeat(most), false],
  ['brackets and back', () => call('['.repeat(most / 2 - 20) + ']'.repeat(most / 2 - 20)), false],
  ['objects in objects', () => '{"a":'.repeat(most / 5), false],
  ['too many lists', () => list(() => '[]', most), false],
  ['too many objects', () => list(() => '{}', most), false],
  ['too many keys', () => list(() => `{"q${fresh()}":1}`, most), false],
]
