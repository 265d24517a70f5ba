import { catalogTable } from '../../src/openstack/catalogTable.ts';

console.log(catalogTable());
