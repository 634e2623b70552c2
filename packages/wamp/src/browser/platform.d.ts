/**
 * What a browser has beyond `src/platform.d.ts`, as far as it is used here; Deno, Bun and Node from 22 on have it too.
 *
 * Each declaration is narrower than the platform's own, so what compiles here compiles against the real types too.
 */

declare function setTimeout(callback: () => void, milliseconds: number): unknown
declare function clearTimeout(timer: unknown): void
declare function queueMicrotask(callback: () => void): void
declare var performance: { now(): number }

declare var TextDecoder: { new (): { decode(octets: Uint8Array): string } }

declare var URL: { new (url: string, base?: string): { protocol: string; readonly href: string; readonly hash: string } }

/** Missing outside of pages and workers. */
declare var location: { readonly href: string } | undefined
declare var addEventListener: ((type: 'online', listener: () => void) => void) | undefined
declare var removeEventListener: ((type: 'online', listener: () => void) => void) | undefined
