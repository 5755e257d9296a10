// Random numbers that are the same in every run (mulberry32).

export function seededRandom(seed: number): { bytes: (size: number) => Uint8Array; chance: () => number } {
  let state = seed
  const chance = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { chance, bytes: (size) => Uint8Array.from({ length: size }, () => Math.floor(chance() * 256)) }
}
