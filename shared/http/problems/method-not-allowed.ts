// The answer to a method that a path does not serve, with the methods that it does serve (RFC 9110 section 15.5.6).
import { ServiceError } from '#domain/errors.ts'
import type { Answer } from '../message/answer.ts'
import { problemAnswer } from './problem.ts'

/** @param allowed the methods that the path serves */
export function methodNotAllowed(allowed: readonly string[], publicUrl: string): Answer {
  const allow = allowed.join(', ')
  const problem = problemAnswer(
    new ServiceError('method_not_allowed', `This path supports ${allow}.`),
    publicUrl,
  )
  return { ...problem, headers: { ...problem.headers, allow } }
}
