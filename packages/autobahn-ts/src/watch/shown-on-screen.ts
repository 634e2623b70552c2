import type { Client } from '@autobahn-ts/wamp'
import type { Presenter } from './presenter.ts'
import type { RealmEvent, RealmSource } from './realm-source.ts'
import { RealmView } from './realm-view.ts'
import type { Screen } from './screen.ts'
import { screenLines } from './screen-lines.ts'

/** The ports of `ShownOnScreen`, and what is watched. */
export interface ScreenPorts {
  readonly url: string
  readonly realm: string
  readonly screen: Screen
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Returns milliseconds that never decrease. */
  now(): number
}

/** A realm on a terminal that is redrawn at each reading. A session that replaces a lost one begins with a new view. */
export class ShownOnScreen implements Presenter {
  readonly #client: Pick<Client, 'session'>
  readonly #source: RealmSource
  readonly #ports: ScreenPorts
  #view: RealmView
  /** The session by which the view was loaded. */
  #loadedBy: number | undefined

  constructor(client: Pick<Client, 'session'>, source: RealmSource, ports: ScreenPorts) {
    this.#client = client
    this.#source = source
    this.#ports = ports
    this.#view = new RealmView(source)
  }

  happened(event: RealmEvent): void {
    this.#view.happened(event, this.#ports.today())
  }

  async read(): Promise<void> {
    const session = this.#client.session?.id
    try {
      if (session !== undefined) await this.#refresh(session)
    } finally {
      const { url, realm, screen } = this.#ports
      const isJoined = this.#client.session !== undefined
      screen.draw(screenLines(this.#view, { url, realm, isJoined, ...screen.size }))
    }
  }

  leave(): void {
    this.#ports.screen.leave()
  }

  async #refresh(session: number): Promise<void> {
    if (session !== this.#loadedBy) {
      if (this.#loadedBy !== undefined) this.#view = new RealmView(this.#source)
      this.#loadedBy = session
      await this.#view.load()
    }
    await this.#view.refresh(this.#ports.now())
  }
}
