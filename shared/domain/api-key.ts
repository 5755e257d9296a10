// The form of an API key: `fc_`, 43 random base62 characters (256 bits), 6 of checksum. The prefix lets scanners find
// a leaked key; the checksum lets us refuse a mistyped or invented one without asking the store.
import { crc32 } from 'node:zlib'

const PREFIX = 'fc_'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_CHARACTERS = 43
const CHECKSUM_CHARACTERS = 6
const FORM = /^fc_[0-9A-Za-z]{49}$/

/** Makes a new key. */
export function newApiKey(randomBytes: (size: number) => Uint8Array): string {
  let random = ''
  while (random.length < RANDOM_CHARACTERS) {
    for (const byte of randomBytes(RANDOM_CHARACTERS)) {
      // 248 is the largest multiple of 62 in a byte: what lies above would make some characters likelier.
      if (byte < 248 && random.length < RANDOM_CHARACTERS) random += ALPHABET.charAt(byte % 62)
    }
  }
  return PREFIX + random + checksum(random)
}

/** Whether a text has the form of a key, checksum included. Whether it is anybody's is for the store to say. */
export function isApiKey(text: string): boolean {
  if (!FORM.test(text)) return false
  const random = text.slice(PREFIX.length, -CHECKSUM_CHARACTERS)
  return text.endsWith(checksum(random))
}

function checksum(random: string): string {
  let text = ''
  for (let rest = crc32(random); text.length < CHECKSUM_CHARACTERS; rest = Math.floor(rest / 62)) {
    text = ALPHABET.charAt(rest % 62) + text
  }
  return text
}
