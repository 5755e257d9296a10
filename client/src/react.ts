/// <reference types="react" preserve="true" />
// The types of the elements in React's JSX, for a page that imports "@funnel-connect/client/react". There is no code
// here. It adds to the types of React that the product has, and brings none.
import type { FunnelConnect } from './client.ts'
import type { ConnectClickFunnels, ConnectClickFunnelsEventMap } from './element.ts'
import type { ClickFunnelsReconnectBanner } from './reconnect-banner.ts'

type On<Name extends keyof ConnectClickFunnelsEventMap> = (event: ConnectClickFunnelsEventMap[Name]) => void

/** React 19 sets properties of custom elements, and listens to "connected" for `onconnected`. */
export interface ConnectClickFunnelsAttributes {
  readonly client?: FunnelConnect | undefined
  readonly labels?: ConnectClickFunnels['labels'] | undefined
  readonly popup?: boolean | undefined
  readonly 'return-url'?: string | undefined
  readonly 'app-id'?: string | undefined
  readonly onstatechange?: On<'statechange'> | undefined
  readonly onconnected?: On<'connected'> | undefined
  readonly onproblem?: On<'problem'> | undefined
}

export interface ReconnectBannerAttributes {
  readonly client?: FunnelConnect | undefined
  readonly labels?: ClickFunnelsReconnectBanner['labels'] | undefined
  readonly popup?: boolean | undefined
  readonly 'return-url'?: string | undefined
  readonly onconnected?: On<'connected'> | undefined
  readonly onproblem?: On<'problem'> | undefined
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'connect-clickfunnels': React.DetailedHTMLProps<
        React.HTMLAttributes<ConnectClickFunnels>,
        ConnectClickFunnels
      > &
        ConnectClickFunnelsAttributes
      'clickfunnels-reconnect-banner': React.DetailedHTMLProps<
        React.HTMLAttributes<ClickFunnelsReconnectBanner>,
        ClickFunnelsReconnectBanner
      > &
        ReconnectBannerAttributes
    }
  }
}
