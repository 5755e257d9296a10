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
    // React is the product's own.
    external: ['react'],
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

test('the three elements add less than 4 KB, the React hook less than 1.25 KB, and all with the library have less than 8 KB', () => {
  expect(bytesOf('element', 'reconnect-banner', 'connections')).toBeLessThan(4096)
  expect(bytesOf('react')).toBeLessThan(1280)
  expect(bytesOf('index', 'element', 'reconnect-banner', 'connections', 'react')).toBeLessThan(8192)
})
