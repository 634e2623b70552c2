import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node'

/**
 * Prints how far a run is and how long it has taken, every 20 test files, and which files took longest at the end. Says nothing in runs of fewer
 * than 50 files.
 */
export default class Progress implements Reporter {
  #log: (line: string) => void = () => undefined
  #total = 0
  #started = 0
  readonly #ended: TestModule[] = []

  onInit(vitest: Vitest): void {
    this.#log = line => vitest.logger.log(line)
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#total = specifications.length
    this.#started = performance.now()
    this.#ended.length = 0
    if (this.#isLong) this.#log(`tests: ${this.#total} files`)
  }

  onTestModuleEnd(module: TestModule): void {
    const ended = this.#ended.push(module)
    if (this.#isLong && ended % 20 === 0)
      this.#log(`tests: ${ended} of ${this.#total} files, ${lasting(performance.now() - this.#started)}`)
  }

  onTestRunEnd(): void {
    if (!this.#isLong) return
    const longest = this.#ended.toSorted((a, b) => b.diagnostic().duration - a.diagnostic().duration).slice(0, 5)
    this.#log(`tests: ${lasting(performance.now() - this.#started)} altogether; the longest files:`)
    for (const module of longest) this.#log(`  ${lasting(module.diagnostic().duration)}  ${module.relativeModuleId}`)
  }

  get #isLong(): boolean {
    return this.#total >= 50
  }
}

function lasting(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
