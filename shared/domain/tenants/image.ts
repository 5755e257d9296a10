// Reads what kind of image some bytes are, and how large it is. It walks through the whole file, so it also finds what is cut
// off, animated, or followed by something else, such as a page or an archive. Only PNG and JPEG: an SVG can hold scripts.

export interface ImageFacts {
  readonly mediaType: 'image/png' | 'image/jpeg'
  /** In pixels, as the file claims. */
  readonly width: number
  readonly height: number
}

/** What is wrong, to be read after "is". */
interface Fault {
  readonly fault: string
}

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n'
const JPEG_SIGNATURE = '\xff\xd8\xff'
const END_OF_IMAGE = 0xd9
const START_OF_SCAN = 0xda
/** Markers from SOF0 to SOF15 that are none: DHT, JPG and DAC. */
const NO_FRAMES = [0xc4, 0xc8, 0xcc]

/** Reads an image. It never throws, and ends after at most one step for each byte. */
export function readImage(bytes: Uint8Array): ImageFacts | Fault {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = data.toString('latin1', 0, 16)
  if (start.startsWith(PNG_SIGNATURE)) return readPng(data)
  if (start.startsWith(JPEG_SIGNATURE)) return readJpeg(data)
  return { fault: otherKind(start) }
}

function otherKind(start: string): string {
  if (/^(\xef\xbb\xbf)?\s*</.test(start)) return 'text that begins with "<", such as SVG or HTML'
  if (start.startsWith('GIF8')) return 'a GIF'
  if (/^RIFF.{4}WEBP/s.test(start)) return 'a WebP image'
  return 'no image of a known kind'
}

/** A PNG is a row of chunks: length, type, data, checksum. The first is IHDR and the last IEND (W3C PNG section 5). */
function readPng(data: Buffer): ImageFacts | Fault {
  const start = PNG_SIGNATURE.length
  let hasPixels = false
  for (let at = start; at + 12 <= data.length; ) {
    const length = data.readUInt32BE(at)
    const type = data.toString('latin1', at + 4, at + 8)
    const next = at + 12 + length
    const isInPlace = (at === start) === (type === 'IHDR') && (type !== 'IHDR' || length === 13)
    if (!isInPlace || next > data.length) break
    if (type === 'acTL') return { fault: 'an animated PNG' }
    if (type === 'IEND' && next < data.length) return { fault: 'a PNG with more data after its end' }
    hasPixels ||= type === 'IDAT' && length > 0
    if (type === 'IEND' && !hasPixels) break
    if (type === 'IEND') {
      const [width, height] = [data.readUInt32BE(start + 8), data.readUInt32BE(start + 12)]
      return { mediaType: 'image/png', width, height }
    }
    at = next
  }
  return { fault: 'a PNG that is damaged or cut off' }
}

/** A JPEG is a row of segments. A frame says the size; compressed data follows each scan (ITU-T T.81 annex B). */
function readJpeg(data: Buffer): ImageFacts | Fault {
  let size: { readonly width: number; readonly height: number } | undefined
  for (let at = 2; at + 4 <= data.length && data[at] === 0xff; ) {
    const marker = data[at + 1] ?? 0
    const length = data.readUInt16BE(at + 2)
    // A marker may be preceded by any number of fill bytes.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (length < 2) break
    const isFrame = marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker)
    // A second frame could claim another size.
    if (isFrame && size !== undefined) break
    if (isFrame && at + 9 <= data.length)
      size = { width: data.readUInt16BE(at + 7), height: data.readUInt16BE(at + 5) }
    at += 2 + length
    if (marker !== START_OF_SCAN) continue
    at = endOfScan(data, at)
    if (data[at + 1] !== END_OF_IMAGE || size === undefined) continue
    return at + 2 === data.length
      ? { mediaType: 'image/jpeg', ...size }
      : { fault: 'a JPEG with more data after its end' }
  }
  return { fault: 'a JPEG that is damaged or cut off' }
}

/** Where the next marker is that belongs to no compressed data: neither a stuffed zero nor a restart. */
function endOfScan(data: Buffer, from: number): number {
  let at = from
  const goesOn = (marker = 0) => marker === 0 || (marker >= 0xd0 && marker <= 0xd7)
  while (at < data.length && (data[at] !== 0xff || goesOn(data[at + 1]))) at += 1
  return at
}
