// How many random inputs a property is tried on.

/** Continuous integration tries each property on 10,000; HEADLIGHT_PROPERTY_RUNS says another number. */
export const propertyRuns = Number(process.env.HEADLIGHT_PROPERTY_RUNS ?? 10_000);
