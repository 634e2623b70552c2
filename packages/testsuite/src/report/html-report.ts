import type { CaseRecord } from '../run/case-record.ts'
import { casePage } from './case-page.ts'
import { matrixPage } from './matrix-page.ts'
import { ReportFolder } from './report-folder.ts'
import type { Report, ReportRow, ReportWriter } from './report-writer.ts'

/** Writes `index.html`, the matrix of agents by cases, and one page per case. The pages work without a server, each by itself. */
export class HtmlReport implements ReportWriter {
  readonly #folder: ReportFolder

  constructor(folder: string) {
    this.#folder = new ReportFolder(folder)
  }

  async caseEnded(record: CaseRecord, row: ReportRow): Promise<void> {
    await this.#folder.write(`${row.file}.html`, casePage(record, row))
  }

  async finish(report: Report): Promise<void> {
    await this.#folder.write('index.html', matrixPage(report))
  }
}
