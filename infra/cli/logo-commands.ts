// The commands "logo …".
import { readFileSync, statSync } from 'node:fs'
import { MAX_LOGO_BYTES } from '#domain/tenants/logo.ts'
import type { Command } from './command.ts'
import { UsageError } from './faults.ts'
import { pathOf, TENANT_MEMBERS } from './tenant-commands.ts'

export const LOGO_COMMANDS: Readonly<Record<string, Command>> = {
  set: {
    about: 'Sets the logo that the pages for end users show in place of the initials.',
    takes: ['tenant', 'file'],
    more: 'The file is a PNG without animation or a JPEG, with at most 32 KB and 32 to 1,024 pixels for each side.',
    run: async ({ api, out, values }) => {
      const image = imageIn(values.positionals[1] ?? '').toString('base64')
      out.record(await api.call('PUT', `${pathOf(values)}/logo`, { image }), TENANT_MEMBERS)
    },
  },
  remove: {
    about: 'Removes the logo. The pages show the initials again.',
    takes: ['tenant'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', `${pathOf(values)}/logo`)
      out.say('The tenant has no logo. The pages show its initials.')
    },
  },
}

/** @throws UsageError when the file cannot be read or has more bytes than a logo may have */
function imageIn(file: string): Buffer {
  try {
    const { size } = statSync(file)
    if (size <= MAX_LOGO_BYTES) return readFileSync(file)
    throw new Error(`it has ${size} bytes, and a logo has at most ${MAX_LOGO_BYTES}`)
  } catch (error) {
    throw new UsageError(`${file} cannot be used: ${(error as Error).message}`)
  }
}
