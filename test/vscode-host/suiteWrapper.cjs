// Runs inside the extension host, around the real suite. It sends the console to a file that the stand-in follows (the workbench's own channel mixes
// in its log and obeys log levels), and leaves a mark when the suite really ended: a crashed extension host is reported by VS Code with status 0.
const { openSync, writeSync, writeFileSync } = require('node:fs');
const { format } = require('node:util');

const { CODE_HOST_SUITE: suite, CODE_HOST_CONSOLE: sink, CODE_HOST_DONE: done } = process.env;

exports.run = async () => {
  const file = openSync(sink, 'a');
  const write = (...values) => {
    writeSync(file, `${format(...values)}\n`);
  };
  // The extension host made these accessors with an empty setter: an assignment would be ignored.
  for (const name of ['log', 'info', 'warn', 'error', 'debug'])
    Object.defineProperty(console, name, { value: write, configurable: true, writable: true });
  await require(suite).run();
  writeFileSync(done, 'ok');
};
