export type { Case, CloseExpectation, Compression, Cut, DeflateParameters, Event, Frame, Opening, Outcome, Step } from './cases/case.ts'
export { catalogue, type Group, groups } from './cases/catalogue.ts'
export { presets } from './cases/presets.ts'
export { NoSuchCase } from './cases/selection.ts'
export {
  BadConfig,
  type CaseChoice,
  type FuzzingClientConfig,
  type FuzzingServerConfig,
  readClientConfig,
  readServerConfig,
  type ServerEntry,
} from './fuzzing/config.ts'
export { type FuzzingClientOptions, fuzzingClient, type Progress } from './fuzzing/fuzzing-client.ts'
export { type FuzzingServer, type FuzzingServerOptions, fuzzingServer } from './fuzzing/fuzzing-server.ts'
export { type MassConnectOptions, type MassConnectReport, massConnect, type Percentiles } from './fuzzing/mass-connect.ts'
export { NoReport } from './report/earlier-rows.ts'
export { type CompressionFigures, compressionFigures, type SpeedFigures, speedFigures } from './report/figures.ts'
export { type FailOn, type Finding, findingOf, findings, isFailure, reasonOf, tally, verdictWords } from './report/finding.ts'
export { JunitReport, type JunitReportOptions } from './report/junit-report.ts'
export type { Report, ReportRow, ReportWriter } from './report/report-writer.ts'
export type { CaseRecord, CompressedDirection, CompressionRecord, EndingRecord, MeasuredRecord, ShownEvent } from './run/case-record.ts'
export type { ExchangeEntry, ShownFrame, ShownOctets, Side, Traffic } from './run/exchange.ts'
export type { Behavior, BehaviorClose, Verdict, Verdicts } from './run/judge.ts'
export { Unreachable } from './run/open-as-client.ts'
export type { OpeningRecord } from './run/opening-record.ts'
export { type Pace, usualPace } from './run/pace.ts'
export type { Role } from './run/testee-link.ts'
export { type TesteeClientOptions, testeeClient } from './testees/testee-client.ts'
export { testeeServer } from './testees/testee-server.ts'
