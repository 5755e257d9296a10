// Lists: filters, sort order, and pages of 20 with the headers Pagination-Next and Link.
import { json, type Reply, type SimulatorRequest } from './http.ts'

const PAGE_SIZE = 20
const SORT_PROPERTIES = ['id', 'updated_at']

export interface Listed {
  readonly id: number
  readonly [member: string]: unknown
}

/** Answers a list request with one page, a bare array. It ignores unknown parameters, such as expand[]. */
export function listReply(
  request: SimulatorRequest,
  records: readonly Listed[],
  filterable: readonly string[] = ['id'],
): Reply {
  const query = new URLSearchParams(request.query)
  const descending = query.get('sort_order') === 'desc'
  const property = SORT_PROPERTIES.find((name) => name === query.get('sort_property')) ?? 'id'
  const ordered = filtered(records, query, filterable).sort((one, other) => {
    const order = compare(one[property], other[property]) || one.id - other.id
    return descending ? -order : order
  })
  const rest = afterCursor(ordered, query.get('after'), descending)
  const page = rest.slice(0, PAGE_SIZE)
  const last = page.at(-1)
  if (last === undefined || rest.length === page.length) return json(200, page)
  return json(200, page, {
    'pagination-next': String(last.id),
    link: `<${request.origin}${request.pathname}?${withAfter(request.query, last.id)}>; rel="next"`,
  })
}

function filtered(
  records: readonly Listed[],
  query: URLSearchParams,
  filterable: readonly string[],
): Listed[] {
  const filters = [...query].flatMap(([name, value]) => {
    const member = /^filter\[(\w+)\]$/.exec(name)?.[1]
    return member !== undefined && filterable.includes(member) ? [{ member, values: value.split(',') }] : []
  })
  return records.filter((record) =>
    filters.every(({ member, values }) => values.includes(String(record[member]))),
  )
}

// A cursor whose record was deleted meanwhile still has a place in the order of ids.
function afterCursor(
  ordered: readonly Listed[],
  after: string | null,
  descending: boolean,
): readonly Listed[] {
  if (after === null || after === '') return ordered
  const place = ordered.findIndex((record) => String(record.id) === after)
  if (place !== -1) return ordered.slice(place + 1)
  return ordered.filter((record) => (descending ? record.id < Number(after) : record.id > Number(after)))
}

// The other parameters stay byte for byte the same: decoding and encoding them would change some.
function withAfter(query: string, id: number): string {
  const others = query.split('&').filter((pair) => pair !== '' && pair.split('=')[0] !== 'after')
  return [...others, `after=${id}`].join('&')
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0
}
