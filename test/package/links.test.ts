import { expect, it } from 'vitest'
import { withWorkingLinks } from '../../scripts/package/links.mjs'

const web = 'https://git.some-host.org/owner/name'
const page = {
  from: 'packages/websocket/README.md',
  to: 'README.md',
  published: new Map([
    ['packages/websocket/README.md', 'README.md'],
    ['docs/defaults.md', 'docs/defaults.md'],
  ]),
  web,
  tag: 'v1.2.3',
}

it.each([
  ['[a](src/node/README.md#ports)', `[a](${web}/blob/v1.2.3/packages/websocket/src/node/README.md#ports)`],
  ['[b](../wamp/)', `[b](${web}/tree/v1.2.3/packages/wamp)`],
  ['![c](../../docs/c.svg "C")', `![c](${web}/blob/v1.2.3/docs/c.svg "C")`],
  ['[a]: ../../LICENSE\n', `[a]: ${web}/blob/v1.2.3/LICENSE\n`],
])('makes a link into the repository absolute, at the tag of the release: %s', (link, expected) => {
  expect(withWorkingLinks(link, page)).toBe(expected)
})

it('keeps links to what the package contains, relative to the new place', () => {
  expect(withWorkingLinks('[defaults](../../docs/defaults.md#client)', page)).toBe('[defaults](docs/defaults.md#client)')
  const defaults = { ...page, from: 'docs/defaults.md', to: 'docs/defaults.md' }
  expect(withWorkingLinks('[start](../packages/websocket/README.md)', defaults)).toBe('[start](../README.md)')
})

it.each([
  '[a](https://example.com/x)',
  '[a](#install)',
  '[a](mailto:a@example.com)',
  '[a](../../../outside.md)',
  '```ts\nconst a = b[c](d.md)\n```',
])('leaves %s alone', text => {
  expect(withWorkingLinks(text, page)).toBe(text)
})

it('leaves links alone where the repository is not known', () => {
  expect(withWorkingLinks('[a](src/node/README.md)', { ...page, web: undefined })).toBe('[a](src/node/README.md)')
})
