// @ts-check
// Loaded by mocha before the tests of a tier: properties are tried on the same random inputs in every run, so that a test fails for a
// change and never by chance. `HEADLIGHT_PROPERTY_SEED` names other inputs.

const fc = require('fast-check');

fc.configureGlobal({ seed: Number(process.env.HEADLIGHT_PROPERTY_SEED ?? 2026) });
