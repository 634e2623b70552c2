import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** The part of a line editor that a command needs: lines one by one, and messages that do not tear the line that is being typed. */
export interface Input extends AsyncIterable<string> {
  /** Writes a line above the one that is being typed. */
  print(line: string): void
  close(): void
}

/** Reads lines from a terminal, with a prompt, editing and history. Ctrl-D and Ctrl-C end the input. */
export function terminalInput(stdin: Readable, stdout: Writable): Input {
  const editor = createInterface({
    input: stdin,
    output: stdout,
    terminal: true,
    prompt: '> ',
    historySize: 1000,
    removeHistoryDuplicates: true,
  })
  editor.on('SIGINT', () => editor.close())
  // made at once, because it has no lines that were typed before
  const lines = linesOf(editor)
  editor.prompt()
  return {
    print(line) {
      // the line that is being typed is taken away and comes back below
      stdout.write('\r\u001b[2K')
      stdout.write(`${line}\n`)
      editor.prompt(true)
    },
    close: () => editor.close(),
    async *[Symbol.asyncIterator]() {
      for await (const line of lines) {
        yield line
        editor.prompt()
      }
    },
  }
}

/** Reads lines from a pipe or a file. */
export function pipedInput(stdin: Readable, print: (line: string) => void): Input {
  const reader = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })
  const lines = linesOf(reader)
  return { print, close: () => reader.close(), [Symbol.asyncIterator]: () => lines }
}

function linesOf(reader: Interface): AsyncIterator<string> & AsyncIterable<string> {
  return reader[Symbol.asyncIterator]()
}
