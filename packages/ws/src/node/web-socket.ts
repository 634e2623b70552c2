import { EventEmitter } from 'node:events'
import type { ClientRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Agreement, mayBeSent, type SharedParts } from '@autobahn-ts/websocket/internals'
import {
  addHandler,
  attributeHandler,
  closedCleanly,
  type EventHandler,
  type EventHandlerObject,
  removeHandler,
  setAttributeHandler,
} from './events.ts'
import { type BinaryType, Link, type SendCallback, type SendSettings } from './link.ts'
import { Opening, type OpeningOptions } from './opening.ts'
import { lengthOf, noOctets } from './payload.ts'
import { clientParts, type SharedPartsOptions, serverParts } from './shared-parts.ts'
import { withDefaults } from './with-defaults.ts'

/** The options of a client. Those of `https.request` are passed on to it. */
export type ClientOptions = Partial<OpeningOptions> &
  Partial<SharedPartsOptions> & {
    readonly allowSynchronousEvents?: boolean | undefined
    readonly autoPong?: boolean | undefined
    readonly maxBufferedChunks?: number | undefined
  }

/** The options of a client that are read here; each has a default. */
interface ClientSettings extends OpeningOptions, SharedPartsOptions {
  readonly allowSynchronousEvents: boolean
  readonly autoPong: boolean
}

/** The options of `send`. */
export interface SendOptions {
  readonly binary?: boolean | undefined
  readonly compress?: boolean | undefined
  readonly fin?: boolean | undefined
  readonly mask?: boolean | undefined
}

/** The connection of a server, which `WebSocketServer` has accepted. */
export interface Accepted {
  readonly socket: Duplex
  readonly head: Buffer
  readonly parts: SharedParts
  readonly agreement: Agreement
  readonly allowSynchronousEvents: boolean
  /** Called when the connection is gone, before `close` is emitted. */
  readonly gone: () => void
}

/** Method with which a server opens a `WebSocket` that it has made. */
export const accept: unique symbol = Symbol('accept')

/** A connection with the interface of the class `WebSocket` of npm `ws`. */
export class WebSocket extends EventEmitter {
  declare static readonly CONNECTING: 0
  declare static readonly OPEN: 1
  declare static readonly CLOSING: 2
  declare static readonly CLOSED: 3
  declare readonly CONNECTING: 0
  declare readonly OPEN: 1
  declare readonly CLOSING: 2
  declare readonly CLOSED: 3

  #isServer: boolean
  readonly #autoPong: boolean
  #binaryType: BinaryType = 'nodebuffer'
  #agreement: Agreement = nothingAgreed
  #opening: Opening | undefined
  #link: Link | undefined
  /** The state while there is no connection. */
  #stateBefore: 0 | 2 | 3 = 0
  /** Octets that were given to `send` where there was never a connection. */
  #lost = 0

