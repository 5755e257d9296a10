// Items in the order of a partition: sorted by their sort key, then by their id.
import { compareNumbers } from './number.ts'
import { compareText, type Item } from './value.ts'

export interface Row {
  readonly item: Item
  readonly bytes: number
}

export interface Place {
  /** The sort key: a text, or a number as text. */
  readonly sort: string
  /** The key in the table. */
  readonly id: string
  readonly row: Row
}

export type SortType = 'S' | 'N'

export function comparePlaces(type: SortType, one: Omit<Place, 'row'>, other: Omit<Place, 'row'>): number {
  const order = type === 'S' ? compareText(one.sort, other.sort) : compareNumbers(one.sort, other.sort)
  return order === 0 ? compareText(one.id, other.id) : order
}

/** The number of places at the start for which the test holds. It holds for no place after one for which it does not. */
export function countWhile(places: readonly Place[], test: (place: Place) => boolean): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (test(places[middle] as Place)) low = middle + 1
    else high = middle
  }
  return low
}

export function putPlace(places: Place[], type: SortType, place: Place): void {
  const at = countWhile(places, (other) => comparePlaces(type, other, place) < 0)
  const there = places[at]
  places.splice(at, there && comparePlaces(type, there, place) === 0 ? 1 : 0, place)
}

export function takePlace(places: Place[], type: SortType, place: Omit<Place, 'row'>): void {
  const at = countWhile(places, (other) => comparePlaces(type, other, place) < 0)
  const there = places[at]
  if (there && comparePlaces(type, there, place) === 0) places.splice(at, 1)
}
