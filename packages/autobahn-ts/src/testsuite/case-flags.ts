import { readFileSync } from 'node:fs'
import { BadConfig, type FailOn, JunitReport, presets } from '@autobahn-ts/testsuite'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { errorSentence } from '../error-sentence.ts'
import { printable } from '../printable.ts'

/** The values of the flags that both fuzzers have. */
export interface CaseValues {
  readonly cases?: readonly string[]
  readonly exclude?: readonly string[]
  readonly outdir?: string
  readonly strict?: true
  readonly config?: string
  readonly concurrency: number
  readonly failOn: FailOn
  readonly junit?: string
}

/** Adds the flags that both fuzzers have. */
export function withCaseFlags(command: Command): Command {
  return command
    .option(
      '--cases <patterns>',
      'Cases to run, such as 1.*,7.7.*, or classic (the 517 of the Autobahn Testsuite; default), extra (those beyond), all, or thinned (a run of a minute).',
      patternsFrom,
    )
    .option('--exclude <patterns>', 'Cases to leave out, such as 9.*,12.*.', patternsFrom)
    .option('--strict', 'Judges more strictly than the Autobahn Testsuite; the README of the package lists the differences.')
    .option('--outdir <folder>', 'Folder for the reports (default: "reports").')
    .option('--config <file>', 'A JSON file such as fuzzingclient.json or fuzzingserver.json; flags override it.')
    .option('--concurrency <number>', 'Number of cases that run at the same time; cases that measure time run alone.', concurrencyFrom, 8)
    .option('--junit <file>', 'Also writes JUnit XML, for continuous integration.')
    .addOption(
      new Option('--fail-on <verdict>', 'Verdict from which on the exit status is 1.').choices(['failed', 'non-strict']).default('failed'),
    )
}

/** Converts flags to the words of a configuration; leaves out what is not set. */
export function choiceIn({ cases, exclude, outdir, strict }: CaseValues): {
  cases?: readonly string[]
  excludeCases?: readonly string[]
  outdir?: string
  strict?: true
} {
  return {
    ...(cases !== undefined && { cases }),
    ...(exclude !== undefined && { excludeCases: exclude }),
    ...(outdir !== undefined && { outdir }),
    ...(strict !== undefined && { strict }),
  }
}

/** Returns the additional writer: JUnit XML where a file is named for it. */
export function writersIn({ junit, failOn }: CaseValues): JunitReport[] {
  return junit === undefined ? [] : [new JunitReport({ file: junit, failOn })]
}

/** Reads the file of `--config`, warns on stderr of unknown keys, and ends the program if the file cannot be used. */
export function configIn<Config>(command: Command, file: string, read: (text: string, warn: (message: string) => void) => Config): Config {
  try {
    return read(readFileSync(file, 'utf8'), message => console.error(`warning: ${file}: ${printable(message)}`))
  } catch (error) {
    if (error instanceof BadConfig) return command.error(`error: ${file}: ${errorSentence(error)}`)
    return command.error(`error: the file of --config cannot be read: ${errorSentence(error)}`)
  }
}

/** Reads a whole number from 1 to 256. */
export function concurrencyFrom(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > 256) throw new InvalidArgumentError('It must be a whole number from 1 to 256.')
  return number
}

function patternsFrom(text: string, before: readonly string[] = []): string[] {
  const patterns = text.split(',').map(pattern => pattern.trim())
  if (!patterns.every(pattern => presets.has(pattern) || /^((\d|\[[\d-]+\]|[.*])+|classic|extra|all)$/.test(pattern)))
    throw new InvalidArgumentError(
      `It must be numbers of cases with commas between them (* stands for anything, [1-5] for one of these digits), or classic, extra, all or ${[...presets.keys()].join(', ')}.`,
    )
  return [...before, ...patterns]
}
