/** The routers, each with the clients that meet it and the ways between them. */
export const pairs = [
  {
    router: 'autobahn-ts',
    clients: [
      ...ways('autobahn-js 22', 'ws json', 'ws msgpack', 'ws cbor', 'RawSocket json', 'long-poll json'),
      ...ways('autobahn-js 26', 'ws json', 'ws msgpack', 'ws cbor', 'RawSocket json', 'long-poll json'),
      ...ways('AutobahnPython', 'ws json', 'ws msgpack', 'ws cbor', 'RawSocket json', 'RawSocket msgpack', 'RawSocket cbor'),
      ...ways('wampy', 'ws json', 'ws msgpack', 'ws cbor'),
      ...ways('thruway.js', 'ws json'),
      ...ways('kraftfahrstrasse', 'ws json', 'ws msgpack'),
    ],
  },
  { router: 'fox-wamp', clients: ways('autobahn-ts', 'ws json') },
  { router: 'wamp-rt', clients: ways('autobahn-ts', 'ws json') },
  {
    router: 'crossbar',
    clients: ways('autobahn-ts', 'ws json', 'ws msgpack', 'ws cbor', 'RawSocket json', 'RawSocket msgpack', 'RawSocket cbor'),
  },
]

/** The routers that make a link between ours and Crossbar. */
export const links = ['autobahn-ts', 'crossbar']

function ways(name, ...list) {
  return list.map(way => ({ name, way }))
}

/** Says why a feature does not work; `undefined` where it has to. */
export function explained({ router, name, way, feature }) {
  const table = router === 'autobahn-ts' ? clients[name] : routers[router]
  return table[feature] ?? table[`${feature}, ${way}`]
}

/** Says why a feature of a link does not work; `undefined` where it has to. */
export function explainedOfLink(maker, feature) {
  return maker === 'crossbar' ? crossbarsLink[feature] : undefined
}

const noScram = 'The client does not have the method scram.'
const noInterrupt = 'The client does not read INTERRUPT, and announces no call_canceling as callee.'
const octets = 'The client sends octets over JSON as an object of numbers.'
const notAnnounced = 'The client puts its features outside of `features`, so it announces none, and the router asks it for none.'
const ticketAlone = 'Of the methods with a challenge the client has ticket alone.'
const bigints = 'The client reads integers above 2^32 in MessagePack as bigint.'
const autobahnJs = { 'is interrupted': noInterrupt, 'joins by scram': noScram, ...octetsIn('ws json', 'RawSocket json', 'long-poll json') }

const clients = {
  'autobahn-js 22': autobahnJs,
  'autobahn-js 26': autobahnJs,
  AutobahnPython: {
    'discloses itself with disclose_me': 'The client does not have the option disclose_me.',
    'joins by scram': 'The client refuses its own salt for pbkdf2, and knows argon2id by another name than the specification has.',
  },
  wampy: {
    'gets its own event with exclude_me false': 'The client drops exclude_me: false before it sends.',
    'answers with progressive results': 'The client does not announce progressive_call_results as callee, so the router asks it for none.',
    'publishes a retained event': 'The client checks the option retain, and does not send it.',
    'joins, ws msgpack': bigints,
    'publishes, acknowledged, ws msgpack': bigints,
    'is interrupted': noInterrupt,
    'joins by scram': noScram,
    ...octetsIn('ws json'),
  },
  'thruway.js': {
    publishes: 'The client publishes one value, without keywords.',
    'publishes, acknowledged': 'The client does not read PUBLISHED.',
    'gets an error: values': 'The client does not read the keywords of an error.',
    'answers a call': 'The client answers with one value, without keywords.',
    'is interrupted': 'The client stops reading the answer of a handler, and does not tell the handler.',
    'joins by cryptosign': 'The client does not have the method cryptosign.',
    'joins by wampcra': 'The client leaves the signature to the application.',
    'joins by wampcra, salted': 'The client leaves the signature to the application.',
    'joins by scram': noScram,
    'passes octets': octets,
  },
  kraftfahrstrasse: {
    'gets a retained event': 'The client takes its handler in only after SUBSCRIBED was read, and loses an event that comes with it.',
    'gets an error: values': 'The client gives the URI of an error alone.',
    'answers with progressive results': notAnnounced,
    'is interrupted': notAnnounced,
    'joins by wampcra': ticketAlone,
    'joins by wampcra, salted': ticketAlone,
    'joins by cryptosign': ticketAlone,
    'joins by scram': ticketAlone,
    ...octetsIn('ws json'),
  },
}

