// Our pages in English.
import type { PageTexts } from './texts-type.ts'

export const ENGLISH: PageTexts = {
  language: 'en',
  confirm: {
    title: (product) => `Connect ClickFunnels to ${product}?`,
    access: (product) =>
      `${product} asks for access to one of your ClickFunnels workspaces. You choose which one on the next page.`,
    account: (product) => `The workspace will belong to this ${product} account:`,
    consequence: (product) =>
      `Whoever uses this account can then work with the funnels and contacts of your workspace through ${product}.`,
    go: 'Continue to ClickFunnels',
    notMine: 'This is not my account',
    warning:
      'Did somebody send you this link, or do you not know this account? Then press “This is not my account”: nothing will be connected.',
    cookies: 'Your browser did not keep the cookie of this page. Allow cookies for this site, then continue.',
  },
  refusals: {
    unknown: {
      title: 'This link is not known',
      explanation: 'It is incomplete, was used before, or has been gone for a while. Nothing was connected.',
      remedy: 'Go back to the product you came from and press “Connect” again.',
    },
    used: {
      title: 'This link was used before',
      explanation: 'Each link starts one connection only. Nothing more was connected now.',
      remedy:
        'Go back to the product you came from. If ClickFunnels is not connected there, press “Connect” again.',
    },
    expired: {
      title: 'This took too long',
      explanation: 'For safety, a link works for a short time only. Nothing was connected.',
      remedy: 'Go back to the product you came from and press “Connect” again.',
    },
    suspended: {
      title: 'Connecting is switched off',
      explanation: 'The product you came from cannot connect workspaces at present. Nothing was connected.',
      remedy: 'Ask the support of the product, or try again later.',
    },
    other_browser: {
      title: 'This was started in another browser',
      explanation:
        'ClickFunnels has to send you back to the browser in which you pressed “Connect”, and cookies have to be allowed there. Nothing was connected.',
      remedy:
        'Go back to the product in the browser you want to use and press “Connect” again. If somebody else sent you here, just close this page.',
    },
    other_app: {
      title: 'This answer belongs elsewhere',
      explanation:
        'It was meant for another application than the one it was sent to, so it was not used. Nothing was connected.',
      remedy: 'Go back to the product you came from and press “Connect” again.',
    },
    declined: {
      title: 'Nothing was connected',
      explanation:
        'You said that the account is not yours. The link no longer works, and nobody got access to your ClickFunnels workspace.',
      remedy:
        'If somebody sent you the link, close this page. If you pressed “Connect” yourself, go back, sign in with your own account and connect again.',
    },
    fault: {
      title: 'Something went wrong here',
      explanation: 'This is a fault of ours, not of yours.',
      remedy:
        'Wait a minute and load this page again. If that does not help, go back to the product you came from and press “Connect” again.',
    },
  },
  back: (product) => `Back to ${product}`,
}
