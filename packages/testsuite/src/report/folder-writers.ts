import { HtmlReport } from './html-report.ts'
import { JsonReport } from './json-report.ts'
import type { ReportWriter } from './report-writer.ts'

/** Returns the writers of a report in a folder; an empty list if there is no folder. */
export function folderWriters(folder: string | undefined): ReportWriter[] {
  return folder === undefined ? [] : [new JsonReport(folder), new HtmlReport(folder)]
}
