/** A mistake in a config, with its place. Lines and columns begin at 1. */
export interface ConfigProblem {
  readonly line: number
  readonly column: number
  /** One sentence without a full stop. */
  readonly message: string
}

/** The error of a config with mistakes: all that were found, one per line. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems'
  readonly code: 'ERR_CONFIG_PROBLEMS' = 'ERR_CONFIG_PROBLEMS'
  readonly problems: readonly ConfigProblem[]

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'))
    this.problems = problems
  }
}
