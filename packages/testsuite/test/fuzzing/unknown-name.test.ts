import { describe, expect, it } from 'vitest'
import { unknownName } from '../../src/fuzzing/unknown-name.ts'

describe('unknownName', () => {
  it('suggests the nearest name, or lists all names', () => {
    expect(unknownName('outDir', ['url', 'outdir'], 'fuzzingServer')).toBe('outDir of fuzzingServer; did you mean outdir?')
    expect(unknownName('exclude-case', ['exclude-cases', 'cases'], 'the file')).toContain('did you mean exclude-cases?')
    expect(unknownName('colour', ['url', 'outdir'], 'fuzzingServer')).toBe('colour of fuzzingServer; known names are url, outdir')
    expect(unknownName('x', ['url'], 'it')).toBe('x of it; known names are url')
  })
})
