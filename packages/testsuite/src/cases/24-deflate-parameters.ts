import type { Case, UsualResponse } from './case.ts'
import { type OpeningParts, openings, request, response } from './opening-words.ts'
import { repeated } from './payload.ts'
import { answers, came, close, ok, send, text } from './words.ts'

/** Texts without repetitions, so that a back reference can only reach another message. */
const [once, between]: readonly [string, string] = [wordsFrom(1, 1500), wordsFrom(7, 4000)]
/** Sends a message, others, and the first again. A testee with a small window or without context does not refer back to the first. */
const echoes: Required<Pick<OpeningParts, 'play'>>['play'] = {
  steps: [send([text(once), text(between), text(once), text(repeated('*', 40_000))]), answers(), close()],
  accepted: [ok(came.text(once), came.text(between), came.text(once), came.text(repeated('*', 40_000)))],
}

/** The negotiation of permessage-deflate, RFC 7692 §7.1: 24.1 to 24.4 for servers, 24.5 to 24.7 for clients. */
export const group24: readonly Case[] = [
  ...openings('24.1', 'server', [
    offer('permessage-deflate'),
    offer('permessage-deflate; client_max_window_bits'),
    offer('permessage-deflate; server_no_context_takeover'),
    offer('permessage-deflate; client_no_context_takeover'),
    offer('permessage-deflate; server_no_context_takeover; client_no_context_takeover'),
    ...[8, 9, 10, 12, 15].map(bits => offer(`permessage-deflate; server_max_window_bits=${bits}`)),
    ...[8, 9, 15].map(bits => offer(`permessage-deflate; client_max_window_bits=${bits}`)),
    offer(
      'permessage-deflate; server_max_window_bits=10; client_max_window_bits=9; server_no_context_takeover; client_no_context_takeover',
    ),
    offer('permessage-deflate; server_max_window_bits="10"', 'RFC 7692 §7.1.2.1, RFC 6455 §9.1'),
    {
      ...offer('permessage-deflate ;  client_max_window_bits ;server_max_window_bits = 10', 'RFC 6455 §9.1, RFC 2616 §2.1'),
      ends: 'openedOrRefused',
    },
  ]),

  ...openings('24.2', 'server', [
    ...['x_unknown', 'x_unknown=1', '__proto__', 'constructor=1', 'window_bits=9'].map(parameter =>
      declined(parameter, 'a parameter that does not exist'),
    ),
    declined('server_no_context_takeover; server_no_context_takeover', 'a parameter twice'),
    declined('client_max_window_bits; client_max_window_bits=10', 'a parameter twice'),
    declined('server_max_window_bits=10; server_max_window_bits=10', 'a parameter twice'),
    ...['server_no_context_takeover=1', 'client_no_context_takeover=true'].map(parameter =>
      declined(parameter, 'a value where there may be none'),
    ),
    declined('server_max_window_bits', 'no value where there has to be one'),
    ...['7', '16', '0', '-9', '1000', '08', '09', '1e1', '0x9', '9.0', '99999999999999999999', 'nine'].flatMap(value => [
      declined(`server_max_window_bits=${value}`, 'a window size that does not exist'),
      declined(`client_max_window_bits=${value}`, 'a window size that does not exist'),
    ]),
  ]),

  ...openings('24.3', 'server', [
    fallback('permessage-deflate; x_unknown, permessage-deflate', 'RFC 7692 §5.1, §7.1'),
    fallback('permessage-deflate; server_max_window_bits=7, permessage-deflate; client_max_window_bits', 'RFC 7692 §5.1, §7.1'),
    fallback('x-unknown, permessage-deflate', 'RFC 6455 §9.1'),
    fallback('permessage-deflate, x-unknown', 'RFC 6455 §9.1'),
    fallback(
      'permessage-deflate; server_max_window_bits=9, permessage-deflate; server_max_window_bits=12, permessage-deflate',
      'RFC 7692 §5.1',
    ),
    fallback('permessage-deflate; server_no_context_takeover, permessage-deflate', 'RFC 7692 §5.1'),
    fallback(
      Array.from({ length: 30 }, () => 'permessage-deflate; x_unknown')
        .concat('permessage-deflate')
        .join(', '),
      'RFC 7692 §5.1',
      '30 offers that are to be declined, and a good one',
    ),
  ]),

  ...openings('24.4', 'server', [
    unread('x-webkit-deflate-frame', 'the name of a draft'),
    unread('permessage-bzip2', 'another extension'),
    unread('permessage-deflates', 'a name that is longer'),
    unread('permessage-deflat', 'a name that is shorter'),
  ]),

  ...openings('24.5', 'client', [
    answer('permessage-deflate'),
    answer('permessage-deflate; server_no_context_takeover'),
    answer('permessage-deflate; client_no_context_takeover'),
    answer('permessage-deflate; server_no_context_takeover; client_no_context_takeover'),
    answer('permessage-deflate; server_max_window_bits=15'),
    answer('permessage-deflate; server_max_window_bits=8'),
    answer('permessage-deflate; server_max_window_bits="10"'),
    {
      ...answer('permessage-deflate ;server_max_window_bits = 10;client_no_context_takeover'),
      ends: 'openedOrRefused',
      section: 'RFC 6455 §9.1, RFC 2616 §2.1',
    },
  ]),

  ...openings('24.6', 'client', [
    ...['x_unknown', 'x_unknown=1', '__proto__', 'constructor=1'].map(parameter =>
      wrongAnswer(`permessage-deflate; ${parameter}`, 'a parameter that does not exist'),
    ),
    wrongAnswer('permessage-deflate; server_no_context_takeover; server_no_context_takeover', 'a parameter twice'),
    wrongAnswer('permessage-deflate; server_max_window_bits=10; server_max_window_bits=10', 'a parameter twice'),
    wrongAnswer('permessage-deflate; server_max_window_bits=10; server_max_window_bits=12', 'a parameter twice, with two values'),
    wrongAnswer('permessage-deflate; server_no_context_takeover=1', 'a value where there may be none'),
    wrongAnswer('permessage-deflate; client_no_context_takeover=true', 'a value where there may be none'),
    wrongAnswer('permessage-deflate; server_max_window_bits', 'no value where there has to be one'),
    wrongAnswer('permessage-deflate; client_max_window_bits', 'no value where there has to be one'),
    ...['7', '16', '0', '08', '1e1', '-9', 'nine'].flatMap(value => [
      wrongAnswer(`permessage-deflate; server_max_window_bits=${value}`, 'a window size that does not exist'),
      wrongAnswer(`permessage-deflate; client_max_window_bits=${value}`, 'a window size that does not exist'),
    ]),
    { ...wrongAnswer('permessage-deflate, permessage-deflate', 'the extension twice'), ends: 'failedOrOpened' },
    wrongAnswer('permessage-deflate, x-never-offered', 'another extension beside it'),
    wrongAnswer('permessage-deflate; server_max_window_bits=', 'a value that is missing', 'RFC 6455 §9.1'),
    wrongAnswer('permessage-deflate; "server_no_context_takeover"', 'a name in quotes', 'RFC 6455 §9.1'),
  ]),

  ...openings('24.7', 'client', [
    {
      title: 'Answers with a window for the client, if the client has offered to keep to one.',
      ends: 'opened',
      section: 'RFC 7692 §7.1.2.2',
      opening: { ...response(usual => ({ 'Sec-WebSocket-Extensions': windowFor(usual) })), needs: 'fitting offer' },
      play: echoes,
    },
    {
      title: 'Answers with a larger window for the client than the client has offered, or with one that it has not offered at all.',
      ends: 'failed',
      section: 'RFC 7692 §7.1.2.2',
      opening: { ...response(usual => ({ 'Sec-WebSocket-Extensions': tooMuchFor(usual) })), needs: 'offer' },
    },
  ]),
]

