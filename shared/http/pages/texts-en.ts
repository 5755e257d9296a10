// Our pages in English.
import type { PageTexts } from './texts-type.ts'

export const ENGLISH: PageTexts = {
  language: 'en',
  confirm: {
    title: (product) => `Connect ClickFunnels to ${product}?`,
    access: (product) => `${product} asks for access to one of your ClickFunnels workspaces.`,
    account: (product) => `Connecting to this ${product} account`,
    choice: (product) => `${product} uses a single workspace, which you choose at ClickFunnels.`,
    work: (product) => `${product} works with what is in it, including funnels and contacts.`,
    shared: (product) => `Anyone who can sign in to this account can work with it through ${product}.`,
    go: 'Continue to ClickFunnels',
    notYou: 'Not you? Stop here',
    warning: 'If someone sent you this link, stop here.',
    cookies:
      'Your browser did not send the cookie that this page needs. Allow cookies for this site, then choose again.',
  },
  refusals: {
    unknown: {
      title: 'This link is not valid',
      explanation:
        'It may have expired, been used already or be incomplete. Nothing was connected this time.',
      remedy:
        'Go back to the product you came from. If ClickFunnels is not connected there, press “Connect” again.',
    },
    used: {
      title: 'This link was already used',
      explanation: 'Each link works only once. Nothing was connected this time.',
      remedy:
        'Go back to the product you came from. If ClickFunnels is not connected there, press “Connect” again.',
    },
    expired: {
      title: 'This connection attempt has expired',
      explanation: 'For your security, each attempt is valid only for a short time. Nothing was connected.',
      remedy: 'Go back to the product you came from and press “Connect” again.',
    },
    suspended: {
      title: 'Connecting is not available right now',
      explanation:
        'The product you came from can’t connect ClickFunnels workspaces at the moment. Nothing was connected this time.',
      remedy: 'Ask the support team of the product, or try again later.',
    },
    other_browser: {
      title: 'This browser can’t finish the connection',
      explanation:
        'Either the connection was started in a different browser or in a private window, or this browser did not keep our cookie. Nothing was connected.',
      remedy:
        'Go back to the product in the browser you want to use, allow cookies and press “Connect” again. If someone else sent you here, close this page.',
    },
    other_app: {
      title: 'You were sent to the wrong address',
      explanation:
        'This answer belongs to a different application, so it was not used. Nothing was connected.',
      remedy:
        'Go back to the product you came from and press “Connect” again. If this happens again, tell the support team of the product.',
    },
    declined: {
      title: 'Nothing was connected',
      explanation:
        'You said that this is not your account. The link no longer works, and it gave no one access to your ClickFunnels workspace.',
      remedy:
        'If someone sent you the link, close this page. If you pressed “Connect” yourself, go back, sign in with your own account and connect again.',
    },
    declined_reusable: {
      title: 'Nothing was restored',
      explanation:
        'You said that this is not your account. The link gave no one access to your ClickFunnels workspace.',
      remedy:
        'If someone sent you the link, close this page and delete the message. If the account is yours after all, open the link again.',
    },
    done: {
      title: 'ClickFunnels is connected again',
      explanation: 'This link has done its work. There is nothing left for you to do.',
      remedy: 'You can close this page.',
    },
    gone: {
      title: 'This connection was removed',
      explanation:
        'The connection that this link was to restore has been removed from the product in the meantime. Nothing was connected.',
      remedy: 'To connect ClickFunnels again, go to the product and press “Connect”.',
    },
    under_way: {
      title: 'The connection is being restored',
      explanation: 'This link was opened before, and that attempt is being finished at this moment.',
      remedy: 'Wait a minute and load this page again.',
    },
    return_url_not_registered: {
      title: 'The way back is no longer valid',
      explanation:
        'The address that the product gave for coming back was removed in the meantime. Nothing was connected.',
      remedy:
        'Go back to the product you came from and press “Connect” again. If this happens again, tell the support team of the product.',
    },
    fault: {
      title: 'Something went wrong',
      explanation: 'The problem is on our side, not yours.',
      remedy:
        'Wait a minute and load this page again. If that does not help, go back to the product you came from. If ClickFunnels is not connected there, press “Connect” again.',
    },
  },
  back: (product) => `Back to ${product}`,
  runBy: (product, operator) => `${operator} runs this page for ${product}.`,
  runByAlone: (operator) => `${operator} runs this page.`,
}
