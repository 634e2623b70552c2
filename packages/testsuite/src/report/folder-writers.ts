import { HtmlReport } from './html-report.ts'
import { JsonReport } from './json-report.ts'
import type { ReportWriter } from './report-writer.ts'

/** What writes a report into a folder; nothing where there is none. */
export function folderWriters(folder: string | undefined): ReportWriter[] {
  return folder === undefined ? [] : [new JsonReport(folder), new HtmlReport(folder)]
}
