import type { EventEmitter } from 'node:events'

/** An event of the WHATWG interface. `type` and `target` are those of the platform's events. */
export class Event {
  readonly type: string
  target: object | null = null

  constructor(type: string) {
    this.type = type
  }
}

/** The end of a connection. */
export class CloseEvent extends Event {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean

  constructor(type: string, { code = 0, reason = '', wasClean = false }: { code?: number; reason?: string; wasClean?: boolean } = {}) {
    super(type)
    this.code = code
    this.reason = reason
    this.wasClean = wasClean
  }
}

/** An error of a connection. */
export class ErrorEvent extends Event {
  readonly error: unknown
  readonly message: string

  constructor(type: string, { error = null, message = '' }: { error?: unknown; message?: string } = {}) {
    super(type)
    this.error = error
    this.message = message
  }
}

/** A message: text as a string, and octets as `binaryType` says. */
export class MessageEvent extends Event {
  readonly data: unknown

  constructor(type: string, { data = null }: { data?: unknown } = {}) {
    super(type)
    this.data = data
  }
}

export type EventHandler = (event: never) => void
export type EventHandlerObject = { handleEvent: EventHandler }

/** An emitter that knows whether its closing handshake was done. */
export interface EventSource extends EventEmitter {
  readonly [closedCleanly]: boolean
}

/** Property that tells whether both close frames have passed. */
export const closedCleanly: unique symbol = Symbol('closedCleanly')

/** Adds a handler of the WHATWG interface. One that was added before is not added again, and types other than the four are ignored. */
export function addHandler(source: EventSource, type: string, handler: EventHandler | EventHandlerObject, once: boolean): void {
  if (handlerOf(source, type, handler) === undefined) listen(source, type, handler, once, false)
}

export function removeHandler(source: EventSource, type: string, handler: unknown): void {
  const listener = handlerOf(source, type, handler)
  if (listener !== undefined) source.removeListener(type, listener)
}

/** Returns the handler of an attribute such as `onmessage`, or `null`. */
export function attributeHandler(source: EventSource, type: string): unknown {
  return attributeListener(source, type)?.[handlerKey] ?? null
}

/** Replaces the handler of an attribute. Anything but a function removes it. */
export function setAttributeHandler(source: EventSource, type: string, handler: unknown): void {
  const before = attributeListener(source, type)
  if (before !== undefined) source.removeListener(type, before)
  if (typeof handler === 'function') listen(source, type, handler as EventHandler, false, true)
}

/** Listener of the emitter that calls a handler of the WHATWG interface. */
interface Listener {
  // biome-ignore lint/suspicious/noExplicitAny: as an emitter's types have it
  (...given: any[]): void
  [handlerKey]?: unknown
  [attributeKey]?: boolean
}

const handlerKey: unique symbol = Symbol('handler')
const attributeKey: unique symbol = Symbol('isAttribute')

function listen(source: EventSource, type: string, handler: EventHandler | EventHandlerObject, once: boolean, isAttribute: boolean): void {
  const make = events[type as keyof typeof events]
  if (make === undefined) return
  const listener: Listener = (...given: unknown[]) => {
    const event = (make as (source: EventSource, ...given: unknown[]) => Event)(source, ...given)
    event.target = source
    if (typeof handler === 'object' && handler.handleEvent) handler.handleEvent(event as never)
    else (handler as (event: Event) => void).call(source, event)
  }
  listener[handlerKey] = handler
  listener[attributeKey] = isAttribute
  if (once) source.once(type, listener)
  else source.on(type, listener)
}

/** The events of the WHATWG interface, made from what the emitter is given. */
const events = {
  open: () => new Event('open'),
  message: (_source: EventSource, data: Buffer, isBinary: boolean) =>
    new MessageEvent('message', { data: isBinary ? data : data.toString() }),
  close: (source: EventSource, code: number, reason: Buffer) =>
    new CloseEvent('close', { code, reason: reason.toString(), wasClean: source[closedCleanly] }),
  error: (_source: EventSource, error: Error) => new ErrorEvent('error', { error, message: error.message }),
}

function handlerOf(source: EventSource, type: string, handler: unknown): Listener | undefined {
  return listenersOf(source, type).find(listener => listener[handlerKey] === handler && listener[attributeKey] !== true)
}

function attributeListener(source: EventSource, type: string): Listener | undefined {
  return listenersOf(source, type).find(listener => listener[attributeKey] === true)
}

function listenersOf(source: EventSource, type: string): Listener[] {
  return source.listeners(type) as unknown as Listener[]
}
