// The form of an API key: `fc_live_` or `fc_test_`, 43 random base62 characters (256 bits), 6 of checksum; the first keys
// were issued without a mark. The prefix lets scanners find a leaked key, the mark says whether it opens anything real,
// the checksum lets us refuse a mistyped or invented one without asking the store.
import { crc32 } from 'node:zlib'

/** Where a key belongs: to a deployed service, or to one that runs on its developer's machine. */
export type KeyMark = 'live' | 'test'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 43
const CHECKSUM_CHARACTERS = 6
const HINT_CHARACTERS = 4
const FORM = /^fc_((?:live_|test_)?[0-9A-Za-z]{43})[0-9A-Za-z]{6}$/

/** Makes a new key. */
export function newApiKey(randomBytes: (size: number) => Uint8Array, mark: KeyMark): string {
  let random = ''
  while (random.length < RANDOM_CHARACTERS) {
    for (const byte of randomBytes(RANDOM_CHARACTERS)) {
      // 248 is the largest multiple of 62 in a byte. Bytes above it would make some characters more likely.
      if (byte < 248 && random.length < RANDOM_CHARACTERS) random += ALPHABET.charAt(byte % 62)
    }
  }
  return `fc_${mark}_${random}${checksum(`${mark}_${random}`)}`
}

/** Whether a text has the form of a key, checksum included. Only the store knows whether such a key exists. */
export function isApiKey(text: string): boolean {
  const checked = FORM.exec(text)?.[1]
  return checked !== undefined && text.endsWith(checksum(checked))
}

/** The beginning of a key: enough to recognise a key that was found somewhere, too little to guess it. */
export function hintOf(key: string): string {
  return key.slice(0, key.length - RANDOM_CHARACTERS - CHECKSUM_CHARACTERS + HINT_CHARACTERS)
}

function checksum(checked: string): string {
  let text = ''
  for (let rest = crc32(checked); text.length < CHECKSUM_CHARACTERS; rest = Math.floor(rest / 62)) {
    text = ALPHABET.charAt(rest % 62) + text
  }
  return text
}
