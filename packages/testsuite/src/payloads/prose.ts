import type { Dice } from './dice.ts'
import {
  adjectives,
  adverbs,
  conjunctions,
  infinitives,
  type Noun,
  names,
  nouns,
  prepositions,
  verbsAlone,
  verbsWithObject,
} from './german-words.ts'

/**
 * Returns at least `length` characters of German that reads like a story but has no plot: sentences of fixed forms, filled with words from
 * lists, in paragraphs and chapters.
 */
export function prose(dice: Dice, length: number): string {
  let text = ''
  for (let chapter = 1; text.length < length; chapter++) {
    text += `${chapter}. Kapitel\n\n`
    for (let n = dice.from(6, 14); n > 0; n--) text += `${folded(paragraph(dice), 72)}\n\n`
  }
  return text
}

/** Returns a paragraph of several sentences, on one line. */
export function paragraph(dice: Dice): string {
  return Array.from({ length: dice.from(3, 9) }, () => sentence(dice)).join(' ')
}

/** Returns a sentence of one clause or two, sometimes in quotation marks. */
export function sentence(dice: Dice): string {
  const second = dice.once(3) ? `${dice.one(conjunctions)} ${clause(dice)}` : ''
  const text = capital(`${clause(dice)}${second}`)
  if (dice.once(7)) return `»${text}«, sagte ${dice.oneOfUsual(names)}.`
  return `${text}${dice.once(11) ? '!' : '.'}`
}

function clause(dice: Dice): string {
  const subject = dice.once(3) ? dice.oneOfUsual(names) : nominative(dice)
  switch (dice.below(6)) {
    case 0:
      return `${subject} ${dice.one(verbsAlone)}`
    case 1:
      return `${subject} ${dice.oneOfUsual(verbsWithObject)} ${accusative(dice)}`
    case 2:
      return `${dice.one(adverbs)} ${dice.oneOfUsual(verbsWithObject)} ${subject} ${accusative(dice)}`
    case 3:
      return `${place(dice)} ${dice.oneOfUsual(verbsWithObject)} ${subject} ${dice.one(adverbs)} ${accusative(dice)}`
    case 4:
      return `${subject} wollte ${dice.one(adverbs)} ${dice.one(infinitives)}`
    default:
      return `${subject} war so ${dice.one(adjectives)} wie ${nominative(dice)} ${place(dice)}`
  }
}

function nominative(dice: Dice): string {
  const { gender, one, many } = noun(dice)
  if (dice.once(4)) return `die ${plural(dice)}${many}`
  return `${{ m: 'der', f: 'die', n: 'das' }[gender]} ${attribute(dice, 'e')}${one}`
}

function accusative(dice: Dice): string {
  const { gender, one, many } = noun(dice)
  if (dice.once(4)) return `${dice.one(['die', 'alle', 'viele', 'zwei', 'sieben'])} ${many}`
  const article = dice.once(2) ? { m: 'den', f: 'die', n: 'das' }[gender] : { m: 'einen', f: 'eine', n: 'ein' }[gender]
  return `${article} ${article === 'ein' ? attribute(dice, 'es') : attribute(dice, gender === 'm' ? 'en' : 'e')}${one}`
}

function place(dice: Dice): string {
  const { gender, one } = noun(dice)
  return `${dice.oneOfUsual(prepositions)} ${{ m: 'dem', f: 'der', n: 'dem' }[gender]} ${attribute(dice, 'en')}${one}`
}

/** Returns a noun of the list, or a compound of two, as German forms them. */
function noun(dice: Dice): Noun {
  const usual = dice.oneOfUsual(nouns)
  if (!dice.once(3)) return usual
  const { one } = dice.one(nouns)
  return { gender: usual.gender, one: `${one}${usual.one.toLowerCase()}`, many: `${one}${usual.many.toLowerCase()}` }
}

function attribute(dice: Dice, ending: string): string {
  return dice.once(2) ? `${inflected(dice.one(adjectives), ending)} ` : ''
}

function plural(dice: Dice): string {
  return dice.once(2) ? `${inflected(dice.one(adjectives), 'en')} ` : ''
}

function inflected(adjective: string, ending: string): string {
  return `${adjective.replace(/e$/, '').replace(/kel$/, 'kl')}${ending}`
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1)
}

/** Breaks text into lines of at most `width` characters. */
function folded(text: string, width: number): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}
