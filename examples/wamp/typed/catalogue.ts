// The names that the programs of an application use, with their types. Both sides import it, as a type alone: nothing of it runs.
export interface Catalogue {
  procedures: {
    'com.example.stock.count': (sku: string) => number
    'com.example.stock.take': (sku: string, amount: number) => number
    /** Positional arguments and keywords; progressive results of one type, and a result of another. */
    'com.example.stock.search': { args: [text: string]; kwargs: { limit?: number }; progress: string; result: { found: number } }
  }
  topics: {
    /** One topic for each article. */
    [topic: `com.example.stock.changed.${string}`]: [left: number]
  }
  errors: {
    'com.example.error.too_few': { args: [sku: string]; kwargs: { left: number } }
  }
}
