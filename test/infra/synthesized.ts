// The synthesized app for the tests of the stacks. They read the templates that are deployed, not constructs made for a test.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { FunctionName } from '#runtime/env.ts'
import { synthesize } from '../../infra/local/cloudformation/synthesis.ts'

export interface Resource {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: the assertions of the tests say what they expect
  readonly Properties: any
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
  readonly Metadata?: unknown
  readonly DependsOn?: string[]
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Parameters: Readonly<
    Record<
      string,
      { readonly Default: string; readonly AllowedValues?: string[]; readonly AllowedPattern?: string }
    >
  >
  readonly Conditions: Readonly<Record<string, unknown>>
  readonly Rules: Readonly<Record<string, unknown>>
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>
}

export const directory = inject('templates') ?? (await synthesize()).directory

export const readOutput = (file: string): string => readFileSync(join(directory, file), 'utf8')

const templateOf = (stack: string): Template => JSON.parse(readOutput(`${stack}.template.json`))

export const data = templateOf('FunnelConnectData')
export const service = templateOf('FunnelConnectService')

/** All resources of a type, as pairs of logical id and resource. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)
}

/** The logical id and the resource of a function. */
export function functionResource(name: FunctionName): [string, Resource] {
  const description = `Funnel Connect: ${name}`
  const found = resourcesOf(service, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties.Description === description,
  )
  if (found === undefined) throw new Error(`The template has no function "${name}"`)
  return found
}
