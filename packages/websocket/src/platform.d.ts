/**
 * The web-standard globals that portable code may use. Every runtime has them; the portable layers see nothing else.
 *
 * Each declaration is narrower than the platform's own, so what compiles here compiles against the real types too.
 */

interface TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, into: Uint8Array): { read: number; written: number }
}
declare var TextEncoder: { new (): TextEncoder }

interface TextDecoder {
  decode(octets?: Uint8Array, options?: { stream?: boolean }): string
}
declare var TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder }

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: any
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
  throwIfAborted(): void
}
declare var AbortSignal: { readonly prototype: AbortSignal; any(signals: AbortSignal[]): AbortSignal }

interface AbortController {
  readonly signal: AbortSignal
  abort(reason?: any): void
}
declare var AbortController: { new (): AbortController }

interface DOMException extends Error {}
declare var DOMException: { new (message?: string, name?: string): DOMException; readonly prototype: DOMException }

interface EventInit {
  bubbles?: boolean
  cancelable?: boolean
  composed?: boolean
}
interface Event {
  readonly type: string
  readonly target: EventTarget | null
  readonly currentTarget: EventTarget | null
}
declare var Event: { new (type: string, init?: EventInit): Event; readonly prototype: Event }

interface EventTarget {
  addEventListener(
    type: string,
    listener: ((event: Event) => void) | { handleEvent(event: Event): void },
    options?: boolean | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal },
  ): void
  removeEventListener(
    type: string,
    listener: ((event: Event) => void) | { handleEvent(event: Event): void },
    options?: boolean | { capture?: boolean },
  ): void
  dispatchEvent(event: Event): boolean
}
declare var EventTarget: { new (): EventTarget; readonly prototype: EventTarget }

interface MessageEvent extends Event {
  readonly data: any
  readonly origin: string
  readonly lastEventId: string
}
declare var MessageEvent: { new (type: string, init?: EventInit & { data?: any; origin?: string }): MessageEvent }

interface Blob {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}
declare var Blob: { new (parts?: Uint8Array<ArrayBuffer>[]): Blob; readonly prototype: Blob }

interface ReadableStreamDefaultController<R = any> {
  enqueue(chunk: R): void
  close(): void
  error(reason?: any): void
}
interface ReadableStreamDefaultReader<R = any> {
  read(): Promise<{ done: false; value: R } | { done: true; value?: R | undefined }>
  cancel(reason?: any): Promise<void>
}
interface ReadableStream<R = any> {
  readonly locked: boolean
  getReader(): ReadableStreamDefaultReader<R>
  cancel(reason?: any): Promise<void>
}
declare var ReadableStream: {
  new <R>(
    source: {
      start?(controller: ReadableStreamDefaultController<R>): void
      pull?(controller: ReadableStreamDefaultController<R>): Promise<void> | void
      cancel?(reason?: any): Promise<void> | void
    },
    strategy?: { highWaterMark?: number },
  ): ReadableStream<R>
}

interface WritableStreamDefaultController {
  error(reason?: any): void
}
interface WritableStreamDefaultWriter<W = any> {
  write(chunk: W): Promise<void>
}
interface WritableStream<W = any> {
  readonly locked: boolean
  abort(reason?: any): Promise<void>
  close(): Promise<void>
  getWriter(): WritableStreamDefaultWriter<W>
}
declare var WritableStream: {
  new <W>(
    sink: {
      start?(controller: WritableStreamDefaultController): void
      write?(chunk: W): Promise<void> | void
      close?(): Promise<void> | void
      abort?(reason?: any): Promise<void> | void
    },
    strategy?: { highWaterMark?: number },
  ): WritableStream<W>
}

interface URLSearchParams extends Iterable<[string, string]> {
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string): boolean
}
declare var URLSearchParams: { new (query?: string): URLSearchParams }

interface URL {
  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
  readonly href: string
  readonly origin: string
}
declare var URL: { new (url: string, base?: string | URL): URL }

declare function queueMicrotask(callback: () => void): void

declare function setTimeout(callback: () => void, delay: number): number | { unref?(): unknown }
declare function clearTimeout(timer: any): void

declare var console: {
  error(...data: unknown[]): void
  warn(...data: unknown[]): void
}

declare var performance: { now(): number }

declare var crypto: { randomUUID(): string }

declare var WebAssembly: {
  Module: { new (octets: Uint8Array<ArrayBuffer>): object }
  Instance: { new (module: object): { readonly exports: object } }
}
