import assert from 'node:assert/strict';
import { registryValues } from '../../../src/client/systemGpus';

// As reg.exe prints it on Windows 11, with a key that only administrators may read.
const driverDescriptions = String.raw`
HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}\0000
    DriverDesc    REG_SZ    Intel(R) Iris(R) Xe Graphics

HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}\0001
    DriverDesc    REG_SZ    NVIDIA GeForce RTX 3060 Laptop GPU

ERROR: Access is denied.

End of search: 2 match(es) found.
`.replaceAll('\n', '\r\n');

describe('the GPUs that Windows lists', () => {
  it('are the display adapters of the registry', () => {
    assert.deepEqual(registryValues(driverDescriptions), [
      'Intel(R) Iris(R) Xe Graphics',
      'NVIDIA GeForce RTX 3060 Laptop GPU',
    ]);
  });

  it('are none where the registry tells nothing', () => {
    assert.deepEqual(
      registryValues('ERROR: The system was unable to find the specified registry key or value.\r\n'),
      [],
    );
  });
});
