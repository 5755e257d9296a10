// A part of npm run conformance: one check of the service by a tool that this project did not write.

/** The virtual environment with the packages of requirements.txt. */
export interface Python {
  /** Its folder of programs, such as `python`, `cfn-lint`, `moto_server` and `schemathesis`. */
  readonly bin: string
}

export interface PartContext {
  readonly python: Python
  /** An empty folder of the part's own. It stays after the run, for a look at what failed. */
  readonly directory: string
  /** Prints a line of progress. */
  readonly say: (step: string) => void
}

/** What a person reads in the summary: one fact a line. */
export interface Report {
  readonly proven: readonly string[]
  /** What the tool cannot show, and why. */
  readonly notProvable?: readonly string[]
}

export interface Part {
  /** `npm run conformance -- <name>` runs this part alone. */
  readonly name: string
  /** What is checked by what. */
  readonly title: string
  /** @throws Error when a check fails. Its message says what was found, for a person who did not write the check. */
  run(context: PartContext): Promise<Report>
}
