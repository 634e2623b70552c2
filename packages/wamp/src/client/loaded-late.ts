import type { Late } from '../session/late.ts'

/** A part that is loaded by a function, with its first use. */
export class LoadedLate<Part> implements Late<Part> {
  readonly #load: () => Promise<Part>
  loaded: Part | undefined

  constructor(load: () => Promise<Part>) {
    this.#load = load
    this.loaded = undefined
  }

  async load(): Promise<Part> {
    this.loaded ??= await this.#load()
    return this.loaded
  }
}
