// The fields that several schemas share.
import * as z from 'zod/mini'
import {
  type EndUserId,
  isEndUserId,
  MAX_END_USER_ID_CHARACTERS,
  type MintedIds,
  parseId,
} from '#domain/ids.ts'
import { webUrl } from '#domain/tenants/web-url.ts'
import { type EpochSeconds, epochSeconds, toRfc3339 } from '#domain/time.ts'
import { THING_NAMES } from '../message/thing-names.ts'

const wellFormed = z.refine<string>((text) => text.isWellFormed(), {
  error: 'must be valid Unicode text, and has half a surrogate pair',
  abort: true,
})

/** A text of 1 to `max` characters. A broken rule stops the check, so that one field has one fault. */
export const text = (max: number) =>
  z.string().check(z.minLength(1, { abort: true }), z.maxLength(max, { abort: true }), wellFormed)

/** A time in RFC 3339. */
export const moment = z.pipe(
  z
    .string()
    .check(
      z.regex(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
        'must be a time such as 2030-01-31T12:00:00Z',
      ),
    ),
  z.pipe(
    z.transform((value: string) => Date.parse(value) / 1000),
    z.pipe(z.number('must be a time that exists'), z.transform(epochSeconds)),
  ),
)

/** A time of an answer; one that is absent stays absent. */
export function optionalTime(time: EpochSeconds | undefined): string | undefined {
  return time === undefined ? undefined : toRfc3339(time)
}

/** An id of ours, of the named kind. */
export const id = <K extends keyof MintedIds>(kind: K) =>
  z.pipe(
    z.string(),
    z.transform((value, context): MintedIds[K] => {
      const parsed = parseId(kind, value)
      if (parsed !== undefined) return parsed
      context.issues.push({ code: 'custom', message: `is not a valid ${THING_NAMES[kind]} id`, input: value })
      return z.NEVER
    }),
  )

/** The tenant's id of its user. */
export const endUserId = z.pipe(
  text(MAX_END_USER_ID_CHARACTERS).check(
    z.refine(isEndUserId, 'must have at most 600 characters after percent-encoding'),
  ),
  z.transform((value) => value as EndUserId),
)

export const endUser = z.object({ id: endUserId, display_name: z.optional(text(256)) })

export const browserUrl = text(2048).check(
  z.refine(
    (value) => webUrl(value) !== undefined,
    'must be an https URL without user name, password and fragment, such as "https://app.example.com/connected"; http is for localhost only',
  ),
  // URL.parse takes it in a host name, also as "%2A". It would look like a wildcard and match nothing.
  z.refine(
    (value) => !`${value} ${webUrl(value)?.href}`.includes('*'),
    'must not contain "*": there are no wildcards',
  ),
)
