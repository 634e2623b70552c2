import { clearScreenDown, createInterface, type Interface, moveCursor } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** The part of a line editor that a command needs: lines one by one, and messages that do not tear the line that is being typed. */
export interface Input extends AsyncIterable<string> {
  /** Writes a line above the one that is being typed. */
  print(line: string): void
  close(): void
}

/** The editor of Node, with a property that is not documented: the rows of the terminal above the cursor that its line has. */
type Editor = Interface & { prevRows?: number }

/** Reads lines from a terminal, with a prompt, editing and history. Ctrl-D and Ctrl-C end the input. */
export function terminalInput(stdin: Readable, stdout: Writable): Input {
  const editor: Editor = createInterface({
    input: stdin,
    output: stdout,
    terminal: true,
    prompt: '> ',
    historySize: 1000,
    removeHistoryDuplicates: true,
  })
  let isOver = false
  editor.on('SIGINT', () => editor.close())
  editor.on('close', () => {
    isOver = true
  })
  // made at once, because it has no lines that were typed before
  const lines = linesOf(editor)
  editor.prompt()
  return {
    print(line) {
      if (isOver) return void stdout.write(`${line}\n`)
      // the line that is being typed, which may have several rows, is taken away and comes back below
      moveCursor(stdout, 0, -editor.getCursorPos().rows)
      clearScreenDown(stdout)
      stdout.write(`\r\u001b[2K${line}\n`)
      // the editor goes up so many rows before it writes the line again, which would be over the one above
      editor.prevRows = 0
      editor.prompt(true)
    },
    close: () => editor.close(),
    async *[Symbol.asyncIterator]() {
      for await (const line of lines) {
        yield line
        // The lines before Ctrl-D are read when the editor is closed already; from Node 24 on, a closed one throws.
        if (!isOver) editor.prompt()
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
