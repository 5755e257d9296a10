// How <clickfunnels-connections> looks: its words and its style sheet.
import type { Connection } from './api.ts'

/** What the chip of a connection says: all is well, or what its problem asks for. */
export type Chip = 'ok' | 'reconnect' | 'wait' | 'ask_operator'

export const LABELS = {
  loading: 'Loading…',
  empty: 'No ClickFunnels workspace is connected.',
  connect: 'Connect to ClickFunnels',
  another: 'Connect another workspace',
  reconnect: 'Reconnect',
  disconnect: 'Disconnect',
  keep: 'Keep',
  again: 'Try again',
  waiting: 'Waiting for ClickFunnels…',
  denied: 'Nothing was connected. Connect again whenever you like.',
  failed: 'That did not work. Please try again.',
  workspace: ({ workspace }: Connection) => workspace.name ?? 'ClickFunnels',
  since: ({ created_at }: Connection) => `since ${new Date(created_at).toLocaleDateString()}`,
  chip: { ok: 'Connected', reconnect: 'Access lost', wait: 'Trying again', ask_operator: 'Stopped' },
  /** Why a connection does not work. Not called if all is well. */
  reason: ({ problem }: Connection) => problem?.message ?? '',
  question: (workspace: string) => `Disconnect ${workspace}?`,
}

export const STYLE = `
:host { display: block; font: inherit }
ul { list-style: none; margin: 0 0 1em; padding: 0 }
ul:empty, span:empty { display: none }
li { display: flex; flex-wrap: wrap; gap: .5em; align-items: center; padding: .75em 0; border-bottom: 1px solid #8886 }
li > span { flex: 1 1 15em; display: flex; flex-wrap: wrap; gap: .25em .6em; align-items: center }
button { border-radius: var(--connect-radius, 8px) }
[part~=reconnect], [part~=connect] { border-color: transparent; background: var(--connect-background, #1c5fd4);
  color: var(--connect-color, #fff) }
[part~=message] { display: block; margin: 0 0 .75em }
[part=since], [part=label] { opacity: .8 }
[part~=status] { padding: .1em .6em; border-radius: 1em; font-size: .85em; background: #fdeee3; color: #4a1c08 }
[part~=ok] { background: #dff3ea; color: #0b4034 }
[part=reason] { flex-basis: 100% }`
