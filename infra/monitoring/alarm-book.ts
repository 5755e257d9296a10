// Makes alarms from definitions: the name, what it means for people, how urgent it is, and its section of the runbook.
import { Duration, Stack } from 'aws-cdk-lib'
import {
  ComparisonOperator,
  type CompositeAlarm,
  type IAlarm,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import {
  AlarmFactory,
  type AlarmWithAnnotation,
  CompositeAlarmOperator,
  type MetricWithAlarmSupport,
  noopAction,
  notifySns,
} from 'cdk-monitoring-constructs'
import { Construct } from 'constructs'
import type { Notifications, Severity } from './notifications.ts'

/** What a person reads when the alarm rises. */
export interface Announcement {
  /** The title of its section in docs/runbook.md. */
  readonly name: string
  readonly severity: Severity
  readonly impact: string
}

export interface Measured {
  readonly metric: MetricWithAlarmSupport
  readonly threshold: number
  /** The default is "at least the threshold". */
  readonly comparison?: ComparisonOperator
  /** How many of the last periods have to be beyond the threshold; the default is the last one. */
  readonly datapoints?: { readonly bad: number; readonly of: number }
  readonly missing?: TreatMissingData
}

const AT_LEAST = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
/** How long a follower waits for the alarm that silences it, and how long it stays silent after that alarm. */
const SILENCE = { wait: Duration.minutes(3), after: Duration.minutes(15) }

export class AlarmBook {
  readonly #factory: AlarmFactory
  readonly #stackName: string
  readonly #notifications: Notifications

  constructor(scope: Construct, notifications: Notifications) {
    this.#stackName = Stack.of(scope).stackName
    this.#notifications = notifications
    this.#factory = new AlarmFactory(new Construct(scope, 'Alarms'), {
      globalAlarmDefaults: { actionsEnabled: true, alarmNamePrefix: this.#stackName },
      globalMetricDefaults: {},
      localAlarmNamePrefix: this.#stackName,
    })
  }

  /**
   * An alarm that sends a notification.
   * @param part of what it watches, if several alarms have the same section of the runbook
   */
  add(announcement: Announcement, measured: Measured, part?: string): AlarmWithAnnotation {
    const { name, severity } = announcement
    return this.#factory.addAlarm(measured.metric, {
      ...this.#texts(announcement, part),
      ...rule(measured),
      alarmNameSuffix: anchor(name),
      actionOverride: notifySns(this.#notifications.topics[severity]),
    })
  }

  /** A condition that sends no notification by itself. Composite alarms are made of it. */
  condition(name: string, measured: Measured): AlarmWithAnnotation {
    return this.#factory.addAlarm(measured.metric, {
      ...rule(measured),
      alarmNameOverride: `${this.#stackName}-${anchor(name)}`,
      alarmNameSuffix: anchor(name),
      alarmDescription: `A condition of other alarms: ${name}.`,
      actionOverride: noopAction(),
    })
  }

  /** An alarm that rises with all of some conditions, or with any. */
  composite(
    announcement: Announcement,
    operator: 'all' | 'any',
    conditions: readonly AlarmWithAnnotation[],
    silencedBy?: IAlarm,
  ): CompositeAlarm {
    return this.#factory.addCompositeAlarm([...conditions], {
      ...this.#texts(announcement),
      disambiguator: anchor(announcement.name),
      compositeOperator: operator === 'all' ? CompositeAlarmOperator.AND : CompositeAlarmOperator.OR,
      actionOverride: notifySns(this.#notifications.topics[announcement.severity]),
      ...(silencedBy && {
        actionsSuppressor: silencedBy,
        actionsSuppressorWaitPeriod: SILENCE.wait,
        actionsSuppressorExtensionPeriod: SILENCE.after,
      }),
    })
  }

  #texts({ name, severity, impact }: Announcement, part?: string) {
    const alarmDescription = `[${severity}] ${name}: ${impact}`
    return {
      alarmNameOverride: `${this.#stackName}-${anchor(part === undefined ? name : `${name} ${part}`)}`,
      alarmDescription,
      runbookLink: `${this.#notifications.runbookUrl}#${anchor(name)}`,
    }
  }
}

function rule({ threshold, comparison = AT_LEAST, datapoints = { bad: 1, of: 1 }, missing }: Measured) {
  return {
    threshold,
    comparisonOperator: comparison,
    treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    datapointsToAlarm: datapoints.bad,
    evaluationPeriods: datapoints.of,
  }
}

/** The anchor that Markdown gives to a heading. */
export function anchor(name: string): string {
  return name.replaceAll(' ', '-')
}
