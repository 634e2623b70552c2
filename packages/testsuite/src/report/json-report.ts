import type { CaseRecord } from '../run/case-record.ts'
import { ReportFolder } from './report-folder.ts'
import type { Report, ReportRow, ReportWriter } from './report-writer.ts'

/** Writes `index.json` in the form that the tools of the field read, and one JSON file per case with everything that is known of it. */
export class JsonReport implements ReportWriter {
  readonly #folder: ReportFolder

  constructor(folder: string) {
    this.#folder = new ReportFolder(folder)
  }

  async caseEnded(record: CaseRecord, row: ReportRow): Promise<void> {
    await this.#write(`${row.file}.json`, record)
  }

  async finish(report: Report): Promise<void> {
    await this.#write('index.json', indexOf(report))
  }

  async #write(name: string, content: unknown): Promise<void> {
    await this.#folder.write(name, `${JSON.stringify(content, undefined, 2)}\n`)
  }
}

/** One entry of `index.json`. */
interface IndexEntry {
  readonly behavior: string
  readonly behaviorClose: string
  readonly duration: number
  readonly remoteCloseCode: number | null
  readonly reportfile: string
}

function indexOf({ rows, earlier }: Report): Record<string, Record<string, IndexEntry>> {
  // Without a prototype, because an agent may be called __proto__.
  const index: Record<string, Record<string, IndexEntry>> = Object.create(null)
  for (const { agent, id, behavior, behaviorClose, duration, remoteCloseCode, file } of [...earlier, ...rows]) {
    const ofAgent = index[agent] ?? {}
    ofAgent[id] = { behavior, behaviorClose, duration, remoteCloseCode, reportfile: `${file}.json` }
    index[agent] = ofAgent
  }
  return index
}
