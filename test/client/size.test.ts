// How many bytes the library adds to a page.
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'
import { expect, test } from 'vitest'

/** Minified and gzipped. */
function bytesOf(...names: readonly string[]): number {
  const imports = names.map((name) => `export * from './client/src/${name}.ts'`)
  const { outputFiles } = buildSync({
    stdin: { contents: imports.join('\n'), resolveDir: '.' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength
}

test('the whole library has less than 4 KB, minified and gzipped', () => {
  const bytes = bytesOf('index')
  // Far below that, the measurement itself would be broken.
  expect(bytes).toBeGreaterThan(2000)
  expect(bytes).toBeLessThan(4096)
})

test('with both elements it has less than 6 KB', () => {
  expect(bytesOf('index', 'element', 'reconnect-banner')).toBeLessThan(6144)
})
