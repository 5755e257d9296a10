// The types of <connect-clickfunnels> in React's JSX. It holds no code: `import type {} from '@funnel-connect/client/react'`.
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { FunnelConnect } from './client.ts'
import type { ConnectClickFunnels, ConnectClickFunnelsEventMap } from './element.ts'

type On<Name extends keyof ConnectClickFunnelsEventMap> = (event: ConnectClickFunnelsEventMap[Name]) => void

/** React 19 sets properties of custom elements, and listens to "connected" for `onconnected`. */
export interface ConnectClickFunnelsAttributes extends HTMLAttributes<ConnectClickFunnels> {
  readonly client?: FunnelConnect | undefined
  readonly labels?: ConnectClickFunnels['labels'] | undefined
  readonly popup?: boolean | undefined
  readonly 'return-url'?: string | undefined
  readonly 'app-id'?: string | undefined
  readonly onstatechange?: On<'statechange'> | undefined
  readonly onconnected?: On<'connected'> | undefined
  readonly onproblem?: On<'problem'> | undefined
}

export type ConnectClickFunnelsProps = DetailedHTMLProps<ConnectClickFunnelsAttributes, ConnectClickFunnels>

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'connect-clickfunnels': ConnectClickFunnelsProps
    }
  }
}
