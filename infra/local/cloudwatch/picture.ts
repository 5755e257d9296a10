// Draws a dashboard of the template as SVG: the widgets in their places, with what they show of a day.
import { type Dashboard, type Line, linesOf, type Widget } from './dashboards.ts'
import { queryTable } from './insights.ts'
import type { Metrics } from './metrics.ts'

export interface Day {
  /** Equal parts of the 24 hours. */
  readonly periods: readonly Metrics[]
  /** The lines of the proxy's log. */
  readonly proxyLines: readonly Readonly<Record<string, unknown>>[]
}

const COLUMN = 52
const ROW = 36
const CAPTION = 30
const COLORS = ['#1f6fb4', '#d9730d', '#2e8b46', '#c0392b', '#7d5ba6', '#8a6d3b', '#d05a9e', '#5f6b76']
const AXIS = { left: 40, right: 10, top: 44, bottom: 18 }

/** @param caption under the widgets: where the data comes from */
export function drawDashboard({ name, widgets }: Dashboard, day: Day, caption: string): string {
  // Tables of functions are text; the picture is about figures.
  const shown = widgets.filter(({ type, height }) => type !== 'text' || height === 1)
  const height = Math.max(...shown.map((widget) => (widget.y + widget.height) * ROW)) + CAPTION
  const width = 24 * COLUMN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-sans-serif, -apple-system, 'Segoe UI', Inter, Roboto, sans-serif" font-size="11" fill="#38434f">`,
    `<title>The ${name} dashboard on a recorded day</title>`,
    `<rect width="${width}" height="${height}" fill="#f4f6f8"/>`,
    ...shown.flatMap((widget) => drawWidget(widget, day)),
    text(8, height - 10, caption, 'font-size="12" fill="#5f6b76"'),
    '</svg>',
    '',
  ].join('\n')
}

function drawWidget(widget: Widget, day: Day): string[] {
  const { x, y, width, height, properties } = widget
  if (widget.type === 'text') {
    const title = /### (?:SQS )?(.*)/.exec(properties.markdown)?.[1] ?? ''
    const plain = title.replaceAll(/\*\*|\]\(.*?\)|\[/g, '')
    return [text(x * COLUMN + 8, y * ROW + 25, plain, 'font-size="15" font-weight="600" fill="#1c2530"')]
  }
  const [wide, high] = [width * COLUMN - 8, height * ROW - 8]
  return [
    `<g transform="translate(${x * COLUMN + 4} ${y * ROW + 4})">`,
    `<rect width="${wide}" height="${high}" rx="4" fill="#fff" stroke="#d8dee4"/>`,
    text(10, 18, properties.title, 'font-size="12.5" font-weight="600" fill="#1c2530"'),
    ...(widget.type === 'log'
      ? drawTable(properties.query, day, wide)
      : drawGraph(linesOf(widget, day.periods), wide, high)),
    '</g>',
  ]
}

function drawGraph(lines: readonly Line[], wide: number, high: number): string[] {
  if (lines.length === 0)
    return [text(10, 40, 'no data in this day, or measured by AWS alone', 'fill="#8b96a1"')]
  const highest = Math.max(...lines.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const top = niceAbove(highest)
  const count = lines[0]?.values.length ?? 1
  const [across, down] = [wide - AXIS.left - AXIS.right, high - AXIS.top - AXIS.bottom]
  const atX = (index: number) => Math.round(AXIS.left + ((index + 0.5) / count) * across)
  const atY = (value: number) => Math.round(AXIS.top + down - (value / top) * down)
  const drawn: string[] = []
  for (const part of [0, 0.5, 1]) {
    const y = atY(top * part)
    drawn.push(`<path d="M${AXIS.left} ${y}H${wide - AXIS.right}" stroke="#e6eaee"/>`)
    drawn.push(text(AXIS.left - 5, y + 4, label(top * part), 'text-anchor="end" fill="#6b7783"'))
  }
  for (const hour of [0, 6, 12, 18, 24]) {
    const x = Math.round(AXIS.left + (hour / 24) * across)
    const anchor = hour === 24 ? 'end' : 'middle'
    const at = hour === 24 ? x + AXIS.right : x
    drawn.push(
      text(at, high - 5, `${String(hour).padStart(2, '0')}:00`, `text-anchor="${anchor}" fill="#6b7783"`),
    )
  }
  let x = 10
  lines.forEach(({ label: name, values }, number) => {
    const color = COLORS[number % COLORS.length] ?? ''
    drawn.push(
      `<path d="${pathOf(values, atX, atY)}" fill="none" stroke="${color}" stroke-width="1.5" stroke-linecap="round"/>`,
    )
    const shown = name.length > 44 ? `${name.slice(0, 42)}…` : name
    drawn.push(
      `<rect x="${x}" y="27" width="9" height="3" fill="${color}"/>`,
      text(x + 12, 33, shown, 'font-size="10.5"'),
    )
    x += 22 + shown.length * 5.9
  })
  return drawn
}

/** Breaks where there is no data. A value between two gaps is a point. */
function pathOf(
  values: Line['values'],
  atX: (index: number) => number,
  atY: (value: number) => number,
): string {
  let path = ''
  values.forEach((value, index) => {
    if (value === undefined) return
    const begins = values[index - 1] === undefined
    path += `${begins ? 'M' : 'L'}${atX(index)} ${atY(value)}`
    if (begins && values[index + 1] === undefined) path += 'h1'
  })
  return path
}

function drawTable(query: string, { proxyLines }: Day, wide: number): string[] {
  const { columns, rows } = queryTable(query, proxyLines)
  const atX = (column: number) =>
    column === 0 ? 10 : Math.round(wide - 14 - (columns.length - 1 - column) * 120)
  const anchor = (column: number) => (column === 0 ? '' : 'text-anchor="end"')
  const cells = (values: readonly (string | number)[], y: number, style: string) =>
    values.map((value, column) =>
      text(atX(column), y, typeof value === 'number' ? label(value) : value, `${anchor(column)} ${style}`),
    )
  return [
    ...cells(columns, 42, 'fill="#6b7783"'),
    `<path d="M10 49H${wide - 10}" stroke="#e6eaee"/>`,
    ...rows.flatMap((row, index) =>
      cells(
        columns.map((name) => row[name] ?? ''),
        66 + index * 19,
        '',
      ),
    ),
    ...(rows.length === 0 ? [text(10, 66, 'none', 'fill="#8b96a1"')] : []),
  ]
}

function niceAbove(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 4, 5, 8, 10].map((step) => step * power).find((step) => step >= value) ?? value
}

function label(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 100) / 10}k` : String(Math.round(value * 10) / 10)
}

function text(x: number, y: number, content: string, attributes: string): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<text x="${Math.round(x)}" y="${y}" ${attributes.trim()}>${safe}</text>`
}
