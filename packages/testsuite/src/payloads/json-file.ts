import type { Dice } from './dice.ts'
import { adjectives, names, nouns } from './german-words.ts'
import { sentence } from './prose.ts'

/**
 * Returns a JSON document of at least `length` characters: a list of orders as in a web shop, with numbers, texts, flags and nested
 * objects.
 */
export function jsonFile(dice: Dice, length: number): string {
  const orders: string[] = []
  for (let size = 0, number = 100_000; size < length; number += dice.from(1, 9)) {
    const text = JSON.stringify(order(dice, number), undefined, 2)
    orders.push(text)
    size += text.length
  }
  return `[${orders.join(',\n')}]\n`
}

function order(dice: Dice, number: number): object {
  const name = dice.one(names)
  return {
    id: number,
    token: digits(dice, 16),
    createdAt: `2026-${two(dice.from(1, 12))}-${two(dice.from(1, 28))}T${two(dice.below(24))}:${two(dice.below(60))}:${two(dice.below(60))}Z`,
    status: dice.one(['open', 'paid', 'shipped', 'returned']),
    customer: {
      name: `${name} ${dice.one(nouns).one}`,
      email: `${name
        .toLowerCase()
        .normalize('NFD')
        .replaceAll(/[^a-z]/g, '')}${dice.below(1000)}@example.com`,
      isRegistered: !dice.once(4),
      location: { latitude: 47 + dice.below(8_000) / 1000, longitude: 6 + dice.below(9_000) / 1000 },
    },
    items: Array.from({ length: dice.from(1, 4) }, () => item(dice)),
    comment: dice.once(3) ? sentence(dice) : null,
  }
}

function item(dice: Dice): object {
  const price = dice.from(99, 29_999)
  return {
    sku: `${digits(dice, 4).toUpperCase()}-${dice.from(10_000, 65_000)}`,
    title: `${dice.one(nouns).one}, ${dice.one(adjectives)}`,
    quantity: dice.from(1, 5),
    price: price / 100,
    tags: Array.from({ length: dice.below(4) }, () => dice.one(adjectives)),
  }
}

function digits(dice: Dice, count: number): string {
  return Array.from({ length: count }, () => dice.below(16).toString(16)).join('')
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
