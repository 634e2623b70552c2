import type { Case, UsualRequest } from './case.ts'
import { head, type MayEnd, type OpeningParts, openings, request, requestLines } from './opening-words.ts'

const jsNames: readonly string[] = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']

/** The fields of a request: their spelling, their number, and their offers. */
export const serverFieldCases: readonly Case[] = [
  ...openings('20.6', 'server', [
    lines('all names in lower case', 'opened', usual => usual.lines.map(line => named(line, name => name.toLowerCase())), 'RFC 9110 §5.1'),
    lines(
      'all names in capital letters',
      'opened',
      usual => usual.lines.map(line => named(line, name => name.toUpperCase())),
      'RFC 9110 §5.1',
    ),
    lines(
      'its header lines in another order',
      'opened',
      ({ lines: [first = '', ...rest] }) => [first, ...rest.reverse()],
      'RFC 6455 §4.2.1',
    ),
    lines('no blank after the colons', 'opened', usual => usual.lines.map(line => line.replace(/^([\w-]+): /, '$1:')), 'RFC 9112 §5'),
    lines(
      'blanks and tabs around values',
      'opened',
      usual => usual.lines.map(line => (line.includes(': ') ? `${line.replace(': ', ':\t  ')} \t` : line)),
      'RFC 9112 §5',
    ),
    lines('a value with letters beyond ASCII', 'openedOrRefused', usual => [...usual.lines, 'X-Name: Müller'], 'RFC 9110 §5.5'),
    lines('an empty value', 'opened', usual => [...usual.lines, 'X-Empty:'], 'RFC 9110 §5.5'),
    lines('an empty line before the request', 'openedOrRefused', usual => ['', ...usual.lines], 'RFC 9112 §2.2'),
    lines('a blank before a colon', 'refused', usual => [...usual.lines, 'X-Name : value'], 'RFC 9112 §5.1'),
    lines(
      'a blank before the colon of the version',
      'refused',
      usual => usual.lines.map(line => line.replace('Version:', 'Version :')),
      'RFC 9112 §5.1',
    ),
    lines('a folded line', 'either', usual => [...usual.lines, 'X-Name: one', ' two'], 'RFC 9112 §5.2'),
    lines(
      'a blank before its first header',
      'refusedOrOpened',
      ({ lines: [first = '', ...rest] }) => [first, ' X-Name: value', ...rest],
      'RFC 9112 §2.2',
    ),
    lines('a line without a colon', 'refusedOrOpened', usual => [...usual.lines, 'nonsense'], 'RFC 9112 §5'),
    lines('a line without a name', 'refusedOrOpened', usual => [...usual.lines, ': value'], 'RFC 9112 §5'),
    lines(
      'a name with letters that are not allowed in names',
      'refusedOrOpened',
      usual => [...usual.lines, 'X(Name): value'],
      'RFC 9110 §5.1',
    ),
    lines('a NUL in a value', 'either', usual => [...usual.lines, 'X-Name: a\0b'], 'RFC 9110 §5.5'),
    lines('a carriage return in a value', 'either', usual => [...usual.lines, 'X-Name: a\rX-Other: b'], 'RFC 9112 §2.2, RFC 9110 §5.5'),
    lines('a control character in a value', 'refusedOrOpened', usual => [...usual.lines, 'X-Name: a\u0001b'], 'RFC 9110 §5.5'),
    {
      title: 'Asks with line feeds only at the ends of lines.',
      ends: 'either',
      section: 'RFC 9112 §2.2',
      opening: { request: usual => head([`${usual.lines.join('\n')}\n`]) },
    },
    lines(
      'names that objects of JavaScript have',
      'opened',
      usual => [...usual.lines, ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(name => `${name}: x`)],
      'RFC 9110 §5.1',
    ),
    lines('80 more headers', 'openedOrRefused', usual => [...usual.lines, ...many(80)], 'RFC 9110 §5.4'),
    lines(
      '3,000 headers before those that matter',
      'bounded',
      ({ lines: [first = '', ...rest] }) => [first, ...many(3000), ...rest],
      'RFC 9110 §5.4',
    ),
    lines('a header of 1 MiB', 'bounded', usual => [...usual.lines, `X-Long: ${'a'.repeat(1_048_576)}`], 'RFC 9110 §5.4'),
    {
      title: 'Sends headers of 4 MiB, without an end.',
      ends: 'bounded',
      section: 'RFC 9110 §5.4',
      opening: { request: ({ lines: [first = ''] }) => head([first, ...many(40_000, 'a'.repeat(90))]).slice(0, -4) },
    },
    {
      title: 'Sends half of a request, and nothing more.',
      ends: 'bounded',
      section: 'RFC 9112 §9.5',
      opening: { request: usual => head(usual.lines).slice(0, 60) },
    },
    {
      title: 'Asks octet by octet.',
      ends: 'opened',
      section: 'RFC 9112 §2.2',
      opening: { cut: 1 },
    },
    {
      title: 'Sends octets that are not HTTP, with an empty line at their end.',
      ends: 'refused',
      section: 'RFC 9112 §2.2',
      opening: { request: () => Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 13, 10, 13, 10) },
    },
  ]),

  ...openings('20.7', 'server', [
    protocols('one subprotocol', 'opened', ['chat'], 'chat'),
    protocols('three subprotocols', 'opened', ['one', 'two', 'three'], 'one, two, three'),
    protocols('subprotocols in two lines', 'opened', ['one', 'two'], ['one', 'two']),
    protocols('subprotocols with blanks, tabs and empty ones between', 'openedOrRefused', ['one', 'two'], ' one\t,, \ttwo ,'),
    protocols('a subprotocol twice', 'either', ['one'], 'one, one'),
    protocols('an empty list of subprotocols', 'refusedOrOpened', [], ''),
    protocols('a subprotocol with letters that are not allowed in tokens', 'refused', [], 'ch@t/1'),
    protocols('a subprotocol with a blank in it', 'refused', [], 'chat room'),
    protocols('subprotocols with the names that objects of JavaScript have', 'opened', jsNames, jsNames.join(', ')),
    protocols('names that differ in case only', 'opened', ['Chat', 'chat'], 'Chat, chat'),
    protocols('1,000 subprotocols', 'bounded', numbered('protocol'), numbered('protocol').join(', ')),
    protocols('a list of 60,000 octets of commas and blanks', 'bounded', [], ', '.repeat(30_000)),
  ]),

  ...openings('20.8', 'server', [
    extensions('an unknown extension', 'opened', 'x-unknown'),
    extensions('an unknown extension, with parameters', 'opened', 'x-unknown; a; b=1; c="two"'),
    extensions('a quoted value with a comma and a semicolon in it', 'either', 'x-unknown; a="b,c;d"'),
    extensions('extensions with the names that objects of JavaScript have', 'opened', jsNames.join(', ')),
    extensions('an extension without a name', 'refused', '; a=1'),
    extensions('a parameter without a name', 'refused', 'x-unknown; =1'),
    extensions('a value that is missing', 'refused', 'x-unknown; a='),
    extensions('a quote that does not end', 'refused', 'x-unknown; a="b'),
    extensions('two words instead of one', 'refused', 'x unknown'),
    extensions('letters that are not allowed in tokens', 'refused', 'x-unknown; a=(b)'),
    extensions('an empty list of extensions', 'refusedOrOpened', ''),
    extensions('500 extensions', 'bounded', numbered('x-extension', 500).join(', ')),
    extensions('60,000 octets of commas and blanks', 'bounded', `x-unknown${', '.repeat(30_000)}`),
    extensions('60,000 octets of a quoted value with escapes, which does not end', 'bounded', `x-unknown; a="${'\\"'.repeat(30_000)}`),
  ]),
]

