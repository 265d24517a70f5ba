import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRowLost } from '../../src/commands/lostRow.ts';

const row = { row: {}, parent: undefined };
/** What VS Code hands to a command: how it was called → whether its row is lost. */
const calls: readonly (readonly [how: string, handedOver: readonly unknown[], lost: boolean])[] = [
  ['from the palette', [], false],
  ['by a click', [row], false],
  ['from the title of a view without a focused row', [undefined], false],
  ['from the menu of a row', [row, undefined], false],
  ['from the menu of one of several rows', [row, [row, row]], false],
  ['from the menu of a row that is just read anew', [undefined, undefined], true],
  ['from the menu of such a row, others selected', [undefined, [row]], true],
];

for (const [how, handedOver, lost] of calls)
  test(`a command called ${how} ${lost ? 'does nothing to other rows' : 'goes on'}`, () =>
    assert.equal(isRowLost(handedOver), lost));
