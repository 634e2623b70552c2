import type { Dice } from './dice.ts'
import { adjectives, names, nouns } from './german-words.ts'
import { paragraph, sentence } from './prose.ts'

/** Returns an HTML page of at least `length` characters with what pages usually have: a head, navigation, articles, lists, tables. */
export function htmlFile(dice: Dice, length: number): string {
  let body = ''
  for (let number = 1; body.length < length; number++) body += article(dice, number)
  return `<!DOCTYPE html>
<html lang="de">
  <head>
    <meta charset="utf-8">
    <title>${title(dice)}</title>
    <link rel="stylesheet" href="/style/main.css">
  </head>
  <body class="page">
    <nav class="menu">
      <ul>
${Array.from({ length: 12 }, () => `        <li class="menu-item"><a href="/thema/${dice.below(10_000)}">${title(dice)}</a></li>`).join('\n')}
      </ul>
    </nav>
    <main>
${body}    </main>
  </body>
</html>
`
}

function article(dice: Dice, number: number): string {
  return `      <article id="beitrag-${number}" class="article ${dice.one(['wide', 'narrow', 'featured'])}">
        <h2 class="article-title">${title(dice)}</h2>
        <p class="byline">Von <a href="/autor/${dice.below(100)}" rel="author">${dice.one(names)}</a>, <time>${dice.from(1, 28)}. ${dice.from(1, 12)}. 2026</time></p>
${Array.from({ length: dice.from(1, 4) }, () => `        <p>${withLinks(dice, paragraph(dice))}</p>`).join('\n')}
        <img src="/bilder/${dice.from(1000, 65_000)}.jpg" alt="${title(dice)}" width="640" height="480" loading="lazy">
${dice.once(2) ? list(dice) : table(dice)}
      </article>
`
}

function list(dice: Dice): string {
  const items = Array.from({ length: dice.from(3, 7) }, () => `          <li class="list-item">${sentence(dice)}</li>`)
  return ['        <ul class="list">', ...items, '        </ul>'].join('\n')
}

function table(dice: Dice): string {
  const rows = Array.from(
    { length: dice.from(3, 9) },
    () =>
      `          <tr><td class="name">${dice.one(nouns).one}</td><td class="kind">${dice.one(adjectives)}</td><td class="number">${dice.below(5000)}</td></tr>`,
  )
  return ['        <table class="data">', ...rows, '        </table>'].join('\n')
}

function withLinks(dice: Dice, text: string): string {
  const words = text.split(' ')
  const at = dice.below(words.length)
  words[at] = `<a href="/suche?q=${dice.below(60_000)}" class="link">${words[at]}</a>`
  return words.join(' ')
}

function title(dice: Dice): string {
  return `${dice.one(nouns).many} und ${dice.one(nouns).many}`
}
