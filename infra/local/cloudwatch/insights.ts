// CloudWatch Logs Insights, as far as the tenants dashboard uses it: one filter, one "stats … by", a sorting and a limit.

type Row = Readonly<Record<string, string | number>>
type Fields = Readonly<Record<string, unknown>>

/** @throws Error for a query that cannot be read */
export function queryTable(query: string, lines: readonly Fields[]): { columns: string[]; rows: Row[] } {
  const commands = query.split('|').map((part) => part.trim())
  const [, filter = ''] = find(commands, /^filter (.*)$/)
  const [, stats = '', by = ''] = find(commands, /^stats (.*) by (\w+)$/)
  const [, sorted = ''] = find(commands, /^sort (\w+) desc$/)
  const [, limit = ''] = find(commands, /^limit (\d+)$/)
  const conditions = filter.split(' and ').map(conditionOf)
  const groups = new Map<string, Fields[]>()
  for (const line of lines) {
    if (!conditions.every((holds) => holds(line))) continue
    const key = String(line[by])
    groups.set(key, [...(groups.get(key) ?? []), line])
  }
  const columns = stats.split(/, (?=\w+\()/).map((column) => /^(.*) as (\w+)$/.exec(column)?.slice(1) ?? [])
  const rows = [...groups].map(([key, members]) => ({
    [by]: key,
    ...Object.fromEntries(columns.map(([what = '', name = '']) => [name, statisticOf(what, members)])),
  }))
  rows.sort((one, other) => Number(other[sorted]) - Number(one[sorted]))
  return { columns: [by, ...columns.map(([, name = '']) => name)], rows: rows.slice(0, Number(limit)) }
}

function find(commands: readonly string[], pattern: RegExp): RegExpExecArray {
  for (const command of commands) {
    const found = pattern.exec(command)
    if (found !== null) return found
  }
  throw new Error(`The query has no ${pattern.source}: ${commands.join(' | ')}`)
}

function conditionOf(condition: string): (line: Fields) => boolean {
  const [, present] = /^ispresent\((\w+)\)$/.exec(condition) ?? []
  if (present !== undefined) return (line) => line[present] !== undefined
  const [, one, values] = /^(\w+) in (\[.*\])$/.exec(condition) ?? []
  if (one !== undefined && values !== undefined) return (line) => JSON.parse(values).includes(line[one])
  const [, name, value] = /^(\w+) = (".*")$/.exec(condition) ?? []
  if (name === undefined || value === undefined) throw new Error(`Cannot read the condition ${condition}`)
  return (line) => line[name] === JSON.parse(value)
}

function statisticOf(what: string, lines: readonly Fields[]): number {
  if (what === 'count(*)') return lines.length
  const [, fn, field = '', share = '0', divisor = '1'] =
    /^(sum|pct)\((\w+)(?:, (\d+))?\)(?: \/ (\d+))?$/.exec(what) ?? []
  const numbers = lines.map((line) => line[field]).filter((value) => typeof value === 'number')
  if (fn === 'sum') return numbers.reduce((sum, number) => sum + number, 0) / Number(divisor)
  if (fn === 'pct') return percentile(numbers, Number(share))
  throw new Error(`Cannot read the statistic ${what}`)
}

/** The nearest-rank percentile; 0 without numbers. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? 0
}
