// Runs inside code-server's extension host, put there by codeShim.mjs: the real suite, then a mark that it ended.

const { writeFileSync } = require('node:fs');

exports.run = async () => {
  let exitCode = 1;
  try {
    await require(process.env.HEADLIGHT_SHIM_SUITE).run();
    exitCode = 0;
  } finally {
    writeFileSync(process.env.HEADLIGHT_SHIM_DONE, String(exitCode));
  }
};
