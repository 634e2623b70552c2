import {
  type CommonOptions,
  clientOptions,
  defaultsOf,
  FlushQueue,
  Loans,
  MessageDelivery,
  nodeRuntime,
  PayloadMemory,
  payloadSharing,
  type Role,
  type Runtime,
  ScratchPool,
  type SharedParts,
  serverOptions,
} from '@autobahn-ts/websocket/internals'
import type { Link } from './link.ts'
import { bufferWith } from './payload.ts'

/** The options of `ws` on which the parts depend that connections share. */
export interface SharedPartsOptions {
  readonly maxPayload: number
  readonly maxFragments: number
  readonly skipUTF8Validation: boolean
  /** Milliseconds. */
  readonly closeTimeout: number
  readonly generateMask?: ((mask: Buffer) => void) | undefined
}

/** Returns the parts for the clients of one set of options. Clients with the same options share them, as the connections of a server do. */
export function clientParts(options: SharedPartsOptions): SharedParts {
  if (options.generateMask !== undefined) return makeParts(false, options, withMasksOf(options.generateMask))
  const { maxPayload, maxFragments, skipUTF8Validation, closeTimeout } = options
  const key = [maxPayload, maxFragments, skipUTF8Validation, closeTimeout].join(' ')
  const known = partsOfClients.get(key)
  if (known !== undefined) return known
  const parts = makeParts(false, options, runtime)
  if (partsOfClients.size < mostKept) partsOfClients.set(key, parts)
  return parts
}

/** Makes the parts for the connections of one server. */
export function serverParts(options: SharedPartsOptions): SharedParts {
  return makeParts(true, options, runtime)
}

/** Programs have a handful of different options; others share nothing. */
const mostKept = 64
const partsOfClients = new Map<string, SharedParts>()

function makeParts(isServer: boolean, given: SharedPartsOptions, runtime: Runtime): SharedParts {
  const sharing = payloadSharing(true, { ...runtime, copySmall: bufferWith, viewOf: Buffer.from })
  return {
    role: isServer ? serverRole : clientRole,
    runtime,
    options: optionsFrom(isServer, given),
    pool: new ScratchPool(),
    readingHalves: new Loans(),
    sendingHalves: new Loans(),
    flushes: new FlushQueue(runtime.clock),
    owner: {
      deliveryFor: (hooks, runner, unused) => {
        if (!(unused instanceof MessageDelivery))
          return new MessageDelivery(runner, hooks, new PayloadMemory(sharing), runtime.clock, runtime.allocateUnset)
        unused.serve(runner, hooks, undefined)
        return unused
      },
      failureFor: (fault, hooks) => ({ code: (hooks as Link).peerFailed(fault), reason: '' }),
      failed: throwLater,
      gone: () => {},
      onlyAnswersPings: () => false,
      pongCame: () => {},
      lastHooksWait: () => {},
    },
    readAhead: 0,
    answersInMicrotasks: false,
  }
}

/** The connections here are those of programs for `ws`, whose limits are others: unsent octets have none, and nothing pings by itself. */
function optionsFrom(isServer: boolean, given: SharedPartsOptions): CommonOptions {
  return {
    ...(isServer ? defaultsOf(serverOptions) : defaultsOf(clientOptions)),
    maxMessagePayloadSize: given.maxPayload,
    maxFramePayloadSize: 0,
    maxMessageFrames: given.maxFragments,
    utf8validateIncoming: !given.skipUTF8Validation,
    closeHandshakeTimeout: given.closeTimeout / 1000,
    echoCloseCodeReason: true,
    autoPingInterval: 0,
    sendHighWaterMark: Number.MAX_SAFE_INTEGER,
    maxUnsentSize: 0,
  }
}

/** Throws what a listener has thrown where nothing catches it, as it would have been thrown without a library in between. */
function throwLater(error: Error): void {
  process.nextTick(() => {
    throw error
  })
}

/** Returns a runtime whose mask keys come from a function of the application, which is given four octets that are 0. */
function withMasksOf(generateMask: (mask: Buffer) => void): Runtime {
  const fillRandom = (target: Uint8Array): void => {
    target.fill(0)
    generateMask(Buffer.from(target.buffer, target.byteOffset, target.length))
  }
  return { ...runtime, crypto: { ...runtime.crypto, fillRandom } }
}

const runtime: Runtime = nodeRuntime
const serverRole: Role = { isServer: true, masks: false, peerMasks: true, serverConnectionDropTimeout: undefined }
const clientRole: Role = { isServer: false, masks: true, peerMasks: false, serverConnectionDropTimeout: 1 }
