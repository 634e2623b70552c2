import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The folder of a report. It is made when the first file is written. */
export class ReportFolder {
  readonly #path: string
  #count = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Writes a file atomically: readers see the earlier file until the new one is complete, also if writing is interrupted. */
  async write(name: string, content: string): Promise<void> {
    await mkdir(this.#path, { recursive: true })
    const unfinished = join(this.#path, `.${name}.${process.pid}.${this.#count++}`)
    await writeFile(unfinished, content)
    await rename(unfinished, join(this.#path, name))
  }
}
