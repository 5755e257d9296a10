import { describe, expect, it } from 'vitest'
import type { FunctionName } from '#runtime/env.ts'
import { SCHEDULED } from './scheduled.ts'
import { functionResource, resourcesOf, service } from './synthesized.ts'

const all = resourcesOf(service, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties)
const [functionId] = functionResource('keep-alive')
const arn = { 'Fn::GetAtt': [functionId, 'Arn'] }
const [rotationId, rotation] = functionResource('rotate-keys')
const ofFunction = (id: string) => all.filter(({ Target }) => Target.Arn['Fn::GetAtt'][0] === id)
const schedules = ofFunction(functionId)

describe('keep-alive schedules', () => {
  it('run every shard once a minute, to the minute', () => {
    expect(schedules.map(({ Target }) => JSON.parse(Target.Input))).toEqual(
      Array.from({ length: 4 }, (_, shard) => ({ shard, of: 4 })),
    )
    for (const schedule of schedules) {
      expect(schedule).toMatchObject({
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arn },
      })
      expect(schedule).not.toHaveProperty('State')
    }
  })

  // By default the scheduler retries a failed invocation and Lambda a failed run. The next run finds the same work anyway.
  it('are not retried, neither by the scheduler nor by Lambda', () => {
    for (const { Target } of all) expect(Target.RetryPolicy.MaximumRetryAttempts).toBe(0)
    // Without an age limit, Lambda keeps throttled events for six hours and then starts all of them.
    for (const { ScheduleExpression, Target } of all) {
      const period = ScheduleExpression === 'rate(1 minute)' ? 60 : 3600
      expect(Target.RetryPolicy.MaximumEventAgeInSeconds).toBe(period)
    }
    expect(
      resourcesOf(service, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties),
    ).toEqual(
      Object.keys(SCHEDULED).map((name) => ({
        FunctionName: { Ref: functionResource(name as FunctionName)[0] },
        MaximumEventAgeInSeconds: name === 'rotate-keys' ? 3600 : 60,
        MaximumRetryAttempts: 0,
        Qualifier: '$LATEST',
      })),
    )
  })

  it('may invoke keep-alive and nothing else', () => {
    const roles = new Set(schedules.map(({ Target }) => Target.RoleArn['Fn::GetAtt'][0]))
    expect(roles.size).toBe(1)
    const [role] = roles
    const statements = resourcesOf(service, 'AWS::IAM::Policy')
      .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    expect(statements).toEqual([{ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: arn }])
  })
})

describe('the schedule of the keys', () => {
  it('is hourly, and a run is over before the next begins', () => {
    const [schedule, ...more] = ofFunction(rotationId)
    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
    })
    expect(more).toEqual([])
    expect(rotation.Properties.Timeout).toBeLessThan(3600)
  })
})