  /** `null` for the address makes the object for a connection that a server accepts. */
  constructor(address: string | URL | null, protocols?: string | readonly string[] | ClientOptions, options?: ClientOptions) {
    super()
    this.#isServer = address === null
    if (address === null) {
      this.#autoPong = options?.autoPong !== false
      return
    }
    const isOptions = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols)
    const given = (isOptions ? protocols : options) as ClientOptions | undefined
    const names = isOptions || protocols === undefined ? [] : Array.isArray(protocols) ? protocols : [protocols]
    const settings = withDefaults(clientDefaults, given ?? {})
    this.#autoPong = settings.autoPong
    this.#dial(address, names, settings)
  }

  // ---- what it knows

  get binaryType(): BinaryType {
    return this.#binaryType
  }

  /** Anything but the four types is ignored. */
  set binaryType(type: BinaryType) {
    if (!binaryTypes.includes(type)) return
    this.#binaryType = type
    if (this.#link !== undefined) this.#link.binaryType = type
  }

  get bufferedAmount(): number {
    return this.#link?.bufferedAmount ?? this.#lost
  }

  get extensions(): string {
    return this.#agreement.extensions.map(({ name }) => name).join()
  }

  get isPaused(): boolean {
    return this.#link?.isPaused ?? false
  }

  get protocol(): string {
    return this.#agreement.subprotocol
  }

  get readyState(): 0 | 1 | 2 | 3 {
    const link = this.#link
    if (link === undefined) return this.#stateBefore
    return link.isGone ? 3 : link.isClosing ? 2 : 1
  }

  /** The address of a client; `undefined` for the connection of a server. */
  get url(): string | undefined {
    return this.#opening?.url.href
  }

  /** The socket of the connection, which stays when it is closed; `null` before. */
  get _socket(): Duplex | null {
    return this.#link?.socket ?? null
  }

  /** The request of the opening handshake, while there is one. */
  get _req(): ClientRequest | null {
    return this.#opening?.request ?? null
  }

  get _redirects(): number {
    return this.#opening?.redirects ?? 0
  }

  /** Whether this is the server's end; read by `setSocket`. */
  get _isServer(): boolean {
    return this.#isServer
  }

  set _isServer(isServer: boolean) {
    this.#isServer = isServer
  }

  /**
   * Whether both close frames have passed; for the event `close` of the platform.
   *
   * @internal
   */
  get [closedCleanly](): boolean {
    return this.#link?.hasSentClose === true && this.#link.hasReceivedClose
  }

  // ---- the interface of the platform

  get onopen(): unknown {
    return attributeHandler(this, 'open')
  }

  set onopen(handler: unknown) {
    setAttributeHandler(this, 'open', handler)
  }

  get onmessage(): unknown {
    return attributeHandler(this, 'message')
  }

  set onmessage(handler: unknown) {
    setAttributeHandler(this, 'message', handler)
  }

  get onclose(): unknown {
    return attributeHandler(this, 'close')
  }

  set onclose(handler: unknown) {
    setAttributeHandler(this, 'close', handler)
  }

  get onerror(): unknown {
    return attributeHandler(this, 'error')
  }

  set onerror(handler: unknown) {
    setAttributeHandler(this, 'error', handler)
  }

  addEventListener(type: string, handler: EventHandler | EventHandlerObject, options: { readonly once?: boolean | undefined } = {}): void {
    addHandler(this, type, handler, options.once === true)
  }

  removeEventListener(type: string, handler: unknown): void {
    removeHandler(this, type, handler)
  }

  // ---- for programs that do the opening handshake themselves

  /**
   * Takes the stream of a connection whose opening handshake is done, and emits `open`. The documentation of `ws` does not have it, and packages
   * use it: `@fastify/websocket` connects without a port.
   */
  setSocket(
    socket: Duplex,
    head?: Buffer,
    options: Partial<SharedPartsOptions> & { readonly allowSynchronousEvents?: boolean } = {},
  ): void {
    const settings = withDefaults(clientDefaults, options)
    const parts = this.#isServer ? serverParts(settings) : clientParts(settings)
    this.#open(socket, head, parts, this.#agreement, settings.allowSynchronousEvents, () => {})
  }

  // ---- sending

  /** Sends a message, or with `fin: false` a fragment of one. Throws before the connection is open; after it the callback gets the error. */
  send(data?: unknown, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    const done = typeof options === 'function' ? options : callback
    const text = typeof data === 'number' ? data.toString() : data
    const link = this.#link
    if (link === undefined || link.isClosing) return this.#notOpen(text, done)
    const { text: asText, binary: asBinary } = this.#isServer ? serverSettings : clientSettings
    const usual = typeof text === 'string' ? asText : asBinary
    const settings = typeof options === 'object' && options !== null ? completed(usual, options, asText, asBinary) : usual
    link.send(text || noOctets, settings, done)
  }

  ping(data?: unknown, mask?: boolean | SendCallback, callback?: SendCallback): void {
    this.#control('ping', data, mask, callback)
  }

  pong(data?: unknown, mask?: boolean | SendCallback, callback?: SendCallback): void {
    this.#control('pong', data, mask, callback)
  }

  // ---- flow and end

  pause(): void {
    if (this.#link?.isGone === false) this.#link.pause()
  }

  resume(): void {
    if (this.#link?.isGone === false) this.#link.resume()
  }

  /** Begins the closing handshake. Throws a `TypeError` for a code that must not be sent, and a `RangeError` for a reason that does not fit. */
  close(code?: number, reason?: string | Buffer): void {
    const { readyState } = this
    if (readyState === 0) return this.#giveUp()
    if (readyState !== 1) return
    this.#link?.close(checkedCode(code), code === undefined ? '' : checkedReason(reason))
  }

  /** Ends the connection at once. */
  terminate(): void {
    if (this.readyState === 0) this.#giveUp()
    else this.#link?.terminate()
  }

  /**
   * Takes the socket of a handshake that a server has done.
   *
   * @internal
   */
  [accept]({ socket, head, parts, agreement, allowSynchronousEvents, gone }: Accepted): void {
    this.#open(socket, head, parts, agreement, allowSynchronousEvents, gone)
  }

  // ---- within

  #dial(address: string | URL, protocols: readonly unknown[], settings: ClientSettings): void {
    const opening = new Opening(address, protocols, settings, {
      emitter: this,
      opened: (socket, head, agreement) => {
        this.#open(socket, head, clientParts(settings), agreement, settings.allowSynchronousEvents, () => {})
      },
      closing: () => {
        this.#stateBefore = 2
      },
      failed: error => {
        this.emit('error', error)
        this.#stateBefore = 3
        this.emit('close', abnormal, noOctets)
      },
    })
    this.#opening = opening
    opening.start()
  }

  #open(
    socket: Duplex,
    head: Buffer | undefined,
    parts: SharedParts,
    agreement: Agreement,
    allowSynchronousEvents: boolean,
    gone: () => void,
  ): void {
    this.#agreement = agreement
    const link = new Link(socket, head, parts, {
      emitter: this,
      agreement,
      autoPong: this.#autoPong,
      allowSynchronousEvents,
      binaryType: this.#binaryType,
      gone,
    })
    this.#link = link
    link.start()
    this.emit('open')
  }

  #giveUp(): void {
    this.#opening?.giveUp()
  }

  #control(name: 'ping' | 'pong', given: unknown, mask: boolean | SendCallback | undefined, callback: SendCallback | undefined): void {
    const [data, done] =
      typeof given === 'function' ? [undefined, given as SendCallback] : [given, typeof mask === 'function' ? mask : callback]
    const payload = typeof data === 'number' ? data.toString() : data
    const link = this.#link
    if (link === undefined || link.isClosing) return this.#notOpen(payload, done)
    link[name](payload || noOctets, typeof mask === 'boolean' ? mask : !this.#isServer, done)
  }

  /** Throws while connecting; later it counts what was not sent, and calls back with an error. */
  #notOpen(data: unknown, callback: SendCallback | undefined): void {
    const { readyState } = this
    const error = new Error(`WebSocket is not open: readyState ${readyState} (${stateNames[readyState]})`)
    if (readyState === 0) throw error
    const octets = data ? lengthOf(data) : 0
    if (this.#link !== undefined) return this.#link.lost(octets, error, callback)
    this.#lost += octets
    if (callback !== undefined) process.nextTick(callback, error)
  }
}

