import { describe, expect, test } from 'vitest'
import { poll, untilUnchanged } from '#domain/repeat.ts'

describe('untilUnchanged', () => {
  test('starts over while something changed, and gives the result', async () => {
    const results = [undefined, undefined, false]
    expect(await untilUnchanged('It', async () => results.shift())).toBe(false)
    expect(results).toEqual([])
  })

  test('gives up when it changed in every one of five attempts', async () => {
    let attempts = 0
    const attempt = async () => {
      attempts += 1
      return undefined
    }
    await expect(untilUnchanged('The app "app_1"', attempt)).rejects.toThrow('The app "app_1" kept changing')
    expect(attempts).toBe(5)
  })
})

describe('poll', () => {
  test('looks until there is a result, after pauses that grow to 1.5 s', async () => {
    const pauses: number[] = []
    const sleep = async (milliseconds: number) => void pauses.push(milliseconds)
    let looks = 0
    const look = async () => (++looks === 10 ? { looks } : undefined)
    expect(await poll({ sleep, chance: () => 0.5 }, look)).toEqual({ looks: 10 })
    expect(pauses.slice(0, 3)).toEqual([100, 150, 225])
    expect(pauses.at(-1)).toBe(1500)
    expect(pauses).toHaveLength(9)
  })

  test('spreads the pauses of those who wait together', async () => {
    const pauses: number[] = []
    const sleep = async (milliseconds: number) => void pauses.push(milliseconds)
    for (const share of [0, 0.9]) {
      const results = [undefined, {}]
      await poll({ sleep, chance: () => share }, async () => results.shift())
    }
    expect(pauses).toEqual([50, 140])
  })
})
