/**
 * The globals that browsers have beyond `src/platform.d.ts`, as far as they are used here; Deno, Bun and Node from 22 on have them too.
 *
 * Each declaration is narrower than the platform's own, so what compiles here compiles against the real types too.
 */

declare function setTimeout(callback: () => void, milliseconds: number): unknown
declare function clearTimeout(timer: unknown): void

/** Missing outside of pages and workers. */
declare var location: { readonly href: string } | undefined
declare var addEventListener: ((type: string, listener: () => void) => void) | undefined
declare var removeEventListener: ((type: string, listener: () => void) => void) | undefined
declare var navigator: { readonly onLine?: boolean } | undefined
declare var document:
  | {
      readonly hidden: boolean
      readonly baseURI: string
      addEventListener(type: string, listener: () => void): void
      removeEventListener(type: string, listener: () => void): void
    }
  | undefined
