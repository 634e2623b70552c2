import type { CaseRecord } from '../run/case-record.ts'
import { classicRecord } from './classic-record.ts'
import { ReportFolder } from './report-folder.ts'
import type { Report, ReportRow, ReportWriter } from './report-writer.ts'

/**
 * Writes `index.json` and one JSON file per case. They have the keys that tools for reports of the Autobahn Testsuite read, and further
 * keys.
 */
export class JsonReport implements ReportWriter {
  readonly #folder: ReportFolder

  constructor(folder: string) {
    this.#folder = new ReportFolder(folder)
  }

  async caseEnded(record: CaseRecord, row: ReportRow): Promise<void> {
    await this.#write(`${row.file}.json`, fileOf(record, row))
  }

  async finish(report: Report): Promise<void> {
    await this.#write('index.json', indexOf(report))
  }

  async #write(name: string, content: unknown): Promise<void> {
    await this.#folder.write(name, `${JSON.stringify(content, undefined, 2)}\n`)
  }
}

/** Returns the contents of a case's file. Where the Autobahn Testsuite has the same key with another type, its form is written. */
function fileOf({ behavior, close, received, expectedClose, ...rest }: CaseRecord, { number }: ReportRow): Record<string, unknown> {
  const record = { behavior, close, received, expectedClose, ...rest }
  const { expectedClose: classicClose, ...classic } = classicRecord(record, number)
  return { ...rest, events: received, ...classic, expectedClose: { ...expectedClose, ...classicClose } }
}

/** An entry of `index.json`. */
interface IndexEntry {
  readonly behavior: string
  readonly behaviorClose: string
  readonly duration: number
  readonly remoteCloseCode: number | null
  readonly reportfile: string
}

function indexOf({ rows, earlier, unreachable }: Report): Record<string, Record<string, IndexEntry>> {
  // Without a prototype, because an agent may be called __proto__.
  const index: Record<string, Record<string, IndexEntry>> = Object.create(null)
  for (const { agent } of unreachable) index[agent] = {}
  for (const { agent, id, behavior, behaviorClose, duration, remoteCloseCode, file } of [...earlier, ...rows]) {
    const ofAgent = index[agent] ?? {}
    ofAgent[id] = { behavior, behaviorClose, duration, remoteCloseCode, reportfile: `${file}.json` }
    index[agent] = ofAgent
  }
  return index
}
