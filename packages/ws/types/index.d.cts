/// <reference types="node" />

import { EventEmitter } from 'node:events'
import { Agent, ClientRequest, ClientRequestArgs, Server as HttpServer, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { AddressInfo as NetAddressInfo } from 'node:net'
import { Duplex, DuplexOptions } from 'node:stream'
import { SecureContextOptions } from 'node:tls'
import { URL } from 'node:url'

/** Data that `send` takes: text, octets in any form, a `Blob`, or what `Buffer.from` takes. */
type BufferLike =
  | string
  | number
  | Buffer
  | DataView
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | readonly unknown[]
  | { valueOf(): ArrayBuffer | SharedArrayBuffer | Uint8Array | readonly number[] | string }
  | { [Symbol.toPrimitive](hint: string): string }

/** The arguments of the events of a connection. */
interface SocketEvents {
  close: [code: number, reason: Buffer]
  error: [error: Error]
  upgrade: [response: IncomingMessage]
  message: [data: WebSocket.RawData, isBinary: boolean]
  open: []
  ping: [data: Buffer]
  pong: [data: Buffer]
  redirect: [url: string, request: ClientRequest]
  'unexpected-response': [request: ClientRequest, response: IncomingMessage]
}

/** The arguments of the events of a server. */
interface ServerEvents<Socket, Request> {
  connection: [socket: Socket, request: Request]
  error: [error: Error]
  headers: [headers: string[], request: Request]
  close: []
  listening: []
  wsClientError: [error: Error, socket: Duplex, request: Request]
}

/** A WebSocket connection. */
declare class WebSocket extends EventEmitter {
  static readonly CONNECTING: 0
  static readonly OPEN: 1
  static readonly CLOSING: 2
  static readonly CLOSED: 3

  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3

  /** The form of binary messages; `nodebuffer` by default. With `fragments` the list has one element. */
  binaryType: 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob'
  /** Octets that were given to `send` and not yet handed to the system. */
  readonly bufferedAmount: number
  /** The name of the extension that was agreed on; empty for none. */
  readonly extensions: string
  readonly isPaused: boolean
  /** The subprotocol that was agreed on; empty for none. */
  readonly protocol: string
  readonly readyState: 0 | 1 | 2 | 3
  /** The address; empty on a server. */
  readonly url: string

  onopen: ((event: WebSocket.Event) => void) | null
  onerror: ((event: WebSocket.ErrorEvent) => void) | null
  onclose: ((event: WebSocket.CloseEvent) => void) | null
  onmessage: ((event: WebSocket.MessageEvent) => void) | null

  constructor(address: null)
  constructor(address: string | URL, options?: WebSocket.ClientOptions | ClientRequestArgs)
  constructor(address: string | URL, protocols?: string | string[], options?: WebSocket.ClientOptions | ClientRequestArgs)

  close(code?: number, reason?: string | Buffer): void
  ping(data?: any, mask?: boolean, callback?: (error: Error) => void): void
  pong(data?: any, mask?: boolean, callback?: (error: Error) => void): void
  send(data: BufferLike, callback?: (error?: Error) => void): void
  send(
    data: BufferLike,
    options: {
      mask?: boolean | undefined
      binary?: boolean | undefined
      compress?: boolean | undefined
      fin?: boolean | undefined
    },
    callback?: (error?: Error) => void,
  ): void
  /** Ends the connection without a closing handshake. */
  terminate(): void
  /** Stops reading. Messages that were read already are still emitted. */
  pause(): void
  resume(): void

  addEventListener<K extends keyof WebSocket.WebSocketEventMap>(
    type: K,
    listener: ((event: WebSocket.WebSocketEventMap[K]) => void) | { handleEvent(event: WebSocket.WebSocketEventMap[K]): void },
    options?: WebSocket.EventListenerOptions,
  ): void
  removeEventListener<K extends keyof WebSocket.WebSocketEventMap>(
    type: K,
    listener: ((event: WebSocket.WebSocketEventMap[K]) => void) | { handleEvent(event: WebSocket.WebSocketEventMap[K]): void },
  ): void

  on<K extends keyof SocketEvents>(event: K, listener: (this: WebSocket, ...args: SocketEvents[K]) => void): this
  on(event: string | symbol, listener: (this: WebSocket, ...args: any[]) => void): this
  once<K extends keyof SocketEvents>(event: K, listener: (this: WebSocket, ...args: SocketEvents[K]) => void): this
  once(event: string | symbol, listener: (this: WebSocket, ...args: any[]) => void): this
  off<K extends keyof SocketEvents>(event: K, listener: (this: WebSocket, ...args: SocketEvents[K]) => void): this
  off(event: string | symbol, listener: (this: WebSocket, ...args: any[]) => void): this
  addListener<K extends keyof SocketEvents>(event: K, listener: (...args: SocketEvents[K]) => void): this
  addListener(event: string | symbol, listener: (...args: any[]) => void): this
  removeListener<K extends keyof SocketEvents>(event: K, listener: (...args: SocketEvents[K]) => void): this
  removeListener(event: string | symbol, listener: (...args: any[]) => void): this
}

declare const WebSocketAlias: typeof WebSocket
interface WebSocketAlias extends WebSocket {}

declare namespace WebSocket {
  /** A message as it was received. */
  type RawData = Buffer | ArrayBuffer | Buffer[]

  /** A message as `onmessage` gets it. */
  type Data = string | Buffer | ArrayBuffer | Buffer[]

  type CertMeta = string | string[] | Buffer | Buffer[]

  type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = (info: {
    origin: string
    secure: boolean
    req: Request
  }) => boolean

  type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = (
    info: { origin: string; secure: boolean; req: Request },
    callback: (res: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
  ) => void

  /** Customizes the request of a client before it is sent; calls `request.end()`. */
  type FinishRequestCallback = (request: ClientRequest, websocket: WebSocket) => void

  interface ClientOptions extends SecureContextOptions {
    protocol?: string | undefined
    followRedirects?: boolean | undefined
    generateMask?(mask: Buffer): void
    /** Milliseconds. */
    handshakeTimeout?: number | undefined
    maxRedirects?: number | undefined
    perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined
    localAddress?: string | undefined
    protocolVersion?: number | undefined
    headers?: { [key: string]: string } | undefined
    origin?: string | undefined
    agent?: Agent | undefined
    host?: string | undefined
    family?: number | undefined
    checkServerIdentity?(servername: string, cert: CertMeta): boolean
    rejectUnauthorized?: boolean | undefined
    allowSynchronousEvents?: boolean | undefined
    autoPong?: boolean | undefined
    /** Octets. */
    maxPayload?: number | undefined
    /** Without effect: how many pieces wait does not matter here. */
    maxBufferedChunks?: number | undefined
    maxFragments?: number | undefined
    skipUTF8Validation?: boolean | undefined
    /** Milliseconds. */
    closeTimeout?: number | undefined
    createConnection?: typeof import('node:net').createConnection | undefined
    finishRequest?: FinishRequestCallback | undefined
  }

  interface PerMessageDeflateOptions {
    serverNoContextTakeover?: boolean | undefined
    clientNoContextTakeover?: boolean | undefined
    serverMaxWindowBits?: number | undefined
    clientMaxWindowBits?: number | undefined
    /** `level` and `memLevel` are used. */
    zlibDeflateOptions?:
      | {
          flush?: number | undefined
          finishFlush?: number | undefined
          chunkSize?: number | undefined
          windowBits?: number | undefined
          level?: number | undefined
          memLevel?: number | undefined
          strategy?: number | undefined
          dictionary?: Buffer | Buffer[] | DataView | undefined
          info?: boolean | undefined
        }
      | undefined
    /** Without effect. */
    zlibInflateOptions?: import('node:zlib').ZlibOptions | undefined
    /** Octets. */
    threshold?: number | undefined
    /** Without effect: messages are compressed without threads. */
    concurrencyLimit?: number | undefined
  }

  interface Event {
    type: string
    target: WebSocket
  }

  interface ErrorEvent {
    error: any
    message: string
    type: string
    target: WebSocket
  }

  interface CloseEvent {
    wasClean: boolean
    code: number
    reason: string
    type: string
    target: WebSocket
  }

  interface MessageEvent {
    data: Data
    type: string
    target: WebSocket
  }

  interface WebSocketEventMap {
    open: Event
    error: ErrorEvent
    close: CloseEvent
    message: MessageEvent
  }

  interface EventListenerOptions {
    once?: boolean | undefined
  }

  interface ServerOptions<
    U extends typeof WebSocket.WebSocket = typeof WebSocket.WebSocket,
    V extends typeof IncomingMessage = typeof IncomingMessage,
  > {
    host?: string | undefined
    port?: number | undefined
    backlog?: number | undefined
    server?: HttpServer<V> | HttpsServer<V> | undefined
    verifyClient?: VerifyClientCallbackAsync<InstanceType<V>> | VerifyClientCallbackSync<InstanceType<V>> | undefined
    handleProtocols?: (protocols: Set<string>, request: InstanceType<V>) => string | false
    path?: string | undefined
    noServer?: boolean | undefined
    allowSynchronousEvents?: boolean | undefined
    autoPong?: boolean | undefined
    clientTracking?: boolean | undefined
    perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined
    /** Octets. */
    maxPayload?: number | undefined
    /** Without effect: how many pieces wait does not matter here. */
    maxBufferedChunks?: number | undefined
    maxFragments?: number | undefined
    skipUTF8Validation?: boolean | undefined
    /** Milliseconds. */
    closeTimeout?: number | undefined
    WebSocket?: U | undefined
  }

  interface AddressInfo {
    address: string
    family: string
    port: number
  }

  /** A WebSocket server. */
  class Server<
    T extends typeof WebSocket.WebSocket = typeof WebSocket.WebSocket,
    U extends typeof IncomingMessage = typeof IncomingMessage,
  > extends EventEmitter {
    options: ServerOptions<T, U>
    path: string
    clients: Set<InstanceType<T>>

    constructor(options?: ServerOptions<T, U>, callback?: () => void)

    address(): NetAddressInfo | string | null
    close(callback?: (error?: Error) => void): void
    handleUpgrade(
      request: InstanceType<U>,
      socket: Duplex,
      upgradeHead: Buffer,
      callback: (client: InstanceType<T>, request: InstanceType<U>) => void,
    ): void
    shouldHandle(request: InstanceType<U>): boolean | Promise<boolean>

    on<K extends keyof ServerEvents<InstanceType<T>, InstanceType<U>>>(
      event: K,
      listener: (this: Server<T>, ...args: ServerEvents<InstanceType<T>, InstanceType<U>>[K]) => void,
    ): this
    on(event: string | symbol, listener: (this: Server<T>, ...args: any[]) => void): this
    once<K extends keyof ServerEvents<InstanceType<T>, InstanceType<U>>>(
      event: K,
      listener: (this: Server<T>, ...args: ServerEvents<InstanceType<T>, InstanceType<U>>[K]) => void,
    ): this
    once(event: string | symbol, listener: (this: Server<T>, ...args: any[]) => void): this
    off<K extends keyof ServerEvents<InstanceType<T>, InstanceType<U>>>(
      event: K,
      listener: (this: Server<T>, ...args: ServerEvents<InstanceType<T>, InstanceType<U>>[K]) => void,
    ): this
    off(event: string | symbol, listener: (this: Server<T>, ...args: any[]) => void): this
    addListener<K extends keyof ServerEvents<InstanceType<T>, InstanceType<U>>>(
      event: K,
      listener: (...args: ServerEvents<InstanceType<T>, InstanceType<U>>[K]) => void,
    ): this
    addListener(event: string | symbol, listener: (...args: any[]) => void): this
    removeListener<K extends keyof ServerEvents<InstanceType<T>, InstanceType<U>>>(
      event: K,
      listener: (...args: ServerEvents<InstanceType<T>, InstanceType<U>>[K]) => void,
    ): this
    removeListener(event: string | symbol, listener: (...args: any[]) => void): this
  }

  const WebSocketServer: typeof Server
  interface WebSocketServer extends Server {}
  const WebSocket: typeof WebSocketAlias
  interface WebSocket extends WebSocketAlias {}

  /** Makes a duplex stream of a connection. */
  function createWebSocketStream(websocket: WebSocket, options?: DuplexOptions): Duplex
}

export = WebSocket
