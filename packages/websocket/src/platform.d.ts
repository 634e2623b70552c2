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

declare var DOMException: { new (message?: string, name?: string): Error }

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
