#!/usr/bin/env node
/** The third front door: check, plan and apply without an editor, for CI and git hooks. The same rooms as in the editor; contacts only what its arguments name. */
import * as modules from 'node:module';

// Half of what a check of a few files takes is making code of these modules. Node keeps what it made, in its own folder below that for temporary files; before 22.8 it cannot.
modules.enableCompileCache?.();
const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
