import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The folders whose programs follow the rules of `CONTRIBUTING.md` on sentences. */
const folders: readonly string[] = [
  'bench',
  'examples',
  'interop',
  'packages/autobahn-ts',
  'packages/nats',
  'packages/router',
  'packages/testsuite',
  'packages/wamp',
  'packages/websocket',
  'packages/ws',
  'scripts',
  'test',
]

describe('the comments of programs', () => {
  for (const folder of folders) {
    it(`begin with a verb or a noun phrase: ${folder}`, () => {
      expect(found(programsOf(folder), comments, beginsWrongly)).toEqual([])
    })

    it(`say "is not a …", as do all sentences of programs: ${folder}`, () => {
      expect(found(programsOf(folder), lines, negatesNoun)).toEqual([])
    })

    it(`have no words that only the makers know: ${folder}`, () => {
      expect(found(programsOf(folder), lines, makersWords)).toEqual([])
    })
  }

  it('are found in all their forms', () => {
    const text = ['/** One. */', '/**', ' * Two,', ' * goes on.', ' */', '  // Three', '  // goes on', 'f() // four', "'/* no */'"].join(
      '\n',
    )
    expect(comments(text).map(({ words }) => words)).toEqual(['One. */', 'Two,', 'Three'])
  })
})

describe('the documents', () => {
  it('say "is not a …"', () => {
    expect(found(documents(), lines, negatesNoun)).toEqual([])
  })

  it('have no words that only the makers know', () => {
    expect(found(documents(), lines, makersWords)).toEqual([])
  })
})

describe('the rules of sentences', () => {
  it.each(['Of each kind.', 'Who asks.', 'What came.', 'The same for texts.', 'Where it lies.', 'How many.'])(
    'refuse the beginning: %s',
    words => {
      expect(words).toMatch(beginsWrongly)
    },
  )

  it.each(['What is a frame?', 'Whether it is open.', 'Whole messages.', 'Offers one.', 'However the octets are cut.'])(
    'allow: %s',
    words => {
      expect(words).not.toMatch(beginsWrongly)
    },
  )

  it.each(['"a b" is no token', 'values that are no numbers'])('refuse: %s', words => {
    expect(words).toMatch(negatesNoun)
  })

  it.each(['there is no token', 'it is no longer open', 'it is no more than 5', 'is not a token'])('allow: %s', words => {
    expect(words).not.toMatch(negatesNoun)
  })
})

/** A piece of a file, with its line for the message of a failure. */
interface Piece {
  readonly line: number
  readonly words: string
}

function found(files: readonly string[], pieces: (text: string) => Piece[], wrong: RegExp): string[] {
  return files.flatMap(file =>
    pieces(readFileSync(join(root, file), 'utf8'))
      .filter(({ words }) => wrong.test(words))
      .map(({ line, words }) => `${file}:${line} ${words.trim()}`),
  )
}

/** The first line of each comment that stands on lines of its own. */
function comments(text: string): Piece[] {
  const all = text.split('\n')
  return all.flatMap((line, at) => {
    const [, mark, words = ''] = /^\s*(\/\*\*?|\/\/)\s*(.*)$/.exec(line) ?? []
    if (mark === undefined || (mark === '//' && /^\s*\/\//.test(all[at - 1] ?? ''))) return []
    return [{ line: at + 1, words: words === '' ? (all[at + 1] ?? '').replace(/^\s*\*\s?/, '') : words }]
  })
}

function lines(text: string): Piece[] {
  return text.split('\n').map((words, at) => ({ line: at + 1, words }))
}

function programsOf(folder: string): string[] {
  return filesBelow(folder).filter(file => /\.(ts|mjs|js)$/.test(file) && file !== 'test/sentences.test.ts')
}

/** The documents for users and contributors. What a command has written, and the changelog, quote texts of their date. */
function documents(): string[] {
  const written = ['docs/conformance.md', 'docs/benchmarks/latest.md']
  const top = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md']
  return [...top, ...['docs', ...folders].flatMap(filesBelow)].filter(file => file.endsWith('.md') && !written.includes(file))
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length).split(sep).join('/'))
    .filter(file => !/(^|\/)(node_modules|dist|coverage|\.venv|record)\//.test(file))
}

const beginsWrongly = /^(Of|Who|Whoever|What|Whatever|Where|How|The same)\b(?!.*\?)/
const negatesNoun = /(?<!\b[Tt]here )(?<!")\b(is|are|was|were) no (?!longer\b|more\b|less\b|fewer\b|greater\b)[a-z]/
const makersWords =
  /\b(the|The) (seed|design)\b(?!ed)|\b(old|field's|field’s) catalogue\b|\bof the field(?= (has|have|that|know|is|are)\b|[.,;:]| *$)|\b[Tt]he field(['’]s)? (has|counts|shares|uses|quotes)\b/
