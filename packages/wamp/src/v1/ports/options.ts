import {
  explained,
  type OptionSetting,
  type OptionSettings,
  type OptionTable,
  optionSetting,
  seconds,
  trueOrFalse,
} from '@autobahn-ts/websocket/portable'

/** Limits and switches of a factory's connections, beside those of the WebSocket layer. */
export interface WampOptions {
  readonly maxNesting: number
  readonly maxMessageParts: number
  readonly maxSessionWorkSize: number
  readonly maxWorkSize: number
  readonly maxNamesSize: number
  readonly maxUriLength: number
  readonly maxPrefixes: number
  readonly maxSubscriptions: number
  readonly maxIncomingCalls: number
  readonly maxOutgoingCalls: number
  readonly maxQueuedMessages: number
  readonly callTimeout: number
  readonly includeTraceback: boolean
  readonly slowSubscribers: 'send' | 'skip'
}

/** The defaults and checks of the options. Their texts stand apart, in `wampOptions`, so that pages do not load them. */
export const wampSettings: OptionSettings<WampOptions> = {
  maxNesting: limit(64),
  maxMessageParts: limit(262_144),
  maxSessionWorkSize: limit(4 * 1024 * 1024),
  maxWorkSize: limit(64 * 1024 * 1024),
  maxNamesSize: limit(262_144),
  maxUriLength: limit(2048),
  maxPrefixes: limit(256),
  maxSubscriptions: limit(1000),
  maxIncomingCalls: limit(1000),
  maxOutgoingCalls: limit(10_000),
  maxQueuedMessages: limit(256),
  callTimeout: optionSetting(0, seconds.wanted, seconds.holds),
  includeTraceback: optionSetting(false, trueOrFalse.wanted, trueOrFalse.holds),
  slowSubscribers: optionSetting<'send' | 'skip'>('send', "'send' or 'skip'", value => value === 'send' || value === 'skip'),
}

/** The options with their meanings: defaults, checks and texts. */
export const wampOptions: OptionTable<WampOptions> = /* @__PURE__ */ explained<WampOptions>(wampSettings, {
  maxNesting: ['Lists and objects inside each other in one message, itself included; above it, 1008.', 'Far above what data needs.'],
  maxMessageParts: [
    'Parts of one message: 1 for a value, 2 for a text or a key, 4 for brackets, 16 for a new list of keys; above it, 1008.',
    'No message of 1 MiB takes more than 50 ms.',
  ],
  maxSessionWorkSize: [
    'Octets, estimated, of unanswered calls and of messages that wait for asynchronous handlers in one session. Above it, calls get the error `too-many-calls` and reading is held; a client reads on while a call of its own is pending. On a page also what waits behind a hook; above it, 4008.',
    'A few of the largest messages.',
  ],
  maxWorkSize: [
    'The same for all sessions of a factory together. Above it, calls get the error `too-many-calls`; what would wait for a handler closes its connection with 1013, on a client with 1008.',
    'Far below a small container.',
  ],
  maxNamesSize: [
    'Letters of all prefixes and topics that one session keeps; above it, 1008.',
    'Room for 1,000 topics of 250 letters each.',
  ],
  maxUriLength: [
    'Letters of a URI, a CURIE, a prefix or a call id that the peer sends; above it, 1008.',
    'What the web takes for a URL everywhere; each may be kept as long as the connection lives.',
  ],
  maxPrefixes: [
    'Prefixes that a client may define; above it, 1008.',
    'Each costs up to two URIs of memory; an application has a few namespaces.',
  ],
  maxSubscriptions: [
    'Topics that one client may be subscribed to; above it, 1008.',
    'With prefix matching a client invents topics; 1,000 of them cost about as much as the connection.',
  ],
  maxIncomingCalls: [
    'Calls of one peer that are in work at once; more are answered with the error `too-many-calls`.',
    'Calls do not hold the reading, because a procedure may call its caller; something has to bound what they keep.',
  ],
  maxOutgoingCalls: [
    'Calls of one connection that wait for their answers; more reject with the error `too-many-calls`.',
    'A peer that never answers keeps them all, at about 500 octets each.',
  ],
  maxQueuedMessages: [
    'Subscriptions and publications of one client that wait behind an asynchronous handler, until the reading is held.',
    'Order is kept by waiting; the reading goes on for a while, so that answers to calls of the handler get through.',
  ],
  callTimeout: [
    'Seconds that a call waits for its answer unless it says otherwise; 0 waits as long as the connection lives.',
    'WAMP 1 has no cancelling; automatic pings find peers that are gone.',
  ],
  includeTraceback: [
    'Sends the stack of what a procedure threw as the details of its error, where it has none of its own.',
    'A stack tells strangers how a service is built; for development.',
  ],
  slowSubscribers: [
    '`send` gives events also to subscribers above their `sendHighWaterMark`, until `maxUnsentSize` and `unsentPolicy` apply; `skip` has them miss events.',
    'A subscriber sees every event in order, or none any more.',
  ],
})

function limit(value: number): OptionSetting<number> {
  return optionSetting(value, 'a whole number above 0', given => Number.isSafeInteger(given) && Number(given) > 0)
}
