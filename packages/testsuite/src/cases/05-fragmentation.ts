import type { Case, Cut, Frame, Outcome, Step } from './case.ts'
import {
  answers,
  came,
  cleanClose,
  close,
  continuation,
  failedWith,
  failure,
  fragments,
  mark,
  nonStrict,
  ok,
  pause,
  ping,
  pong,
  send,
  text,
} from './words.ts'

const first = 'fragment 1'
const second = 'fragment 2'
const echo = came.text(first + second)
const between = 'a ping between'

const ways: readonly { readonly how: string; readonly cut: Cut }[] = [
  { how: 'all at once', cut: 'whole' },
  { how: 'frame by frame', cut: 'frames' },
  { how: 'octet by octet', cut: 1 },
]

/** Fragmentation. */
export const group5: readonly Case[] = [
  fails('5.1', 'Sends a ping in two fragments.', [ping(first, { fin: false }), continuation(second)]),
  fails('5.2', 'Sends a pong in two fragments.', [pong(first, { fin: false }), continuation(second)]),

  ...inThreeWays(['5.3', '5.4', '5.5'], 'Sends a text message in two fragments', (id, title, cut) =>
    comesBack(id, title, 'The message comes back.', [send(fragments('text', first, second), cut), answers(), close()], ok(echo)),
  ),
  ...inThreeWays(['5.6', '5.7', '5.8'], 'Sends a text message in two fragments with a ping between them', (id, title, cut) => {
    const frames = [text(first, { fin: false }), ping(between), continuation(second)]
    const outcome = ok(came.pong(between), echo)
    return comesBack(id, title, 'First the pong comes, then the message.', [send(frames, cut), answers(), close()], outcome)
  }),

  ...inThreeWays(
    ['5.9', '5.10', '5.11'],
    'Sends a continuation with FIN where there is nothing to continue, then a text message',
    (id, title, cut) => fails(id, title, [continuation('nothing before'), text('Hello, testee')], cut),
  ),
  ...inThreeWays(
    ['5.12', '5.13', '5.14'],
    'Sends a continuation without FIN where there is nothing to continue, then a text message',
    (id, title, cut) => fails(id, title, [continuation('nothing before', { fin: false }), text('Hello, testee')], cut),
  ),

  {
    id: '5.15',
    title: 'Sends a text message in two fragments, then a continuation without FIN, then a text message.',
    expectation: 'The first message comes back, then the testee fails the connection. Without the echo it is non-strict.',
    section: 'RFC 6455 §5.4',
    steps: [send([...fragments('text', first, second), continuation('nothing before', { fin: false }), text('Hello, testee')]), failure],
    accepted: [ok(echo), nonStrict()],
    close: failedWith(1002),
  },
  fails(
    '5.16',
    'Twice: a continuation without FIN where there is nothing to continue, then a text message in two fragments.',
    twice(false),
  ),
  fails('5.17', 'Twice: a continuation with FIN where there is nothing to continue, then a text message in two fragments.', twice(true)),
  fails('5.18', 'Sends a text message in two fragments, both with the opcode of text.', [text(first, { fin: false }), text(second)]),

  pingsAmongFive('5.19', 'in as few writes as there can be', 'whole'),
  pingsAmongFive('5.20', 'each frame in a write of its own', 'frames'),
]

function fails(id: string, title: string, frames: readonly Frame[], cut: Cut = 'whole'): Case {
  return {
    id,
    title,
    expectation: 'The testee fails the connection at once.',
    section: 'RFC 6455 §5.4',
    steps: [send(frames, cut), failure],
    accepted: [ok()],
    close: failedWith(1002),
  }
}

function comesBack(id: string, title: string, expectation: string, steps: readonly Step[], outcome: Outcome): Case {
  return { id, title, expectation, section: 'RFC 6455 §5.4', steps, accepted: [outcome], close: cleanClose }
}

function inThreeWays(ids: readonly string[], title: string, make: (id: string, title: string, cut: Cut) => Case): Case[] {
  return ways.map(({ how, cut }, n) => make(ids[n]!, `${title}, ${how}.`, cut))
}

function twice(fin: boolean): Frame[] {
  const once = [continuation('nothing before', { fin }), ...fragments('text', first, second)]
  return [...once, ...once]
}

function pingsAmongFive(id: string, how: string, cut: Cut): Case {
  const [one, two, three, four, five] = fragments('text', 'fragment 1', 'fragment 2', 'fragment 3', 'fragment 4', 'fragment 5')
  const steps = [
    send([one!, two!, ping('ping 1')], cut),
    answers(1),
    pause(1),
    mark('1 s later'),
    send([three!, four!, ping('ping 2')], cut),
    answers(3),
    send(five!, cut),
    answers(),
    close(),
  ]
  const outcome = ok(
    came.pong('ping 1'),
    came.mark('1 s later'),
    came.pong('ping 2'),
    came.text('fragment 1fragment 2fragment 3fragment 4fragment 5'),
  )
  const title = `Sends a text message in five fragments, with a ping after the second and the fourth and 1 s after the first ping, ${how}.`
  return comesBack(id, title, 'Each pong comes at once, before the message is complete; then the message.', steps, outcome)
}