/** Completes the options of `send` as a spread over the defaults does: one that is there and `undefined` counts as false. */
function completed(usual: SendSettings, options: SendOptions, asText: SendSettings, asBinary: SendSettings): SendSettings {
  const isBinary = 'binary' in options ? !!options.binary : usual.isBinary
  if (!('fin' in options || 'compress' in options || 'mask' in options)) return isBinary ? asBinary : asText
  return {
    isBinary,
    isFinal: 'fin' in options ? !!options.fin : true,
    compress: 'compress' in options ? !!options.compress : true,
    mask: 'mask' in options ? !!options.mask : usual.mask,
  }
}

function checkedCode(code: number | undefined): number | undefined {
  if (code !== undefined && (typeof code !== 'number' || !mayBeSent(code)))
    throw new TypeError('First argument must be a valid error code number')
  return code
}

function checkedReason(reason: string | Buffer | undefined): string {
  if (reason === undefined || reason.length === 0) return ''
  if (Buffer.byteLength(reason) > longestReason) throw new RangeError('The message must not be greater than 123 bytes')
  return reason.toString()
}

/** Puts the four states on the class and on its objects, as the platform's `WebSocket` has them. */
for (const [state, name] of ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'].entries())
  for (const place of [WebSocket, WebSocket.prototype]) Object.defineProperty(place, name, { enumerable: true, value: state })

for (const name of ['binaryType', 'bufferedAmount', 'extensions', 'isPaused', 'protocol', 'readyState', 'url'])
  Object.defineProperty(WebSocket.prototype, name, { enumerable: true })
for (const name of ['onopen', 'onerror', 'onclose', 'onmessage', 'addEventListener', 'removeEventListener'])
  Object.defineProperty(WebSocket.prototype, name, { enumerable: true })

// a bundler may rename the class, and programs print and compare its name
Object.defineProperty(WebSocket, 'name', { value: 'WebSocket', configurable: true })

const clientDefaults: ClientSettings = {
  allowSynchronousEvents: true,
  autoPong: true,
  closeTimeout: 30_000,
  protocolVersion: 13,
  maxFragments: 16 * 1024,
  maxPayload: 100 * 1024 * 1024,
  skipUTF8Validation: false,
  perMessageDeflate: true,
  followRedirects: false,
  maxRedirects: 10,
}

const serverSettings = usualSettings(false)
const clientSettings = usualSettings(true)

function usualSettings(mask: boolean): { readonly text: SendSettings; readonly binary: SendSettings } {
  const settings = { isFinal: true, compress: true, mask }
  return { text: { ...settings, isBinary: false }, binary: { ...settings, isBinary: true } }
}

const stateNames = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'] as const
const binaryTypes: readonly string[] = ['nodebuffer', 'arraybuffer', 'fragments', 'blob']
const nothingAgreed: Agreement = { subprotocol: '', extensions: [] }

/** RFC 6455 §7.1.5: the connection ended without a close frame. */
const abnormal = 1006

/** Octets: those of a control frame without the code. */
const longestReason = 123
