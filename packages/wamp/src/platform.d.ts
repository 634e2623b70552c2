/**
 * The web-standard globals that portable code may use, beside the language itself. Every runtime has them.
 *
 * Each declaration is narrower than the platform's own, so what compiles here compiles against the real types too.
 */

interface TextEncoder {
  encode(text?: string): Uint8Array
  encodeInto(text: string, target: Uint8Array): { readonly read: number; readonly written: number }
  encodeInto(text: string, target: Uint8Array): { read: number; written: number }
}
declare var TextEncoder: { new (): TextEncoder }

interface TextDecoder {
  decode(octets?: Uint8Array): string
}
declare var TextDecoder: { new (encoding: 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder }

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: any
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
  throwIfAborted(): void
}
declare var AbortSignal: { readonly prototype: AbortSignal; any(signals: AbortSignal[]): AbortSignal }

declare var AbortController: { new (): { readonly signal: AbortSignal; abort(reason?: unknown): void } }

/** Types that requests and connections of `@autobahn-ts/websocket` have. */
interface ReadableStream<R = any> {
  cancel(reason?: any): Promise<void>
}
interface WritableStream<W = any> {
  abort(reason?: any): Promise<void>
}
interface URLSearchParams {
  get(name: string): string | null
}
interface URL {
  readonly href: string
  readonly origin: string
  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly host: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
}
declare var URL: { new (url: string): URL }

declare var crypto: { getRandomValues(octets: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> }

declare var console: {
  error(...data: unknown[]): void
}

declare function btoa(binary: string): string
declare function atob(text: string): string

interface FetchResponse {
  readonly status: number
  readonly body: FetchBody | null
}

interface FetchBody {
  getReader(): { read(): Promise<{ readonly value?: Uint8Array<ArrayBuffer> | undefined }>; cancel(): Promise<void> }
}

interface FetchOptions {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly credentials: 'include'
  readonly cache: 'no-store'
  readonly redirect: 'error'
  readonly signal: AbortSignal
}

declare function fetch(url: string, options: FetchOptions): Promise<FetchResponse>
