// How many bytes the library adds to a page.
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'
import { expect, test } from 'vitest'

test('the whole library has less than 4 KB, minified and gzipped', () => {
  const { outputFiles } = buildSync({
    entryPoints: ['client/src/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const bytes = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength
  // Far below that, the measurement itself would be broken.
  expect(bytes).toBeGreaterThan(2000)
  expect(bytes).toBeLessThan(4096)
})