function octetsIn(...list) {
  return Object.fromEntries(list.map(way => [`passes octets, ${way}`, octets]))
}

const noPatterns = 'The router ignores the option match.'
const errorOfRouter = 'The router puts an error of its own in the place of the callee’s.'
const noMeta = 'The router does not have this part of the meta API.'
const noLogin = 'The router has no logins in this configuration, and lets everyone in.'
const everyLogin = ['by ticket', 'by wampcra', 'by wampcra, salted', 'by cryptosign', 'by scram'].map(method => `joins ${method}`)

const routers = {
  'fox-wamp': {
    'publishes to eligible sessions alone': 'The router ignores the options exclude and eligible.',
    'subscribes to a prefix': noPatterns,
    'subscribes to a wildcard': noPatterns,
    'registers a prefix': noPatterns,
    'registers a wildcard': noPatterns,
    'publishes a retained event': 'The router has an option of its own for retained events.',
    'gets a retained event': 'The router has an option of its own for retained events.',
    'answers with an error': errorOfRouter,
    'gets an error: URI': errorOfRouter,
    'gets an error: values': errorOfRouter,
    'hears that a procedure exists already': 'The router accepts the second registration.',
    'cancels a call': 'The router does not hand CANCEL on.',
    'is interrupted': 'The router does not hand CANCEL on.',
    'shares a registration': 'The router has no shared registrations.',
    'is told the caller with disclose_me': 'The router does not disclose callers.',
    'discloses itself with disclose_me': 'The router does not disclose callers.',
    'gets the events of the meta API': noMeta,
    'passes texts, numbers and structures': 'The router takes a list that is the only value for the list of values.',
    ...Object.fromEntries(everyLogin.map(name => [name, noLogin])),
    'is refused with a wrong ticket': noLogin,
  },
  'wamp-rt': {
    'gets no event of its own': 'The router sends a publisher its own events.',
    'publishes to eligible sessions alone': 'The router ignores the options exclude and eligible.',
    'subscribes to a prefix': noPatterns,
    'subscribes to a wildcard': noPatterns,
    'registers a prefix': noPatterns,
    'registers a wildcard': noPatterns,
    'publishes a retained event': 'The router retains no events.',
    'gets a retained event': 'The router retains no events.',
    'answers with an error': errorOfRouter,
    'gets an error: URI': errorOfRouter,
    'gets an error: values': errorOfRouter,
    'answers with progressive results': 'The router has no progressive results.',
    'gets progressive results': 'The router has no progressive results.',
    'cancels a call': 'The router closes the connection on CANCEL.',
    'is interrupted': 'The router closes the connection on CANCEL.',
    'shares a registration': 'The router has no shared registrations.',
    'is told the caller with disclose_me': 'The router does not disclose callers.',
    'discloses itself with disclose_me': 'The router does not disclose callers.',
    'calls the meta API': noMeta,
    'gets the events of the meta API': noMeta,
    'says GOODBYE': noMeta,
    ...Object.fromEntries(everyLogin.map(name => [name, noMeta])),
    'is refused with a wrong ticket': noLogin,
  },
  crossbar: { 'joins by scram': 'The configuration here has no user for scram.' },
}

const untold =
  'The link needs to be told who publishes and calls; our router tells it where they, or the permissions of their roles, disclose them.'
const noErrors = 'The link answers an error with an empty result.'
const noProgress = 'The link asks for no progressive results.'

const crossbarsLink = {
  'events of publishers who do not disclose themselves, to the other router': untold,
  'calls of those who do not disclose themselves, to the other router': untold,
  'errors with their values, to the other router': noErrors,
  'errors with their values, to ours': noErrors,
  'progressive results, to the other router': noProgress,
  'progressive results, to ours': noProgress,
  'cancelling, to ours': 'The link does not hand on that a call at Crossbar was cancelled.',
}
