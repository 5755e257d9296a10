// Resolves CloudFormation's intrinsic functions, as far as our templates use them. A value that cannot be resolved is an
// error that names its place: a value that exists only in AWS must not silently become an empty string.

export type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >
}

/** The values of a stack's references. Each method returns `undefined` for an unknown name. */
export interface Scope {
  ref(name: string): unknown
  attribute(logicalId: string, name: string): unknown
  importValue(name: string): unknown
}

/** Resolves one value. @param where the logical id and property, for the error message */
export function resolve(value: unknown, scope: Scope, where: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => resolve(item, scope, `${where}[${index}]`))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value)
  const [name, argument] = members[0] ?? []
  if (members.length === 1 && (name === 'Ref' || name?.startsWith('Fn::'))) {
    const resolved = callIntrinsic(name, argument, scope, where)
    if (resolved === undefined) throw unresolvable(value, where)
    return resolved
  }
  const resolved = members.map(([key, member]) => [key, resolve(member, scope, `${where}.${key}`)])
  return Object.fromEntries(resolved)
}

/** Resolves a value that must be a string. */
export function resolveText(value: unknown, scope: Scope, where: string): string {
  const resolved = resolve(value, scope, where)
  if (typeof resolved === 'string') return resolved
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved)
  throw unresolvable(value, where)
}

function callIntrinsic(name: string, argument: unknown, scope: Scope, where: string): unknown {
  switch (name) {
    case 'Ref':
      return scope.ref(String(argument))
    case 'Fn::GetAtt': {
      const [logicalId, attribute] =
        typeof argument === 'string' ? argument.split(/\.(.*)/s) : (argument as string[])
      return scope.attribute(String(logicalId), String(attribute))
    }
    case 'Fn::ImportValue':
      return scope.importValue(resolveText(argument, scope, where))
    case 'Fn::Join': {
      const [separator, list] = argument as [string, unknown]
      return texts(resolve(list, scope, where), where).join(separator)
    }
    case 'Fn::Split': {
      const [separator, text] = argument as [string, unknown]
      return resolveText(text, scope, where).split(separator)
    }
    case 'Fn::Select': {
      const [index, list] = argument as [number | string, unknown]
      return texts(resolve(list, scope, where), where)[Number(index)]
    }
    case 'Fn::Sub':
      return substitute(argument, scope, where)
    default:
      return undefined
  }
}

function substitute(argument: unknown, scope: Scope, where: string): string {
  const [text, given] = (Array.isArray(argument) ? argument : [argument, {}]) as [
    string,
    Record<string, unknown>,
  ]
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (all, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    if (Object.hasOwn(given, name)) return resolveText(given[name], scope, where)
    const [logicalId = '', attribute] = name.split(/\.(.*)/s)
    const value = attribute === undefined ? scope.ref(logicalId) : scope.attribute(logicalId, attribute)
    if (value === undefined) throw unresolvable(all, where)
    return String(value)
  })
}

function texts(list: unknown, where: string): string[] {
  if (Array.isArray(list)) return list.map(String)
  throw unresolvable(list, where)
}

function unresolvable(value: unknown, where: string): Error {
  return new Error(`The local stack cannot resolve ${JSON.stringify(value)} at ${where}`)
}
