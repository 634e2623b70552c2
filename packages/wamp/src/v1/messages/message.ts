/** The messages of WAMP version 1: JSON arrays whose first element is the type. */

export const WELCOME = 0
export const PREFIX = 1
export const CALL = 2
export const CALLRESULT = 3
export const CALLERROR = 4
export const SUBSCRIBE = 5
export const UNSUBSCRIBE = 6
export const PUBLISH = 7
export const EVENT = 8

/** A full URI, or a CURIE: a defined prefix, a colon, and the rest of the URI. */
export type Uri = string
export type List = readonly unknown[]

export type Welcome = readonly [type: typeof WELCOME, sessionId: string, protocolVersion?: number | null, server?: string | null]
export type Prefix = readonly [type: typeof PREFIX, prefix: string, uri: Uri]
export type CallMessage = readonly [type: typeof CALL, callId: string, procedure: Uri, ...args: List]
export type CallResult = readonly [type: typeof CALLRESULT, callId: string, result: unknown]
export type CallError = readonly [type: typeof CALLERROR, callId: string, error: Uri, description: string, details?: unknown]
export type Subscribe = readonly [type: typeof SUBSCRIBE, topic: Uri]
export type Unsubscribe = readonly [type: typeof UNSUBSCRIBE, topic: Uri]
/**
 * `exclude`: true, null or absent excludes the publisher, false excludes nobody, a list excludes those sessions. `eligible`: only these
 * sessions.
 */
export type Publish = readonly [type: typeof PUBLISH, topic: Uri, event: unknown, exclude?: boolean | null | List, eligible?: List]
export type Event = readonly [type: typeof EVENT, topic: Uri, event: unknown]

/** The messages that a server may receive. */
export type ToServer = Prefix | CallMessage | CallResult | CallError | Subscribe | Unsubscribe | Publish
/** The messages that a client may receive. */
export type ToClient = Welcome | CallMessage | CallResult | CallError | Event

/** The name of the subprotocol in opening handshakes. */
export const subprotocol = 'wamp'
export const protocolVersion = 1
