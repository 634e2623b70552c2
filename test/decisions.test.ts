import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../docs/decisions/', import.meta.url)
const names = readdirSync(folder)
  .filter(name => name !== 'README.md')
  .sort()
const list = readFileSync(new URL('README.md', folder), 'utf8')

describe('docs/decisions', () => {
  it.each(names)('has a number, a date and a status: %s', name => {
    const { number, date, status } = read(name)
    expect(name).toMatch(new RegExp(`^${String(number).padStart(4, '0')}-[a-z0-9-]+\\.md$`))
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(status).toMatch(/^(accepted\.|accepted, amended by \[\d+|superseded (in part )?by \[\d+)/)
  })

  it.each(names)('links to existing decisions: %s', name => {
    const links = [...readFileSync(new URL(name, folder), 'utf8').matchAll(/\]\((\d{4}-[^)]*)\)/g)].map(([, link = '']) => link)
    expect(links.filter(link => !names.includes(link))).toEqual([])
  })

  it('has no accepted decision that neither the sources nor the documents mention where someone would ask', () => {
    const mentioned = new Set(texts().flatMap(mentionedIn))
    const accepted = names.map(name => listed(name)).filter(({ state }) => state !== 'superseded')
    expect(accepted.filter(({ number }) => !mentioned.has(Number(number))).map(({ name }) => name)).toEqual([])
  })

  it('has a list of all decisions with their titles, dates and states', () => {
    const rows = [...list.matchAll(/^\| (\d+) \| \[(.*)\]\((\d{4}-[^)]*)\) \| (\S+) \| (\w+)/gm)].map(
      ([, number, title, name, date, state]) => ({
        number: Number(number),
        title,
        name,
        date,
        state,
      }),
    )
    expect(rows).toEqual(names.map(name => listed(name)))
  })
})

/** The sources of the packages, and the documents but for the decisions themselves. */
function texts(): string[] {
  const root = new URL('../', import.meta.url)
  const names = ['websocket', 'wamp', 'router', 'nats', 'ws', 'testsuite', 'autobahn-ts']
  const folders = names.map(name => `packages/${name}/src`)
  const sources = folders.flatMap(folder => readdirSync(new URL(folder, root), { recursive: true }).map(file => `${folder}/${file}`))
  const documents = readdirSync(new URL('docs', root)).map(file => `docs/${file}`)
  return [
    ...sources,
    ...documents,
    'README.md',
    'CONTRIBUTING.md',
    'packages/websocket/README.md',
    'packages/wamp/README.md',
    'packages/nats/README.md',
    'packages/router/README.md',
  ]
    .filter(file => /\.(ts|md)$/.test(file))
    .map(file => readFileSync(new URL(file, root), 'utf8'))
}

/** The numbers after the word: `decision 8`, `decisions 69 and 76`; and those of links to the pages. */
function mentionedIn(text: string): number[] {
  const words = [...text.matchAll(/\bdecisions? (\d+(?:(?:, | and )\d+)*)/g)].flatMap(([, list = '']) => list.split(/\D+/))
  const links = [...text.matchAll(/decisions\/(\d{4})-/g)].map(([, number = '']) => number)
  return [...words, ...links].map(Number)
}

function listed(name: string): Readonly<Record<string, unknown>> {
  const { number, title, date, status } = read(name)
  const state = status.startsWith('accepted, amended') ? 'amended' : status.startsWith('accepted') ? 'accepted' : 'superseded'
  return { number, title, name, date, state }
}

function read(name: string): { readonly number: number; readonly title: string; readonly date: string; readonly status: string } {
  const text = readFileSync(new URL(name, folder), 'utf8')
  const [, number, title = '', date = '', status = ''] = /^# (\d+)\. (.*)\n\nDate: (\S+)\. Status: ([\s\S]*?)\n\n/.exec(text) ?? []
  return { number: Number(number), title, date, status }
}
