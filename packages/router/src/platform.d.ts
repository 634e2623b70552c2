/**
 * The web-standard globals that portable code may use, beside the language itself, and those that the types of `@autobahn-ts/websocket` mention. Every runtime has them.
 *
 * Each declaration is narrower than the platform's own, so what compiles here compiles against the real types too.
 */

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: any
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
  throwIfAborted(): void
}

declare var crypto: { getRandomValues(octets: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> }

declare var console: {
  error(...data: unknown[]): void
}

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
}

declare function btoa(binary: string): string
