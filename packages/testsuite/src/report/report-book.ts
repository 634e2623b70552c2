import { catalogue } from '../cases/catalogue.ts'
import type { CaseRecord } from '../run/case-record.ts'
import { tlsSummary } from '../run/opening-record.ts'
import type { Report, ReportRow, ReportWriter, Unreached } from './report-writer.ts'

export interface BookParts {
  readonly fuzzer: Report['fuzzer']
  readonly writers: readonly ReportWriter[]
  /** The numbers of the cases, in order. Default: those of the catalogue. */
  readonly ids?: readonly string[]
  readonly earlier?: readonly ReportRow[]
}

/** Keeps the rows of a run and passes everything to the writers. */
export class ReportBook {
  readonly #fuzzer: Report['fuzzer']
  readonly #writers: readonly ReportWriter[]
  readonly #order: ReadonlyMap<string, number>
  /** The rows by agent and case; a case that is run again replaces the earlier row. */
  readonly #rows = new Map<string, Map<string, ReportRow>>()
  readonly #names = new Map<string, string>()
  readonly #earlier: readonly ReportRow[]
  readonly #unreachable: Unreached[] = []

  /** `earlier` are the rows that the folder of the report already has. */
  constructor({ fuzzer, writers, ids = catalogue.map(({ id }) => id), earlier = [] }: BookParts) {
    this.#fuzzer = fuzzer
    this.#writers = writers
    this.#order = new Map(ids.map((id, n) => [id, n]))
    this.#earlier = earlier
    for (const { agent, file } of earlier) this.#names.set(agent, file.replace(/_case_[\d_]*$/, ''))
  }

  get report(): Report {
    const rows = [...this.#rows.values()].flatMap(ofAgent =>
      [...ofAgent.values()].sort((a, b) => (this.#order.get(a.id) ?? 0) - (this.#order.get(b.id) ?? 0)),
    )
    const earlier = this.#earlier.filter(({ agent }) => !this.#rows.has(agent))
    return { fuzzer: this.#fuzzer, created: new Date().toISOString(), rows, earlier, unreachable: [...this.#unreachable] }
  }

  /** The number of agents. */
  get agentCount(): number {
    return this.#rows.size
  }

  hasAgent(agent: string): boolean {
    return this.#rows.has(agent)
  }

  row(agent: string, id: string): ReportRow | undefined {
    return this.#rows.get(agent)?.get(id)
  }

  /** Adds a server that could not be tested. */
  addUnreachable(unreached: Unreached): void {
    this.#unreachable.push(unreached)
  }

  async add(record: CaseRecord): Promise<ReportRow> {
    const row = this.#rowOf(record)
    const ofAgent = this.#rows.get(record.agent) ?? new Map<string, ReportRow>()
    this.#rows.set(record.agent, ofAgent.set(record.id, row))
    for (const writer of this.#writers) await writer.caseEnded(record, row)
    return row
  }

  async finish(): Promise<Report> {
    const { report } = this
    for (const writer of this.#writers) await writer.finish(report)
    return report
  }

  #rowOf({ agent, id, title, fuzzer, behavior, close, duration, ending, limit, remarks, measured, opening }: CaseRecord): ReportRow {
    return {
      agent,
      id,
      number: (this.#order.get(id) ?? -1) + 1,
      title,
      testee: fuzzer === 'client' ? 'server' : 'client',
      behavior: behavior.verdict,
      behaviorClose: close.verdict,
      reasons: { behavior: behavior.reason, close: close.reason },
      duration,
      remoteCloseCode: ending.received?.code ?? null,
      remoteCloseReason: ending.received?.reason ?? null,
      ...(limit !== undefined && { isLimit: true }),
      ...(remarks !== undefined && { remarks }),
      ...(opening.tls !== undefined && { tls: tlsSummary(opening.tls) }),
      ...(Object.keys(measured).length > 0 && { measured }),
      file: `${this.#fileNameOf(agent)}_case_${id.replaceAll('.', '_')}`,
    }
  }

  /**
   * Returns the file name of an agent. Agents choose their names, and two names may have the same letters and digits, but each agent has
   * its own files.
   */
  #fileNameOf(agent: string): string {
    const known = this.#names.get(agent)
    if (known !== undefined) return known
    const plain =
      agent
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '_')
        .slice(0, 80) || 'agent'
    const taken = new Set(this.#names.values())
    let name = plain
    for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`
    this.#names.set(agent, name)
    return name
  }
}
