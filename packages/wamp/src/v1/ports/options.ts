import {
  explained,
  type OptionSetting,
  type OptionSettings,
  type OptionTable,
  optionSetting,
  seconds,
  trueOrFalse,
} from '@autobahn-ts/websocket/portable'

/** Options for a factory's WAMP sessions, in addition to those of the WebSocket layer. */
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

/** The defaults and checks of the options. Their texts are in `wampOptions`, so that pages do not load them. */
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
  maxNesting: [
    'Depth of lists and objects in one message, which counts as the first. Above it, the connection closes with 1008.',
    'Much deeper than real data.',
  ],
  maxMessageParts: [
    'Parts of one message: 1 for a value, 2 for a text or a key, 4 for brackets, 16 for a new list of keys. Above it, the connection closes with 1008.',
    'No message of 1 MiB takes more than 50 ms.',
  ],
  maxSessionWorkSize: [
    "Octets, estimated, of one session's unanswered calls and messages that wait for asynchronous handlers. Above it, calls get the error `too-many-calls`, and reading is held; a client reads on while a call of its own is pending. On a page, messages that wait for a hook count too; above it, the connection closes with 4008.",
    'A few of the largest messages.',
  ],
  maxWorkSize: [
    'Octets as for `maxSessionWorkSize`, of all sessions of a factory together. Above it, calls get the error `too-many-calls`; a message that would wait for a handler closes its connection, with 1013 on a server and 1008 on a client.',
    'Far below a small container.',
  ],
  maxNamesSize: [
    'Letters of all prefixes and topics that one session keeps. Above it, the connection closes with 1008.',
    'Room for 1,000 topics of 250 letters each.',
  ],
  maxUriLength: [
    'Letters of a URI, a CURIE, a prefix or a call id that the peer sends. Above it, the connection closes with 1008.',
    'URLs of this length work everywhere on the web. Each may be kept until the connection closes.',
  ],
  maxPrefixes: [
    'Prefixes that a client may define. Above it, the connection closes with 1008.',
    'Each costs up to two URIs of memory; an application has a few namespaces.',
  ],
  maxSubscriptions: [
    'Topics that one client may be subscribed to. Above it, the connection closes with 1008.',
    'With prefix matching, clients choose topics freely; 1,000 of them cost about as much as the connection.',
  ],
  maxIncomingCalls: [
    'Calls of one peer that are in progress at once. More are answered with the error `too-many-calls`.',
    'Calls do not hold reading, because a procedure may call its caller. So their number is limited instead.',
  ],
  maxOutgoingCalls: [
    'Calls of one connection that wait for their answers. More reject with the error `too-many-calls`.',
    'With a peer that never answers, all of them stay, at about 500 octets each.',
  ],
  maxQueuedMessages: [
    'Subscriptions and publications of one client that may wait for an asynchronous handler. Above it, reading is held.',
    'Waiting keeps their order. Reading continues for a while, so that the handler receives the answers to its own calls.',
  ],
  callTimeout: [
    'Seconds that a call waits for its answer, unless it has its own `timeout`; 0 waits until the connection closes.',
    'WAMP 1 cannot cancel calls. Automatic pings detect peers that are gone.',
  ],
  includeTraceback: [
    'Sends the stack of an error that a procedure throws as its details, if it has no details of its own.',
    'For development only: a stack shows clients how a service is built.',
  ],
  slowSubscribers: [
    '`send` sends events to subscribers above their `sendHighWaterMark` too, until `maxUnsentSize` and `unsentPolicy` apply; `skip` does not, so that they miss events.',
    'A subscriber receives all events in order until its connection fails.',
  ],
})

function limit(value: number): OptionSetting<number> {
  return optionSetting(value, 'a whole number above 0', given => Number.isSafeInteger(given) && Number(given) > 0)
}
