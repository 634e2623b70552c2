import type { RealmEvent } from './realm-source.ts'

/** The port of `watch` to its output: a terminal or a pipe. */
export interface Presenter {
  /** Takes an event of the realm. */
  happened(event: RealmEvent): void
  /** Reads the counters, and shows them with what has happened. Rejects with `SessionClosed` where the session is lost meanwhile. */
  read(): Promise<void>
  /** Leaves the output as it was. May be called more than once. */
  leave(): void
}
