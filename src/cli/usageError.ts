// The command line cannot be understood.

/** Its message is one line that says what was expected and found. */
export class UsageError extends Error {}
