import { errorSentence } from './error-sentence.ts'

/** The parts of a process's output that are used. */
export interface Output {
  on(event: 'error', listener: (error: Error) => void): unknown
  write(text: string): unknown
}

/** The parts of `process` that are used. */
export interface OutputProcess {
  readonly stdout: Output
  readonly stderr: Output
  exit(code: number): void
}

/**
 * Keeps a program alive when nobody reads its output any more, as in `autobahn-ts echo | head -1`: Node would end it with a stack trace.
 * Commands whose output is all that they are for listen for `error` of `process.stdout` and end themselves. An output that cannot be written
 * for another reason, such as a full disk, ends the program with one sentence and status 1.
 */
export function surviveClosedOutputs({ stdout, stderr, exit }: OutputProcess): void {
  stdout.on('error', error => {
    if (isClosedPipe(error)) return
    stderr.write(`error: the output cannot be written: ${errorSentence(error)}\n`)
    exit(1)
  })
  stderr.on('error', () => {})
}

function isClosedPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'EOF' || error.code === 'ERR_STREAM_DESTROYED')
}
