// Images for tests: PNGs of any size, made here, and a JPEG that Chromium drew.
import { crc32, deflateSync } from 'node:zlib'

export interface Drawing {
  readonly width: number
  readonly height: number
  /** Red, green, blue and opacity of a pixel, 0 to 255. */
  readonly at?: (x: number, y: number) => readonly [number, number, number, number]
}

/** A chunk of a PNG: length, type, data, checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, checksum])
}

/** @param more chunks between the header and the pixels */
export function png({ width, height, at = () => [28, 95, 212, 255] }: Drawing, ...more: Buffer[]): Buffer {
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (_, x) => at(x, y)).flat(),
  ])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    header(width, height),
    ...more,
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The header of a PNG with 8 bits each for red, green, blue and opacity. */
export function header(width: number, height: number): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width)
  data.writeUInt32BE(height, 4)
  data.set([8, 6], 8)
  return chunk('IHDR', data)
}

/** 64 by 40 pixels. */
export const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6j' +
    'q62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk' +
    'pKSkpKSkpKT/wAARCAAoAEADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAYE/8QAGhABAAEFAAAAAAAAAAAAAAAAAAIE' +
    'FVOi0f/EABcBAQEBAQAAAAAAAAAAAAAAAAACAQT/xAAaEQEAAgMBAAAAAAAAAAAAAAAAAQIREzFR/9oADAMBAAIRAxEAPwDACnu9' +
    'Dn0lxTkrWJ7KYFPd6HPpLhd6HPpLjMr119TAp7vQ59JcLvQ59JcMmuvqYFPd6HPpLiYai1YjkgAkAAAAAAAAAAAAAB//2Q==',
  'base64',
)
