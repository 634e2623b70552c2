/** A line chart in an SVG element: the latest value on the right, 0 at the bottom. Values above `most` are cut off at the top. */
export class Sparkline {
  #svg
  #area
  #stroke
  #dot
  #slots
  #values = []
  #most = 1

  constructor({ svg, area, stroke, dot, slots }) {
    this.#svg = svg
    this.#area = area
    this.#stroke = stroke
    this.#dot = dot
    this.#slots = slots
    new ResizeObserver(() => this.#draw()).observe(svg)
  }

  show(values, most) {
    this.#values = values
    this.#most = most
    this.#draw()
  }

  #draw() {
    const { width, height } = this.#svg.getBoundingClientRect()
    this.#dot.style.display = this.#values.length === 0 ? 'none' : ''
    if (this.#values.length === 0 || width === 0) return
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    const points = linePoints(this.#values, { width, height, slots: this.#slots, most: this.#most })
    const line = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')
    const [firstX] = points[0]
    const [lastX, lastY] = points.at(-1)
    this.#stroke.setAttribute('d', `M${line}`)
    this.#area.setAttribute('d', `M${firstX.toFixed(1)} ${height}L${line}L${lastX.toFixed(1)} ${height}Z`)
    this.#dot.setAttribute('cx', lastX.toFixed(1))
    this.#dot.setAttribute('cy', lastY.toFixed(1))
  }
}

/** Computes the points of the line; a margin at the right and at the top leaves room for the dot. */
export function linePoints(values, { width, height, slots, most }) {
  const step = (width - margin) / (slots - 1)
  const top = margin
  return values.map((value, i) => [width - margin - (values.length - 1 - i) * step, height - Math.min(1, value / most) * (height - top)])
}

const margin = 6
