// The manage page in English.
import type { ManageTexts } from './texts-type.ts'

export const ENGLISH: ManageTexts = {
  title: (product) => `ClickFunnels in ${product}`,
  account: (product) => `The connections of this ${product} account`,
  none: 'No ClickFunnels workspace is connected.',
  since: (date) => `since ${date}`,
  workspace: 'ClickFunnels workspace',
  chip: { ok: 'Connected', reconnect: 'Access lost', wait: 'Trying again', ask_operator: 'Stopped' },
  why: {
    suspended: 'This connection was stopped. Ask the support team of the product.',
    revoked_at_provider: 'ClickFunnels no longer gives access to this workspace. Connect it again.',
    disconnected_by_provider: 'The app was disconnected in ClickFunnels. Connect it again.',
    refresh_rejected: 'ClickFunnels ended the access to this workspace. Connect it again.',
    answer_lost: 'The access to this workspace was lost. Connect it again.',
    workspace_gone: 'ClickFunnels no longer has this workspace. Disconnect it, or connect another one.',
    attempts_failing: 'ClickFunnels could not be asked several times in a row. We are trying again.',
    events_refused: 'ClickFunnels does not report its events with this access. Connect again to allow that.',
    refused_once: 'ClickFunnels refused the access. We are trying again within minutes.',
  },
  notes: {
    connected: 'The workspace is connected.',
    denied: 'Nothing was connected: access was not allowed at ClickFunnels.',
    other_workspace:
      'Nothing was changed: you chose another workspace at ClickFunnels. To reconnect, choose the same one. To use another one, connect it as a new one.',
    full: 'Nothing was connected: the product has as many connections as it may have. Ask its support team.',
    expired: 'Nothing was connected: it took too long. Try again.',
    failed: 'That did not work. Try again.',
  },
  reconnect: 'Reconnect',
  disconnect: 'Disconnect',
  connect: 'Connect ClickFunnels',
  another: 'Connect another workspace',
  older: 'Older connections',
  newest: 'Newest connections',
  done: 'Done',
  ask: {
    title: (workspace) => `Disconnect ${workspace}?`,
    says: (product) =>
      `${product} can then no longer work with this workspace. You can connect it again whenever you like.`,
    keep: 'Keep it connected',
  },
  toList: 'Back to the list',
  refusals: {
    unknown: {
      title: 'This page is not open in this browser',
      explanation:
        'Its link is not valid, it was opened in another browser, or this browser keeps no cookies.',
      remedy: 'Go back to the product you came from and open this page from there.',
    },
    used: {
      title: 'This link was already used',
      explanation: 'Each link opens this page once, in one browser. Nothing was changed this time.',
      remedy: 'Go back to the product and open this page from there again.',
    },
    expired: {
      title: 'This page is closed',
      explanation:
        'For your security, it is open for half an hour, or until you press “Done”. What you did before counts.',
      remedy: 'Go back to the product and open this page from there again.',
    },
    suspended: {
      title: 'This page is not available right now',
      explanation:
        'The product you came from can’t manage its ClickFunnels connections at the moment. Nothing was changed.',
      remedy: 'Ask the support team of the product, or try again later.',
    },
    stale: {
      title: 'That page was out of date',
      explanation: 'It was opened before, or for another account. Nothing was changed.',
      remedy: 'Go back to the list and choose again.',
    },
    limit: {
      title: 'Connecting is not possible right now',
      explanation:
        'There were too many attempts within a minute, or the product has as many connections as it may have. Nothing was connected.',
      remedy: 'Wait a minute and try again. If that does not help, ask the support team of the product.',
    },
    fault: {
      title: 'Something went wrong',
      explanation: 'The problem is on our side, not yours.',
      remedy: 'Go back to the list: it shows what was done. If something is missing, try again in a minute.',
    },
  },
}