function lines(what: string, ends: MayEnd, make: (usual: UsualRequest) => readonly string[], section: string): OpeningParts {
  return { title: `Asks with ${what}.`, ends, section, opening: requestLines(make) }
}

function protocols(what: string, ends: MayEnd, legal: readonly string[], value: string | readonly string[]): OpeningParts {
  const opening = { ...request({ 'Sec-WebSocket-Protocol': value }), protocols: legal }
  const expectation = ends === 'opened' ? 'The server opens the connection, with one of the subprotocols or none, and echoes.' : undefined
  return { title: `Asks with ${what}.`, ends, section: 'RFC 6455 §4.2.1, §4.2.2', opening, ...(expectation && { expectation }) }
}

function extensions(what: string, ends: MayEnd, value: string): OpeningParts {
  const section = ends === 'refused' ? 'RFC 6455 §4.2.1, §9.1' : 'RFC 6455 §9.1'
  return { title: `Asks with ${what}.`, ends, section, opening: request({ 'Sec-WebSocket-Extensions': value }) }
}

function named(line: string, change: (name: string) => string): string {
  return line.replace(/^[\w-]+(?=:)/, change)
}

function many(count: number, value = 'value'): string[] {
  return Array.from({ length: count }, (_, n) => `X-Header-${n}: ${value}`)
}

function numbered(name: string, count = 1000): string[] {
  return Array.from({ length: count }, (_, n) => `${name}-${n}`)
}