/** An offer that a server may accept. */
function offer(value: string, section = 'RFC 7692 §7.1', what = value): OpeningParts {
  return {
    title: `Offers ${what}.`,
    ends: 'opened',
    section,
    expectation: 'The server answers as the offer allows, keeps to it, and echoes. Without an answer it is not implemented.',
    opening: { ...request({ 'Sec-WebSocket-Extensions': value }), offer: value },
    play: echoes,
  }
}

/** Several offers, some of which a server has to skip. Refusing the request because of those would not help the client. */
function fallback(value: string, section: string, what = value): OpeningParts {
  return { ...offer(value, section, what), ends: 'openedOrRefused' }
}

/** An offer that a server has to decline (RFC 7692 §7.1). */
function declined(parameters: string, what: string): OpeningParts {
  const value = `permessage-deflate; ${parameters}`
  return {
    title: `Offers ${value}: ${what}.`,
    ends: 'openedOrRefused',
    section: 'RFC 7692 §7.1',
    expectation: 'The server opens the connection without the extension, and echoes. To refuse the request is non-strict.',
    opening: { ...request({ 'Sec-WebSocket-Extensions': value }), offer: value },
  }
}

function unread(value: string, what: string): OpeningParts {
  return {
    title: `Offers ${value}, ${what}.`,
    ends: 'opened',
    section: 'RFC 6455 §9.1',
    expectation: 'The server opens the connection without the extension, and echoes.',
    opening: request({ 'Sec-WebSocket-Extensions': value }),
  }
}

/** An answer that a client has to accept if it has offered the extension. */
function answer(value: string): OpeningParts {
  return {
    title: `Answers with ${value}.`,
    ends: 'opened',
    section: 'RFC 7692 §7.1',
    expectation: 'A client that has offered the extension opens the connection, keeps to the answer, and echoes.',
    opening: { ...response({ 'Sec-WebSocket-Extensions': value }), needs: 'fitting offer' },
    play: echoes,
  }
}

function wrongAnswer(value: string, what: string, section = 'RFC 7692 §7.1'): OpeningParts {
  return {
    title: `Answers with ${value}: ${what}.`,
    ends: 'failed',
    section,
    expectation: 'The client fails the connection.',
    opening: { ...response({ 'Sec-WebSocket-Extensions': value }), needs: 'offer' },
  }
}

/** Returns the window that the client has offered to keep to. */
function windowFor({ offer: offered }: UsualResponse): string {
  if (!offered.includes('client_max_window_bits')) return 'permessage-deflate'
  return `permessage-deflate; client_max_window_bits=${/client_max_window_bits="?(\d+)/.exec(offered)?.[1] ?? '10'}`
}

function tooMuchFor({ offer: offered }: UsualResponse): string {
  const [, bits] = /client_max_window_bits="?(\d+)/.exec(offered) ?? []
  if (bits !== undefined && Number(bits) < 15) return `permessage-deflate; client_max_window_bits=${Number(bits) + 1}`
  return offered.includes('client_max_window_bits')
    ? 'permessage-deflate; client_max_window_bits=16'
    : 'permessage-deflate; client_max_window_bits=10'
}

function wordsFrom(seed: number, length: number): string {
  let [state, words] = [seed, '']
  while (words.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    words += `${state.toString(36)} `
  }
  return words
}
