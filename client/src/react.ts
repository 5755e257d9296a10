/// <reference types="react" preserve="true" />
// For React: a hook, and the types of the elements in JSX. React is the product's own.
'use client'

import { useEffect, useMemo, useRef, useState } from 'react'
import type { Connection } from './api.ts'
import type { FunnelConnect } from './client.ts'
import type { ClickFunnelsConnections, ClickFunnelsConnectionsEventMap } from './connections.ts'
import type { ConnectClickFunnels, ConnectClickFunnelsEventMap } from './element.ts'
import type { ClickFunnelsReconnectBanner } from './reconnect-banner.ts'
import type { ConnectOptions, ConnectOutcome } from './sessions.ts'
import { announceChange, watch } from './watch.ts'

export type UseClickFunnelsOptions = Pick<ConnectOptions, 'popup' | 'return_url' | 'app_id'>

export interface ClickFunnels {
  /** Newest first, at most 100. Empty while it is loading. */
  readonly connections: readonly Connection[]
  /** True until the service first answered or failed. */
  readonly loading: boolean
  /** True while the user is at ClickFunnels. */
  readonly connecting: boolean
  /** How the latest attempt to connect ended: `denied`, for example. */
  readonly outcome: ConnectOutcome | undefined
  /** Why the latest action failed, a `Problem` as a rule. The next action removes it. */
  readonly error: unknown
  /** Connects one more workspace. Call it directly in the click, because browsers open a pop-up only then. */
  connect(): Promise<void>
  /** Connects the same workspace again; the connection keeps its id. Call it directly in the click, too. */
  reconnect(id: string): Promise<void>
  disconnect(id: string): Promise<void>
  /** Looks now. It also looks when the page comes to the front, and every minute while it is there. */
  refresh(): Promise<void>
}

type State = Pick<ClickFunnels, 'connections' | 'loading' | 'connecting' | 'outcome' | 'error'>

const LOADING: State = {
  connections: [],
  loading: true,
  connecting: false,
  outcome: undefined,
  error: undefined,
}

/**
 * The ClickFunnels connections of the user who is logged in. It also completes a connection when the browser comes back. Its functions
 * never reject: `error` has what failed. Unmounting cancels what is under way.
 *
 * @param client create it outside of components, so that there is one
 */
export function useClickFunnels(client: FunnelConnect, options: UseClickFunnelsOptions = {}): ClickFunnels {
  const [state, setState] = useState(LOADING)
  const mounted = useRef<AbortSignal>(undefined)
  const { popup, return_url, app_id } = options
  const wanted = useRef(options)
  useEffect(() => {
    wanted.current = { ...(popup && { popup }), ...(return_url && { return_url }), ...(app_id && { app_id }) }
  }, [popup, return_url, app_id])

  const actions = useMemo(() => {
    let attempt: AbortController | undefined
    let looks = 0
    let answered = 0

    const setWhile = (signal: AbortSignal) => (change: Partial<State>) => {
      if (!signal.aborted) setState((before) => ({ ...before, ...change }))
    }

    /** Runs an action of the component as it is mounted now. What it says after an unmount counts no more. */
    async function run(action: (signal: AbortSignal) => Promise<Partial<State> | undefined>): Promise<void> {
      const signal = mounted.current
      if (signal === undefined || signal.aborted) return
      const set = setWhile(signal)
      set({ error: undefined })
      try {
        set((await action(signal)) ?? {})
      } catch (error) {
        set({ error, loading: false })
      }
    }

    async function look(signal: AbortSignal): Promise<Partial<State> | undefined> {
      signal.throwIfAborted()
      const number = ++looks
      const { items } = await client.connections.list({ limit: 100 }, { signal }).page()
      // An older answer than the one that is shown says nothing new.
      if (number < answered) return undefined
      // Once it knows what is connected, it no longer says that it could not load that.
      const change = { connections: items, loading: false, ...(answered === 0 && { error: undefined }) }
      answered = number
      return change
    }

    function start(target: { readonly connection_id?: string }): Promise<void> {
      return run(async (signal) => {
        attempt?.abort()
        const begun = new AbortController()
        attempt = begun
        signal.addEventListener('abort', () => begun.abort())
        const set = setWhile(signal)
        set({ connecting: true, outcome: undefined })
        try {
          const { app_id, ...rest } = wanted.current
          const through = app_id !== undefined && target.connection_id === undefined ? { app_id } : {}
          const outcome = await client.connect({ ...rest, ...through, ...target, signal: begun.signal })
          if (outcome.status === 'connected') announceChange()
          const leaving = outcome.status === 'redirecting'
          // Back in the browser may show this page again as it was.
          if (leaving) addEventListener('pageshow', () => set({ connecting: false }), { once: true, signal })
          return { outcome, connecting: leaving }
        } catch (error) {
          if (begun.signal.aborted) return undefined
          set({ connecting: false })
          throw error
        }
      })
    }

    return {
      begin: () =>
        run(async (signal) => {
          setWhile(signal)(LOADING)
          const [outcome, error] = await client.complete({ signal }).then(
            (ended) => [ended, undefined] as const,
            (problem: unknown) => [undefined, problem] as const,
          )
          // What is connected already is shown, whatever became of this attempt.
          return { ...(await look(signal)), outcome, error }
        }),
      connect: () => start({}),
      reconnect: (connection_id: string) => start({ connection_id }),
      disconnect: (id: string) =>
        run(async (signal) => {
          // An unmount does not take it back.
          await client.connections.delete(id)
          announceChange()
          return signal.aborted ? undefined : look(signal)
        }),
      refresh: () => run(look),
      /** What it showed stays when this fails. Without an answer it knows nothing better. */
      lookAgain: (signal: AbortSignal) =>
        look(signal).then(
          (change) => setWhile(signal)(change ?? {}),
          () => {},
        ),
    }
  }, [client])

  useEffect(() => {
    const controller = new AbortController()
    mounted.current = controller.signal
    void actions.begin()
    watch(() => void actions.lookAgain(controller.signal), controller.signal)
    return () => controller.abort()
  }, [actions])

  const { connect, reconnect, disconnect, refresh } = actions
  return { ...state, connect, reconnect, disconnect, refresh }
}

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

export interface ConnectionsAttributes {
  readonly client?: FunnelConnect | undefined
  readonly labels?: ClickFunnelsConnections['labels'] | undefined
  readonly popup?: boolean | undefined
  readonly 'return-url'?: string | undefined
  readonly 'app-id'?: string | undefined
  readonly onstatechange?: ((event: ClickFunnelsConnectionsEventMap['statechange']) => void) | undefined
  readonly ondisconnected?: ((event: ClickFunnelsConnectionsEventMap['disconnected']) => void) | undefined
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
      'clickfunnels-connections': React.DetailedHTMLProps<
        React.HTMLAttributes<ClickFunnelsConnections>,
        ClickFunnelsConnections
      > &
        ConnectionsAttributes
    }
  }
}
