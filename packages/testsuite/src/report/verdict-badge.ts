import type { Finding } from './finding.ts'
import { html, type Markup } from './markup.ts'

/** Shows a finding as a mark that differs in sign, shape and colour. */
export function badge(finding: Finding): Markup {
  return html`<span class="badge ${finding}" title="${finding}"><span aria-hidden="true">${signs[finding]}</span><span class="spoken">${finding}</span></span>`
}

/** One character for each finding. */
export const signs: Readonly<Record<Finding, string>> = { ok: '✓', 'non-strict': '~', failed: '✕', unimplemented: '–', informational: 'i' }
